/* key_words.c: the keys of a scenario.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/key_words.h"

#include <stddef.h>

const char *const rs_key_words_scenario[] = {
    "respawn", "scenario", "about",   "clocks", "runtime",   "tree",   "setup", "load",    "phases",
    "faults",  "upgrades", "explore", "checks", "sometimes", "expect", "gate",  "failure", NULL};
const char *const rs_key_words_runtime[] = {"clock", "scheduler", "threads", "seed",
                                            "costs", "target",    NULL};
const char *const rs_key_words_costs[] = {"callback", "message", "start", "fault", "work", NULL};
const char *const rs_key_words_root[] = {
    "id", "strategy", "intensity", "period", "auto_shutdown", "children", "child", NULL};
const char *const rs_key_words_supervisor[] = {
    "id",      "strategy", "intensity",   "period",  "auto_shutdown", "children", "child",
    "restart", "shutdown", "significant", "backoff", "budget",        "fence",    NULL};
const char *const rs_key_words_worker[] = {
    "id", "worker", "restart", "shutdown", "significant", "backoff", "budget", "fence", NULL};
const char *const rs_key_words_backoff[] = {"first", "factor", "max", "jitter", "reset", NULL};
const char *const rs_key_words_budget[] = {"restarts", "period", NULL};
const char *const rs_key_words_load[] = {"id",       "target", "via",    "clients", "rate",
                                         "arrivals", "mix",    "keys",   "timeout", "deadline",
                                         "think",    "retry",  "during", NULL};
const char *const rs_key_words_retry[] = {"times",  "backoff", "factor", "max",
                                          "jitter", "on",      NULL};
const char *const rs_key_words_fault[] = {"id",  "crash", "mail",   "from",     "message",
                                          "how", "pick",  "during", "may_miss", NULL};
const char *const rs_key_words_upgrade[] = {"id", "worker", "at", "during", NULL};
const char *const rs_key_words_explore[] = {"faults", "max_faults", "max_rate",
                                            "during", "protect",    NULL};
const char *const rs_key_words_failure[] = {"check", "path", "says",  "seed",    "found_by",
                                            "build", "hash", "story", "choices", NULL};
