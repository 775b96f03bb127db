/* distribution.h: a time that is drawn anew whenever it is needed: `5ms`, `uniform(1ms, 9ms)`,
 * `exponential(5ms)`. Samples are integer arithmetic, equal on every compiler.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DISTRIBUTION_H
#define RS_DISTRIBUTION_H

#include "runtime/base/error.h"
#include "runtime/base/prng.h"

#include <stddef.h>

typedef enum rs_distribution_kind {
    RS_CONSTANT,
    RS_UNIFORM,     /* from low to high, both included */
    RS_EXPONENTIAL, /* of the mean low: services without memory, the M of queueing theory */
    RS_ERLANG,      /* the sum of `count` exponentials, of the mean low in all: steadier */
    RS_TWO,         /* low, but high for a share of rare_ppm: a slow path */
} rs_distribution_kind;

/* Zeroed: always 0. */
typedef struct rs_distribution {
    uint64_t low_ns, high_ns;
    rs_distribution_kind kind;
    uint32_t count, rare_ppm;
} rs_distribution;

/* More stages than that are as good as a constant. */
#define RS_ERLANG_MAX 1000u

/* No single step of anything takes longer; sums of draws stay far from 2^64. */
#define RS_DISTRIBUTION_NS_MAX (UINT64_C(24) * 3600 * 1000000000)

/* Every form, for messages and help. */
#define RS_DISTRIBUTION_FORMS                                                                      \
    "5ms, uniform(1ms, 9ms), exponential(5ms), erlang(4, 5ms), two(1ms, 50ms, 2%)"

/* rs_distribution_forms are the same as rs_form_schema takes them; NULL-terminated. */
extern const char *const rs_distribution_forms[];

#define RS_DISTRIBUTION_TEXT_BYTES 128u

/* rs_distribution_parse reads what RS_DISTRIBUTION_FORMS shows.
 * Errors: RS_ESYNTAX, RS_ERANGE; then `why` says what would have been right, and
 * *distribution is left alone. */
rs_err rs_distribution_parse(const char *text, rs_distribution *distribution, const char **why);

/* rs_distribution_draw draws a time. Constants leave the stream as it is. */
uint64_t rs_distribution_draw(const rs_distribution *distribution, rs_prng *prng);

/* rs_distribution_print writes it as rs_distribution_parse reads it, exactly; returns `text`. */
const char *rs_distribution_print(const rs_distribution *distribution,
                                  char text[RS_DISTRIBUTION_TEXT_BYTES]);

#endif
