/* reproduce.h: the command that repeats a run.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_REPRODUCE_H
#define RS_CLI_REPRODUCE_H

#include "reports/result.h"
#include "scenarios/cli/options.h"

#include <stdio.h>

/* rs_reproduce_word writes `word` as one word of a shell. */
void rs_reproduce_word(const char *word, FILE *out);

/* rs_reproduce_command returns the command line that repeats the run with `seed`, quoted for a
 * shell. Owner: `result`. */
const char *rs_reproduce_command(rs_result *result, const rs_options *options, uint64_t seed);

/* rs_reproduce_search returns the command line that finds what `seed` shows again, in a life that
 * may take `life_timeout` by the wall (NULL: by default). Owner: free() it. */
char *rs_reproduce_search(const rs_options *options, uint64_t seed, const char *life_timeout);

#endif
