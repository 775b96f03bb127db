/* key_words.c: the keys of a scenario: name, whether it must be there, what it is written like (in
 * the order that `list keys` and messages show), and what it says.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/key_words.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
#define SCENARIO(X)                                                                                \
    X("respawn", false, "1", "the version of the language")                                        \
    X("scenario", true, "ID", "the scenario's name")                                               \
    X("about", false, "TEXT", "what it shows, in a sentence")                                      \
    X("clocks", false, "CLOCK | [CLOCK]+", "the clocks that it makes sense under; both without")   \
    X("runtime", false, "{runtime}", "clock, scheduler, threads, seed")                            \
    X("tree", true, "{root}", "the tree of supervisors and workers")                               \
    X("setup", false, "[SETUP]", "what is prepared before the run begins")                         \
    X("load", false, "[{load}]", "who calls whom, and how often")                                  \
    X("phases", false, "PHASES", "the parts of the run, in order; the last one is free of faults") \
    X("faults", false, "[{fault}]", "whom to crash, how, and when")                                \
    X("upgrades", false, "[{upgrade}]", "which worker's code is changed, and when")                \
    X("explore", false, "{explore}", "within which a search draws faults")                         \
    X("checks", false, "all | none | [CHECK]", "what looks at everything that has happened")       \
    X("sometimes", false, "[SOMETIMES]", "what has to happen at least once, over all seeds")       \
    X("expect", false, "[EXPECTATION]", "what must hold")                                          \
    X("gate", false, "[GATE]", "what may not become slower: at most five metrics")                 \
    X("failure", false, "{failure}", "what a search has found; it writes this itself")

#define RUNTIME(X)                                                                                 \
    X("clock", false, "CLOCK", "real, or virtual: modelled times, the same at each repetition")    \
    X("scheduler", false, "SCHEDULER", "the design that decides who runs where")                   \
    X("threads", false, "auto | COUNT", "cores; auto is all processors, and 1 in virtual time")    \
    X("seed", false, "COUNT | HEX", "what all chance comes from")                                  \
    X("costs", false, "{costs}", "what things take under the virtual clock")                       \
    X("target", false, "native", "the runtime that is measured")

#define COSTS(X)                                                                                   \
    X("callback", false, "DURATION", "a callback")                                                 \
    X("message", false, "DURATION", "a message")                                                   \
    X("start", false, "DURATION", "the start of a process")                                        \
    X("fault", false, "DURATION", "a fault")                                                       \
    X("work", false, "DURATION", "a step of work")

#define SUPERVISOR(X)                                                                              \
    X("id", true, "ID", "its name among its siblings")                                             \
    X("strategy", false, "STRATEGY", "who is restarted with whom")                                 \
    X("intensity", false, "COUNT", "more restarts than that within `period` end it")               \
    X("period", false, "DURATION", "whole seconds")                                                \
    X("auto_shutdown", false, "AUTO_SHUTDOWN", "whether it ends when significant children do")     \
    X("children", false, "[CHILD]+", "in the order of their start")                                \
    X("child", false, "TEMPLATE", "the template of a simple_one_for_one's children")

/* Of whoever is a child. */
#define CHILD(X)                                                                                   \
    X("restart", false, "RESTART", "whether it is restarted when it has ended")                    \
    X("shutdown", false, "brutal_kill | infinity | DURATION", "how long it may take to stop")      \
    X("significant", false, "BOOLEAN", "whether its end may end its supervisor")                   \
    X("backoff", false, "DURATION | {backoff}", "how long it is down before it starts again")      \
    X("budget", false, "{budget}", "restarts of its own; when they are used up it stays down")     \
    X("fence", false, "DURATION", "killed within a system call: the longest wait for its return")

#define BACKOFF(X)                                                                                 \
    X("first", true, "DURATION", "before the first restart")                                       \
    X("factor", false, "COUNT", "how many times as long before each further one")                  \
    X("max", false, "DURATION", "at most")                                                         \
    X("jitter", false, "SHARE", "of each wait, up to which chance shortens it")                    \
    X("reset", false, "DURATION", "who has lived for so long begins at `first` again")

