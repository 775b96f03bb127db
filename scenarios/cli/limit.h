/* limit.h: `--find-limit KEY`: how much of something a policy survives: the value of KEY up to
 * which all runs pass, and beyond which one fails. SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_LIMIT_H
#define RS_CLI_LIMIT_H

#include "reports/formats/paint.h"
#include "scenarios/cli/options.h"

typedef struct rs_limit_way {
    const rs_options *options; /* the command's, with a combination's settings */
    const char *key;
    rs_paint *paint; /* what was tried is written as it happens; NULL: nothing */
} rs_limit_way;

typedef struct rs_limit {
    char survives[128], fails[128]; /* settings' texts; "": there is none as far as it looked */
    char why[256];                  /* what failed first at `fails` */
    char *reproduce;                /* the command that repeats it; NULL: none. The caller's */
    int status;                     /* exit status */
    bool interrupted;
} rs_limit;

/* rs_limit_find runs the scenario again and again with other values of the key, each --repeat times
 * with other seeds, and writes what it found. Errors: false after a message on stderr, when the key
 * has no number, or the scenario is wrong; nothing has run then. */
bool rs_limit_find(const rs_limit_way *way, rs_limit *limit);

#endif
