// peer.hpp: the command line and the one line of JSON that all workloads share; see ../README.md.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <vector>

#include <caf/all.hpp>

/// Reads the parameters of a workload, runs it and collects what it tells.
class Peer {
  public:
    std::map<std::string, std::string> given;
    std::string params, results;

    /// Takes a parameter that is a number of at least `least`.
    size_t number(const std::string &key, size_t fallback, size_t least);

    /// Takes a parameter that is one of `words`; the first one when it was not given.
    std::string choice(const std::string &key, const std::vector<std::string> &words);

    /// Takes `threads`, refuses parameters that nobody took, starts a system and in it the driver,
    /// and waits until somebody calls finish(). The driver's handle keeps it alive: an actor that
    /// nobody can reach ends, even while it waits for news of those that it monitors.
    void run(const std::function<caf::actor(caf::actor_system &)> &start);

    /// Ends run(); any thread.
    void finish() { finished.set_value(); }

    void tell(const std::string &name, double value);
    void tell_ops(size_t ops, int64_t took_ns);
    void tell_percentiles(const std::string &prefix, std::vector<int64_t> &samples);

  private:
    std::promise<void> finished;
    std::string take(const std::string &key, const std::string &fallback);
};

/// The monotonic clock in nanoseconds.
inline int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// Marsaglia's xorshift; `below` is Lemire's.
class Random {
    uint64_t state;

  public:
    explicit Random(uint64_t seed) : state((seed + 1) * 0x9e3779b97f4a7c15) {}

    uint64_t below(uint64_t bound) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (state >> 32) * bound >> 32;
    }
};

double resident();
double faults();

using ball_atom = caf::atom_constant<caf::atom("ball")>;
using next_atom = caf::atom_constant<caf::atom("next")>;
using done_atom = caf::atom_constant<caf::atom("done")>;
using call_atom = caf::atom_constant<caf::atom("call")>;
using go_atom = caf::atom_constant<caf::atom("go")>;
using add_atom = caf::atom_constant<caf::atom("add")>;
using current_atom = caf::atom_constant<caf::atom("current")>;
using start_atom = caf::atom_constant<caf::atom("start")>;
using started_atom = caf::atom_constant<caf::atom("started")>;
using ready_atom = caf::atom_constant<caf::atom("ready")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;

void spawn_exit(Peer &peer);
void pingpong(Peer &peer);
void ring(Peer &peer);
void fan_in(Peer &peer);
void call1(Peer &peer);
void calln(Peer &peer);
void tables(Peer &peer);
void restart(Peer &peer);
void restart_group(Peer &peer);
void kill_storm(Peer &peer);
void memory(Peer &peer);
void sup_start(Peer &peer);
