/* worker.h: what a file of this folder exports: one rs_worker. Adding a worker is one new file here
 * and one line in catalogue.c; that line gives the YAML word, validation, `respawn list` and the
 * schema.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORKER_H
#define RS_WORKER_H

#include "scenarios/language/option.h"

#include <stdbool.h>

struct rs_gen_server; /* runtime/otp/gen_server.h */
struct rs_client;     /* scenarios/engine/client.h */
struct rs_setup;      /* scenarios/engine/setup.h */

/* An operation is one thing that a load's client does: one or more calls. */
typedef struct rs_operation {
    const char *name;  /* the word in `mix` */
    const char *about; /* one sentence */
    /* perform does it once, in the client's process; the client's ledger records the outcome. */
    void (*perform)(struct rs_client *client);
    uint32_t mix_default; /* weight when the load names no `mix`; 0: only when named */
} rs_operation;

/* A setup action prepares state before time zero: `- { add_games: registry, count: 10000 }`; the
 * key's value is the path of the worker it works on. */
typedef struct rs_setup_action {
    const char *name, *about;
    const rs_option *options;
    uint32_t option_count, config_bytes;
    /* run does it in the runner's process; false after rs_setup_fail. */
    bool (*run)(struct rs_setup *setup, const void *config);
    /* keys returns how many keys (`keys: uniform` draws from them) the action makes; NULL: none. */
    uint64_t (*keys)(const void *config);
    /* What stands before the number of a key in the role that it starts, "game-", below the
     * supervisor of the worker's `entries_of`; NULL: it starts none. */
    const char *role_key;
} rs_setup_action;

typedef struct rs_worker {
    const char *name; /* the word after `worker:` */
    const char *about;
    const rs_option *options; /* keys of the child besides id, worker, restart, shutdown, … */
    uint32_t option_count, config_bytes;
    const struct rs_gen_server *server; /* init takes an rs_worker_args */
    const rs_operation *operations;
    uint32_t operation_count;
    const rs_setup_action *setup_actions;
    uint32_t setup_action_count;
    /* Names of the types of messages that its server takes, and answers with; NULL-terminated.
     * NULL: nobody knows. */
    const char *const *messages;
    bool portable; /* means something on a runtime other than ours */
    bool serves;   /* answers an rs_service_request: services may depend on it */
    /* keys returns how many different requests there are, of which loads draw one each; NULL: they
     * are all alike. */
    uint64_t (*keys)(const void *config);
    /* A registry, which answers an rs_list_entries (entries.h): the option that is the path of the
     * supervisor whose children its entries lead to. NULL: it has no entries. */
    const char *entries_of;
} rs_worker;

/* What init of a worker's server receives. */
typedef struct rs_worker_args {
    const void *config; /* the parsed options; lives as long as the plan */
    const char *path;   /* of its role, e.g. "shop/db"; template workers: of their supervisor */
    uint64_t key;       /* template workers: the number given at start; else 0 */
    uint64_t argument;  /* template workers: what their starter passes on; 0: nothing */
    const char *role;   /* its own path, also of a template's: "tables/game-7"; NULL: it has none */
    uint64_t seed;      /* of the run */
    uint32_t incarnation; /* which start in this role it is, from 1 */
} rs_worker_args;

/* rs_worker_stream starts a random stream of the worker's own, which follows from the seed, its
 * role and its incarnation; another `use` ("service_time") gives another stream. */
void rs_worker_stream(const rs_worker_args *args, const char *use, rs_prng *prng);

/* What a worker passes as `extra` to rs_supervisor_start_child to start a template worker; the
 * engine's start function hands it on as the `key` and `argument` of rs_worker_args. */
typedef struct rs_worker_extra {
    uint64_t key;
    uint64_t argument; /* meaning belongs to the template's worker: see its header */
} rs_worker_extra;

/* Our own, and room for those of plugins. */
#define RS_WORKERS_MAX 64u

/* rs_workers is the catalogue: NULL-terminated, in the order that `respawn list` shows. */
extern const rs_worker *rs_workers[RS_WORKERS_MAX + 1];

/* rs_worker_add adds one behind the others, for good. Thread: before anything reads them.
 * Errors: RS_ELIMIT. */
rs_err rs_worker_add(const rs_worker *worker);

/* rs_worker_find returns the worker called `name`, or NULL. */
const rs_worker *rs_worker_find(const char *name);

#endif
