// messages.cpp: spawn_exit, pingpong, ring, fan_in.
// SPDX-License-Identifier: MIT
#include "peer.hpp"

using namespace caf;

// ------------------------------------------------------------------ spawn_exit

namespace {

class Spawner : public event_based_actor {
    Peer &peer;
    size_t left, batch, running = 0, n;
    int64_t start = now_ns();

  public:
    Spawner(actor_config &config, Peer &peer, size_t n, size_t batch)
        : event_based_actor(config), peer(peer), left(n), batch(batch), n(n) {
        set_down_handler([this](down_msg &) {
            if (--running == 0) spawn_batch();
        });
    }

    behavior make_behavior() override {
        spawn_batch();
        return {[](go_atom) {}};
    }

    void spawn_batch() {
        if (left == 0) {
            peer.tell_ops(n, now_ns() - start);
            peer.finish();
            return;
        }
        left -= batch;
        running = batch;
        for (size_t i = 0; i < batch; i++) monitor(spawn([] {}));
    }
};

} // namespace

void spawn_exit(Peer &peer) {
    size_t n = peer.number("n", 1000000, 1);
    size_t batch = std::min(n, peer.number("batch", 1000, 1));
    peer.run([&](actor_system &system) {
        return system.spawn<Spawner>(std::ref(peer), n - n % batch, batch);
    });
}

// ------------------------------------------------------------------ pingpong, ring

namespace {

/// The ball holds how many hops are left; who gets the last one tells the driver.
class Member : public event_based_actor {
    actor driver, next;

  public:
    Member(actor_config &config, actor driver) : event_based_actor(config), driver(driver) {}

    behavior make_behavior() override {
        return {[this](ball_atom, size_t left) {
                    if (left)
                        send(next, ball_atom::value, left - 1);
                    else
                        send(driver, done_atom::value);
                },
                [this](next_atom, const actor &to) { next = to; }};
    }
};

class Round : public event_based_actor {
    Peer &peer;
    size_t n, hops, ops;
    int64_t start = 0;

  public:
    Round(actor_config &config, Peer &peer, size_t n, size_t hops, size_t ops)
        : event_based_actor(config), peer(peer), n(n), hops(hops), ops(ops) {}

    behavior make_behavior() override {
        std::vector<actor> members;
        for (size_t i = 0; i < n; i++) members.push_back(spawn<Member>(actor(this)));
        for (size_t i = 0; i < n; i++) send(members[i], next_atom::value, members[(i + 1) % n]);
        start = now_ns();
        send(members[0], ball_atom::value, hops - 1);
        return {[this](done_atom) {
            peer.tell_ops(ops, now_ns() - start);
            peer.finish();
        }};
    }
};

} // namespace

void pingpong(Peer &peer) {
    size_t m = peer.number("m", 2000000, 1);
    peer.run([&](actor_system &system) {
        return system.spawn<Round>(std::ref(peer), size_t{2}, 2 * m, m);
    });
}

void ring(Peer &peer) {
    size_t n = peer.number("n", 1000, 1), hops = peer.number("hops", 5000000, 1);
    peer.run(
        [&](actor_system &system) { return system.spawn<Round>(std::ref(peer), n, hops, hops); });
}

// ------------------------------------------------------------------ fan_in

namespace {

/// Sending never waits, so a sender that never stopped would hold a worker until its end.
constexpr size_t slice = 1024;

class Sender : public event_based_actor {
    actor to;
    size_t left;

  public:
    Sender(actor_config &config, actor to, size_t left)
        : event_based_actor(config), to(to), left(left) {}

    behavior make_behavior() override {
        send_slice();
        return {[this](go_atom) { send_slice(); }};
    }

    void send_slice() {
        size_t count = std::min(left, slice);
        for (size_t i = 0; i < count; i++) send(to, ball_atom::value, i);
        left -= count;
        if (left)
            send(this, go_atom::value);
        else
            quit();
    }
};

class Receiver : public event_based_actor {
    Peer &peer;
    size_t m, senders, count = 0;
    int64_t start = now_ns();

  public:
    Receiver(actor_config &config, Peer &peer, size_t m, size_t senders)
        : event_based_actor(config), peer(peer), m(m), senders(senders) {}

    behavior make_behavior() override {
        for (size_t i = 0; i < senders; i++) spawn<Sender>(actor(this), m / senders);
        return {[this](ball_atom, size_t) {
            if (++count < m) return;
            peer.tell_ops(m, now_ns() - start);
            peer.finish();
        }};
    }
};

} // namespace

void fan_in(Peer &peer) {
    size_t m = peer.number("m", 5000000, 1);
    size_t senders = std::min(m, peer.number("senders", 8, 1));
    peer.run([&](actor_system &system) {
        return system.spawn<Receiver>(std::ref(peer), m - m % senders, senders);
    });
}
