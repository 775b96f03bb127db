// restarts.cpp: restart, restart_group, kill_storm.
// SPDX-License-Identifier: MIT
#include "supervisor.hpp"

using namespace caf;

namespace {

/// Tells the driver, when there is one, that it has been initialised.
class Child : public event_based_actor {
    actor sup, driver;
    size_t index;

  public:
    Child(actor_config &config, actor sup, actor driver, size_t index)
        : event_based_actor(config), sup(std::move(sup)), driver(std::move(driver)), index(index) {}

    behavior make_behavior() override {
        if (driver) send(driver, started_atom::value, index, actor(this), now_ns());
        send(sup, ready_atom::value);
        return {[](call_atom, size_t number) { return number + 1; }};
    }
};

/// The driver of all three workloads: starts the children, then strikes.
class Family : public event_based_actor {
  protected:
    Peer &peer;
    Strategy strategy;
    size_t n, kills, heard = 0;
    actor sup;
    std::vector<actor> pids;
    std::vector<int64_t> inits, notified, answered;
    int64_t begun = 0, killed = 0;
    Random random{0};

    virtual void begin() = 0;
    virtual void hear(size_t index, int64_t init) = 0;

    /// Of a group only the first and the last child tell.
    bool tells(size_t index) const {
        return strategy == Strategy::one_for_one || index == 0 || index == n - 1;
    }

    void start_next(size_t index) {
        request(sup, infinite, start_atom::value).await([this, index](const actor &child) {
            pids[index] = child;
            if (index + 1 < n) start_next(index + 1);
        });
    }

    void kill(size_t index) {
        killed = now_ns();
        send_exit(pids[index], exit_reason::kill);
    }

    void note(int64_t init) {
        inits.push_back(init - killed);
        notified.push_back(now_ns() - killed);
    }

    void finish() {
        peer.tell_ops(kills, now_ns() - begun);
        if (!inits.empty()) peer.tell_percentiles("", inits);
        if (!notified.empty()) peer.tell_percentiles("notified_", notified);
        if (!answered.empty()) peer.tell_percentiles("answered_", answered);
        peer.finish();
    }

  public:
    Family(actor_config &config, Peer &peer, Strategy strategy, size_t n, size_t kills)
        : event_based_actor(config), peer(peer), strategy(strategy), n(n), kills(kills), pids(n) {}

    behavior make_behavior() override {
        auto start = [this, driver = actor(this)](Supervisor *sup, size_t index) {
            return sup->spawn<Child>(actor(sup), tells(index) ? driver : actor(), index);
        };
        sup = spawn<Supervisor>(strategy, true, start);
        start_next(0);
        size_t tellers = strategy == Strategy::one_for_one ? n : std::min<size_t>(n, 2);
        return {[=](started_atom, size_t index, const actor &child, int64_t init) {
                    pids[index] = child;
                    if (heard < tellers && ++heard < tellers) return;
                    if (!begun) {
                        begun = now_ns();
                        begin();
                    } else {
                        hear(index, init);
                    }
                },
                [this](go_atom) { kill(random.below(n)); }};
    }
};

// ------------------------------------------------------------------ restart

class OneByOne : public Family {
    std::chrono::microseconds pause;

    void next() {
        if (pause.count())
            delayed_send(this, pause, go_atom::value);
        else
            kill(random.below(n));
    }

    void begin() override { next(); }

    void hear(size_t index, int64_t init) override {
        note(init);
        request(pids[index], infinite, call_atom::value, size_t{0}).await([this](size_t) {
            answered.push_back(now_ns() - killed);
            if (answered.size() < kills)
                next();
            else
                finish();
        });
    }

  public:
    OneByOne(actor_config &config, Peer &peer, size_t n, size_t kills, size_t pause_us)
        : Family(config, peer, Strategy::one_for_one, n, kills), pause(pause_us) {}
};

// ------------------------------------------------------------------ restart_group

class Group : public Family {
    void begin() override { kill(0); }

    void hear(size_t index, int64_t init) override {
        if (index < n - 1) return;
        note(init);
        if (inits.size() < kills)
            kill(0);
        else
            finish();
    }

  public:
    using Family::Family;
};

// ------------------------------------------------------------------ kill_storm

class Storm : public Family {
    size_t window, back = 0;
    std::vector<bool> struck;

    void strike() {
        size_t victim;
        do victim = random.below(n);
        while (struck[victim]);
        struck[victim] = true;
        send_exit(pids[victim], exit_reason::kill);
    }

    void begin() override {
        struck.resize(n);
        for (size_t i = 0; i < window; i++) strike();
    }

    void hear(size_t index, int64_t) override {
        struck[index] = false;
        if (++back == kills)
            finish();
        else if (back <= kills - window)
            strike();
    }

  public:
    Storm(actor_config &config, Peer &peer, size_t n, size_t kills, size_t window)
        : Family(config, peer, Strategy::one_for_one, n, kills), window(window) {}
};

/// A supervisor here has children by number; how they came makes no difference.
void one_strategy(Peer &peer) {
    peer.choice("strategy", {"one_for_one", "simple_one_for_one"});
}

} // namespace

void restart(Peer &peer) {
    size_t n = peer.number("n", 10000, 1), kills = peer.number("kills", 20000, 1);
    size_t pause_us = peer.number("pause_us", 0, 0);
    one_strategy(peer);
    peer.run([&](actor_system &system) {
        return system.spawn<OneByOne>(std::ref(peer), n, kills, pause_us);
    });
}

void restart_group(Peer &peer) {
    size_t n = peer.number("n", 1000, 1), kills = peer.number("kills", 100, 1);
    auto strategy = peer.choice("strategy", {"one_for_all", "rest_for_one"}) == "one_for_all"
                        ? Strategy::one_for_all
                        : Strategy::rest_for_one;
    peer.run([&](actor_system &system) {
        return system.spawn<Group>(std::ref(peer), strategy, n, kills);
    });
}

void kill_storm(Peer &peer) {
    size_t n = peer.number("n", 10000, 1), kills = peer.number("kills", 50000, 1);
    size_t window = std::min({n, kills, peer.number("window", 100, 1)});
    one_strategy(peer);
    peer.run([&](actor_system &system) {
        return system.spawn<Storm>(std::ref(peer), n, kills, window);
    });
}
