/* flag.h: one flag of the command line, and how its value becomes a part of the options.
 * Each setter returns false, after a message on stderr, when the value makes no sense.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_FLAG_H
#define RS_CLI_FLAG_H

#include "scenarios/cli/options.h"

#include <stddef.h>

typedef struct rs_flag {
    const char *name;
    const char *argument; /* as help calls it; NULL: takes none */
    unsigned groups;      /* RS_FLAGS_…: which commands take it */
    const char *help;
    bool (*set)(rs_options *options, const struct rs_flag *flag, const char *value);
    size_t field;         /* offset in rs_options of what is set, where a setter serves many */
    uint64_t least, most; /* of a count, and of a duration in ns: 0 or 1 */
} rs_flag;

/* Setters of any field: a bool, a const char *, nanoseconds and counts in a uint64_t. */
bool rs_flag_switch(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_text(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_duration(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_count(rs_options *options, const rs_flag *flag, const char *value);

/* Setters of an rs_options_side. */
bool rs_flag_side_set(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_side_plugin(rs_options *options, const rs_flag *flag, const char *value);

/* Setters of one flag each. */
bool rs_flag_set(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_seed(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_vary(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_find_limit(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_seeds(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_shard(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_threshold(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_baseline(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_timeout(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_life_timeout(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_plugin(rs_options *options, const rs_flag *flag, const char *value);
bool rs_flag_export(rs_options *options, const rs_flag *flag, const char *value);

#endif
