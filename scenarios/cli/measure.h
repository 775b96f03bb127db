/* measure.h: what pairs of repetitions are measured by: the times they tell, or the instructions
 * they execute.
 * Thread: one at a time.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_MEASURE_H
#define RS_CLI_MEASURE_H

#include "scenarios/cli/pairs.h"

typedef struct rs_measure {
    uint32_t drops; /* pairs before the first that counts */

    /* Whether the sides can be compared by it. False, after a message on stderr. */
    bool (*is_possible)(const rs_options *options, const rs_side *a, const rs_side *b);

    /* Carries out the pairs; `tell`, unless NULL, gets a line of progress now and then. */
    void (*run)(rs_pairs *pairs, FILE *tell);

    /* The unit of a metric of the experiment, counted from 0; static. */
    const char *(*unit)(const rs_pairs *pairs, uint32_t metric);

    /* What else a reader must know of a metric (NULL: nothing), and how it was measured. Texts
     * belong to `verdict`. */
    const char *(*note)(const rs_pairs *pairs, uint32_t metric, rs_verdict *verdict);
    const char *(*how)(const rs_pairs *pairs, rs_verdict *verdict);

    /* Gives `verdict`, which has all metrics, its word, status, sentence and notes. */
    void (*judge)(const rs_pairs *pairs, rs_verdict *verdict);
} rs_measure;

extern const rs_measure rs_measure_times, rs_measure_counts;

#endif
