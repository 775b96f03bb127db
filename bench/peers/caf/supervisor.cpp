// supervisor.cpp: see supervisor.hpp.
// SPDX-License-Identifier: MIT
#include "supervisor.hpp"

using namespace caf;

Supervisor::Supervisor(actor_config &config, Strategy strategy, bool permanent, Start start)
    : event_based_actor(config), strategy(strategy), permanent(permanent), start(std::move(start)) {
    set_down_handler([this](down_msg &down) { handle_down(down.source); });
}

behavior Supervisor::make_behavior() {
    return {[this](start_atom) -> result<actor> {
                auto promise = make_response_promise();
                tasks.push_back({Task::start, 0, promise});
                go_on();
                return promise;
            },
            [this](stop_atom) -> result<done_atom> {
                auto promise = make_response_promise();
                tasks.push_back({Task::stop, 0, promise});
                go_on();
                return promise;
            },
            [this](ready_atom) {
                waits = false;
                go_on();
            }};
}

void Supervisor::handle_down(const actor_addr &source) {
    auto at = indices.find(source);
    size_t index = at->second;
    indices.erase(at);
    children[index] = nullptr;
    if (waits && !awaited.starts && awaited.index == index)
        waits = false;
    else if (permanent)
        tasks.push_back({Task::end, index, {}});
    go_on();
}

/// The steps that a task takes; the last child is stopped first.
void Supervisor::plan(Task &task) {
    if (task.what == Task::start) {
        children.emplace_back();
        task.index = children.size() - 1;
        steps.push_back({true, task.index});
        return;
    }
    size_t first = task.index, end = children.size();
    if (task.what == Task::end) {
        if (children[task.index]) return; // came back with its group
        if (int64_t this_second = now_ns() / 1000000000; this_second != second)
            second = this_second, restarts = 0;
        if (++restarts > intensity) quit(exit_reason::user_shutdown);
        if (strategy == Strategy::one_for_one) end = first + 1;
    }
    if (task.what == Task::stop || strategy == Strategy::one_for_all) first = 0;
    for (size_t i = end; i > first; i--)
        if (children[i - 1]) steps.push_back({false, i - 1});
    if (task.what == Task::stop) return;
    for (size_t i = first; i < end; i++) steps.push_back({true, i});
}

void Supervisor::take(const Step &step) {
    awaited = step;
    if (step.starts) {
        children[step.index] = start(this, step.index);
        monitor(children[step.index]);
        indices.emplace(children[step.index].address(), step.index);
        waits = true;
    } else if (children[step.index]) {
        send_exit(children[step.index], exit_reason::kill);
        waits = true;
    }
}

void Supervisor::finish(Task &task) {
    if (task.what == Task::start) task.promise.deliver(children[task.index]);
    if (task.what == Task::stop) task.promise.deliver(done_atom::value);
}

void Supervisor::go_on() {
    while (!waits && !tasks.empty()) {
        if (!is_planned) plan(tasks.front());
        is_planned = true;
        if (!steps.empty()) {
            Step step = steps.front();
            steps.pop_front();
            take(step);
        } else {
            finish(tasks.front());
            tasks.pop_front();
            is_planned = false;
        }
    }
}
