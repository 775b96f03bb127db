// supervisor.hpp: what a supervisor is in CAF: an actor that spawns others, monitors them and
// spawns them again. A child tells it when it is initialised; the supervisor does one thing after
// another. SPDX-License-Identifier: MIT
#pragma once

#include "peer.hpp"

#include <deque>
#include <unordered_map>

enum class Strategy { one_for_one, one_for_all, rest_for_one };

/// start_atom -> the new child's handle; stop_atom -> done_atom once all children have ended.
class Supervisor : public caf::event_based_actor {
  public:
    /// Spawns a child that sends (ready_atom) to the supervisor from its make_behavior.
    using Start = std::function<caf::actor(Supervisor *, size_t index)>;

    Supervisor(caf::actor_config &config, Strategy strategy, bool permanent, Start start);
    caf::behavior make_behavior() override;

  private:
    /// What is still to be done: a wish from outside or an end to handle, and its steps.
    struct Task {
        enum { start, end, stop } what;
        size_t index;
        caf::response_promise promise;
    };
    struct Step {
        bool starts; // else stops
        size_t index;
    };

    /// More restarts than this within a second end the supervisor.
    static constexpr uint64_t intensity = 1000000000;

    Strategy strategy;
    bool permanent;
    Start start;
    std::vector<caf::actor> children; // in start order; null: ended
    std::unordered_map<caf::actor_addr, size_t> indices;
    std::deque<Task> tasks;
    std::deque<Step> steps;
    bool is_planned = false; // the first task's steps are in `steps`
    bool waits = false;      // for the child of `awaited`
    Step awaited{};
    uint64_t restarts = 0;
    int64_t second = 0;

    void handle_down(const caf::actor_addr &source);
    void plan(Task &task);
    void take(const Step &step);
    void finish(Task &task);
    void go_on();
};
