/* option.h: option tables. One table gives parsing, range checks, defaults, help, `respawn list`
 * and the JSON Schema of a mapping's keys; the value lands at `offset` of a plain config struct.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OPTION_H
#define RS_OPTION_H

#include "scenarios/language/distribution.h"

#include <stdbool.h>

typedef enum rs_option_type {
    RS_OPTION_INTEGER,      /* int64_t; "k", "M" suffixes allowed: 10k */
    RS_OPTION_DURATION,     /* uint64_t nanoseconds; unit required: "5ms" */
    RS_OPTION_BYTES,        /* uint64_t bytes; unit required: "64KiB" */
    RS_OPTION_SHARE,        /* uint64_t parts per million; "90%" */
    RS_OPTION_BOOLEAN,      /* bool: true, false */
    RS_OPTION_ID,           /* const char *: [a-z][a-z0-9_]* */
    RS_OPTION_TEXT,         /* const char * */
    RS_OPTION_WORD,         /* int: index into `words` */
    RS_OPTION_PATH,         /* const char *: path of a node of the tree; checked */
    RS_OPTION_PATHS,        /* rs_paths: one path or a list of them; checked */
    RS_OPTION_DISTRIBUTION, /* rs_distribution: "5ms", "exponential(5ms)", … */
    RS_OPTION_TYPE_LAST = RS_OPTION_DISTRIBUTION
} rs_option_type;

typedef struct rs_paths {
    const char *const *items;
    uint32_t count;
} rs_paths;

struct rs_plan_node; /* scenarios/language/plan.h */

typedef struct rs_option {
    const char *key;
    rs_option_type type;
    size_t offset;
    const char *fallback;     /* as written in YAML; NULL: required; "": absent (zero) */
    int64_t min, max;         /* inclusive, in the type's unit; both 0: any that is not negative */
    const char *const *words; /* RS_OPTION_WORD: NULL-terminated */
    const char *help;         /* one sentence */
    /* Paths: which nodes will do (NULL: any), and what those are, for "it must be …". */
    bool (*accepts)(const struct rs_plan_node *node);
    const char *accepted;
    bool is_acyclic; /* RS_OPTION_PATH: following it never leads back */
} rs_option;

#endif
