/* bracket.h: where a policy stops surviving: found by doubling or halving a number until it is on
 * the other side, then by bisection on a logarithmic scale. SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_BRACKET_H
#define RS_CLI_BRACKET_H

#include <stdbool.h>
#include <stdint.h>

/* A thousand times more, or less, than the scenario says. */
#define RS_BRACKET_DOUBLINGS 10u

typedef enum rs_bracket_answer {
    RS_BRACKET_SURVIVES,
    RS_BRACKET_FAILS,
    RS_BRACKET_STOP
} rs_bracket_answer;

/* What is asked: does it survive `value`? STOP: there is no such value, or no more asking. */
typedef struct rs_bracket_oracle {
    rs_bracket_answer (*ask)(void *context, uint64_t value);
    uint64_t (*round)(void *context, uint64_t value); /* to a value that can be asked for */
    void *context;
} rs_bracket_oracle;

typedef struct rs_bracket {
    uint64_t survives, fails; /* next to each other, to 5 %; 0: nothing was found that does */
} rs_bracket;

/* rs_bracket_find looks upwards from `start` (> 0) for the other side, then downwards. The same
 * answers make the same questions. */
rs_bracket rs_bracket_find(uint64_t start, const rs_bracket_oracle *oracle);

#endif
