/* counter.h: what the program and the versions of its counter agree on.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_COUNTER_H
#define RS_TEST_COUNTER_H

#include "runtime/otp/gen_server.h"

#define COUNTER_TAG_BYTES 48u

/* The first version's state: the tag is a block of its own. */
typedef struct counter {
    int64_t count;
    char *tag;
} counter;

/* The second's: inline, in another order, and it knows how often it was changed. */
typedef struct counter_2 {
    char tag[COUNTER_TAG_BYTES];
    int64_t changes;
    int64_t count;
} counter_2;

/* What is asked. */
enum { COUNTER_ADD, COUNTER_SPIN };

typedef struct counter_answer {
    int64_t count, changes;
    uint32_t version;
    char tag[COUNTER_TAG_BYTES];
} counter_answer;

/* The program's. */
extern const rs_type counter_answer_type;

#endif