#define BUDGET(X)                                                                                  \
    X("restarts", true, "COUNT", "so many …")                                                      \
    X("period", true, "DURATION", "… in so long: whole seconds")

#define LOAD(X)                                                                                    \
    X("id", false, "ID", "its name")                                                               \
    X("target", true, "PATH", "the worker that is called")                                         \
    X("via", false, "VIA", "how a client finds it")                                                \
    X("clients", false, "COUNT", "each has one request at a time")                                 \
    X("rate", false, "ARRIVALS", "how often requests come, of all clients together")               \
    X("arrivals", false, "[DURATION COUNT ID COUNT]",                                              \
      "request by request: time, client, operation, key")                                          \
    X("mix", false, "MIX", "the share of each operation; 100% in all")                             \
    X("keys", false, "KEYS", "which of its keys each request is about")                            \
    X("timeout", false, "DURATION", "how long one call may take")                                  \
    X("deadline", false, "DURATION", "how long a request may take with all its retries")           \
    X("think", false, "DURATION", "beside rate: max, how long a client pauses after each request") \
    X("retry", false, "{retry}", "tries again what has failed")                                    \
    X("during", false, "ID", "the phase that it lasts; all without")

#define RETRY(X)                                                                                   \
    X("times", true, "COUNT", "at most, for one request")                                          \
    X("backoff", false, "DURATION", "before the first retry")                                      \
    X("factor", false, "COUNT", "how many times as long before each further one")                  \
    X("max", false, "DURATION", "at most")                                                         \
    X("jitter", false, "SHARE", "of each wait, up to which chance shortens it")                    \
    X("on", false, "all | [REPORTED]+", "the reasons for it, as reports write them")

#define FAULT(X)                                                                                   \
    X("id", false, "ID", "its name")                                                               \
    X("crash", false, "PATTERN", "whom: a path; its last step may be * or **")                     \
    X("mail", false, "PATTERN", "faults of mail: to whom, a path or a load")                       \
    X("from", false, "PATTERN", "faults of mail: from whom, a path or a load")                     \
    X("message", false, "TEXT", "faults of mail: of which type")                                   \
    X("how", true, "HOW", "what strikes")                                                          \
    X("pick", false, "one | all | COUNT | SHARE", "how many of them at a time")                    \
    X("during", false, "ID", "only in this phase; all but the last without")                       \
    X("may_miss", false, "BOOLEAN", "a run in which it hits nobody is not inconclusive")

/* A fault has exactly one. */
#define TRIGGERS(X)                                                                                \
    X("at", false, "DURATION", "once, so long after the start of `during`, or of the run")         \
    X("every", false, "DURATION", "again and again")                                               \
    X("rate", false, "RATE | poisson(RATE)", "so often; with poisson at random times")             \
    X("after", false, "COUNT messages | COUNT message",                                            \
      "each time so many have been sent to those it is aimed at")                                  \
    X("on", false, "OCCASION of PATTERN", "when something happens to a role")                      \
    X("probability", false, "SHARE", "at each message, start or stop, whichever it is about")      \
    X("strikes", false, "[DURATION | DURATION ROLE]",                                              \
      "at these times since the start, at these lives")

/* Beside the triggers of rs_fault_when_goes. */
#define MODIFIERS(X)                                                                               \
    X("min_gap", false, "DURATION", "two firings are at least so far apart")                       \
    X("duty", false, "DURATION of DURATION", "only in the first so much of each period")           \
    X("chance", false, "SHARE", "with which each firing takes place")                              \
    X("limit", false, "COUNT", "no more firings than that")                                        \
    X("delay", false, "DURATION", "so long after what happened")

#define UPGRADE(X)                                                                                 \
    X("id", false, "ID", "its name")                                                               \
    X("worker", true, "WORKER", "whose code is changed")                                           \
    X("at", true, "DURATION", "so long after the start of `during`, or of the run")                \
    X("during", false, "ID", "the phase that `at` is counted in")

