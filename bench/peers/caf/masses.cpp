// masses.cpp: memory, sup_start.
// SPDX-License-Identifier: MIT
#include "table.hpp"

using namespace caf;

namespace {

/// Starts n tables under a supervisor, or n idle actors, one after another.
class Mass : public event_based_actor {
  protected:
    Peer &peer;
    size_t n, left = 0;
    bool is_table;
    actor sup;
    double before = resident(), first_fault = 0;
    int64_t start = 0;
    std::vector<actor> idle;

    virtual void all_started() {
        peer.tell_ops(n, now_ns() - start);
        peer.tell("bytes_per_process", (resident() - before) / double(n));
        peer.finish();
    }

    void start_all() {
        if (is_table) sup = spawn<Supervisor>(Strategy::one_for_one, false, start_table);
        first_fault = faults();
        start = now_ns();
        left = n;
        start_next();
    }

    void start_next() {
        if (is_table)
            request(sup, infinite, start_atom::value).await([this](const actor &) { started(); });
        else
            idle.push_back(spawn([driver = actor(this)](event_based_actor *self) -> behavior {
                self->send(driver, ready_atom::value);
                return {[](call_atom, size_t number) { return number + 1; }};
            }));
    }

    void started() {
        if (--left)
            start_next();
        else
            all_started();
    }

  public:
    Mass(actor_config &config, Peer &peer, size_t n, bool is_table)
        : event_based_actor(config), peer(peer), n(n), is_table(is_table) {}

    behavior make_behavior() override {
        idle.reserve(is_table ? 0 : n);
        start_all();
        return {[this](ready_atom) { started(); }};
    }
};

class Twice : public Mass {
    bool is_second = false;

    void all_started() override {
        double took = double(now_ns() - start);
        double fetched = faults() - first_fault;
        const char *const names[][2] = {{"first_ns", "first_faults"},
                                        {"second_ns", "second_faults"}};
        if (!is_second) {
            peer.tell_ops(n, int64_t(took));
            peer.tell("bytes_per_process", (resident() - before) / double(n));
        }
        peer.tell(names[is_second][0], took / double(n));
        peer.tell(names[is_second][1], fetched);
        if (is_second) {
            peer.finish();
            return;
        }
        is_second = true;
        request(sup, infinite, stop_atom::value).await([this](done_atom) { start_all(); });
    }

  public:
    using Mass::Mass;
};

} // namespace

void memory(Peer &peer) {
    size_t n = peer.number("n", 1000000, 1);
    bool is_table = peer.choice("kind", {"table", "process"}) == "table";
    peer.run([&](actor_system &system) { return system.spawn<Mass>(std::ref(peer), n, is_table); });
}

void sup_start(Peer &peer) {
    size_t n = peer.number("n", 1000000, 1);
    peer.run([&](actor_system &system) { return system.spawn<Twice>(std::ref(peer), n, true); });
}
