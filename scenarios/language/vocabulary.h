/* vocabulary.h: words of your own: a shared object that the command line names (--plugin FILE) adds
 * workers, faults and schedulers to the catalogues. A scenario never names a file: it may come from
 * a stranger. scenarios/workers/plugins tells how to write one.
 *
 * Once added, a word is like any other: it is validated, listed, run, swept and explored.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_VOCABULARY_H
#define RS_VOCABULARY_H

#include "runtime/otp/code_object.h"
#include "scenarios/faults/fault.h"
#include "scenarios/workers/worker.h"

/* Raised by changes of what a plugin sees that no size below shows. */
#define RS_VOCABULARY_VERSION 1u

/* What a plugin and respawn must agree on: what it is called, and how much there is of it. */
#define RS_VOCABULARY_SIZES(X)                                                                     \
    X("rs_worker", sizeof(rs_worker))                                                              \
    X("rs_worker_args", sizeof(rs_worker_args))                                                    \
    X("rs_operation", sizeof(rs_operation))                                                        \
    X("rs_setup_action", sizeof(rs_setup_action))                                                  \
    X("rs_option", sizeof(rs_option))                                                              \
    X("rs_fault_kind", sizeof(rs_fault_kind))                                                      \
    X("rs_fault_blow", sizeof(rs_fault_blow))                                                      \
    X("rs_sched_kind", sizeof(rs_sched_kind))                                                      \
    X("rs_sched_config", sizeof(rs_sched_config))                                                  \
    X("rs_task", sizeof(rs_task))                                                                  \
    X("rs_gen_server", sizeof(rs_gen_server))                                                      \
    X("rs_spawn_options", sizeof(rs_spawn_options))                                                \
    X("rs_message", sizeof(rs_message))                                                            \
    X("the list of atoms", RS_ATOM_INDEX_count)

#define RS_VOCABULARY_SIZES_MAX 32u

typedef struct rs_vocabulary {
    uint32_t version;
    uint32_t sizes[RS_VOCABULARY_SIZES_MAX]; /* in the order of RS_VOCABULARY_SIZES */
    /* Lists that end with NULL; NULL: none. */
    const rs_worker *const *workers;
    const rs_fault_kind *const *faults;
    const rs_sched_kind *const *schedulers;
} rs_vocabulary;

/* RS_VOCABULARY(.workers = my_workers, .faults = my_faults) is written once in a shared object and
 * says which words it adds. All else in it should be hidden (-fvisibility=hidden): what has a name
 * that the program has too would be the program's. */
#define RS_VOCABULARY_SIZE(NAME, SIZE) (uint32_t)(SIZE),
#define RS_VOCABULARY(...)                                                                         \
    extern const rs_vocabulary rs_vocabulary_here;                                                 \
    __attribute__((visibility("default")))                                                         \
    const rs_vocabulary rs_vocabulary_here = {.version = RS_VOCABULARY_VERSION,                    \
                                              .sizes = {RS_VOCABULARY_SIZES(RS_VOCABULARY_SIZE)},  \
                                              __VA_ARGS__}

/* rs_vocabulary_is_in says whether a linked object has an RS_VOCABULARY. */
bool rs_vocabulary_is_in(const rs_code_object *object);

/* rs_vocabulary_add adds the words of a linked object, all or none, to the catalogues, for good;
 * returns object->err, and object->why says what is wrong with it.
 * Errors: RS_EINVAL (built from other headers, words that make no sense, or that respawn has
 * already), RS_ELIMIT (too many).
 * Thread: before anything reads the catalogues. */
rs_err rs_vocabulary_add(rs_code_object *object, const char *path);

#endif