#define EXPLORE(X)                                                                                 \
    X("faults", false, "FAULT | own | all | [FAULT | own | all]",                                  \
      "what is drawn; own are the scenario's, as they strike")                                     \
    X("max_faults", false, "COUNT", "blows of one life")                                           \
    X("max_rate", false, "RATE", "of what is drawn for one life, together")                        \
    X("during", false, "ID", "only in this phase; all but the last without")                       \
    X("protect", false, "PATTERN | [PATTERN]", "whom nothing drawn hits: paths, or root")

#define FAILURE(X)                                                                                 \
    X("check", true, "TEXT", "what fails")                                                         \
    X("path", false, "TEXT", "where")                                                              \
    X("says", false, "TEXT", "what is told of it")                                                 \
    X("seed", false, "ANY", "of the life")                                                         \
    X("found_by", false, "ANY", "the command")                                                     \
    X("build", false, "TEXT", "the program")                                                       \
    X("hash", false, "TEXT", "of the trace")                                                       \
    X("story", false, "ANY", "what happened, event by event")                                      \
    X("choices", false, "[COUNT | CHOICES]", "the scheduler's, for `replay` to follow")
/* clang-format on */

/* The id stands first in messages, so the other keys of a child follow it. */
#define WORKER(X)                                                                                  \
    X("id", true, "ID", "its name among its siblings")                                             \
    X("worker", true, "WORKER", "what it does")                                                    \
    CHILD(X)
#define BELOW(X) SUPERVISOR(X) CHILD(X)

#define NAME(KEY, IS_NEEDED, FORM, ABOUT) KEY,
#define ROW(KEY, IS_NEEDED, FORM, ABOUT)  {KEY, IS_NEEDED, FORM, ABOUT},
#define TABLE(SECTION, LIST)                                                                       \
    const char *const rs_key_words_##SECTION[] = {LIST(NAME) NULL};                                \
    static const rs_key SECTION##_keys[] = {LIST(ROW){NULL, false, NULL, NULL}};

TABLE(scenario, SCENARIO)
TABLE(runtime, RUNTIME)
TABLE(costs, COSTS)
TABLE(root, SUPERVISOR)
TABLE(supervisor, BELOW)
TABLE(worker, WORKER)
TABLE(backoff, BACKOFF)
TABLE(budget, BUDGET)
TABLE(load, LOAD)
TABLE(retry, RETRY)
TABLE(fault, FAULT)
TABLE(triggers, TRIGGERS)
TABLE(modifiers, MODIFIERS)
TABLE(upgrade, UPGRADE)
TABLE(explore, EXPLORE)
TABLE(failure, FAILURE)

#define SECTION(NAME, TITLE)                                                                       \
    { #NAME, TITLE, NAME##_keys, rs_key_words_##NAME }

const rs_key_section rs_key_sections[] = {
    SECTION(scenario, "a scenario"),
    SECTION(runtime, "runtime"),
    SECTION(costs, "runtime: costs"),
    SECTION(root, "tree"),
    SECTION(supervisor, "tree: a supervisor below"),
    SECTION(worker, "tree: a worker, beside its own (list workers)"),
    SECTION(backoff, "tree: backoff"),
    SECTION(budget, "tree: budget"),
    SECTION(load, "load: each"),
    SECTION(retry, "load: retry"),
    SECTION(fault, "faults: each"),
    SECTION(triggers, "faults: one of"),
    SECTION(modifiers, "faults: beside some of them"),
    SECTION(upgrade, "upgrades: each"),
    SECTION(explore, "explore"),
    SECTION(failure, "failure"),
    {NULL, NULL, NULL, NULL},
};

const rs_key_section *rs_key_section_find(const char *name) {
    for (const rs_key_section *section = rs_key_sections; section->name; section++)
        if (strcmp(section->name, name) == 0) return section;
    return NULL;
}

/* ---- values ---- */

const char *const rs_key_clocks[] = {"real", "virtual", NULL};
const char *const rs_key_strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                         "simple_one_for_one", NULL};
const char *const rs_key_restarts[] = {"permanent", "transient", "temporary", NULL};
const char *const rs_key_auto_shutdowns[] = {"never", "any_significant", "all_significant", NULL};
const char *const rs_key_vias[] = {"pid", "name", "registry", NULL};
