/* bracket.c: integers only, but for the root in the middle.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/bracket.h"

#include <math.h>

/* As near as two values need to be. */
#define NEAR 1.05

/* Doubles (`up`) or halves until the answer is not `same`; false: it always is, as far as it goes.
 */
static bool look(rs_bracket *bracket, uint64_t value, bool up, rs_bracket_answer same,
                 const rs_bracket_oracle *oracle) {
    for (uint32_t i = 0; i < RS_BRACKET_DOUBLINGS; i++) {
        uint64_t next = oracle->round(oracle->context, up ? 2 * value : value / 2);
        if (next == value || next == 0) return false;
        rs_bracket_answer answer = oracle->ask(oracle->context, next);
        if (answer == RS_BRACKET_STOP) return false;
        *(answer == RS_BRACKET_SURVIVES ? &bracket->survives : &bracket->fails) = next;
        if (answer != same) return true;
        value = next;
    }
    return false;
}

static bool is_near(const rs_bracket *bracket) {
    uint64_t low = bracket->survives < bracket->fails ? bracket->survives : bracket->fails;
    uint64_t high = bracket->survives < bracket->fails ? bracket->fails : bracket->survives;
    return high - low <= 1 || (double)high <= NEAR * (double)low;
}

static void narrow(rs_bracket *bracket, const rs_bracket_oracle *oracle) {
    while (!is_near(bracket)) {
        double middle = sqrt((double)bracket->survives * (double)bracket->fails);
        uint64_t value = oracle->round(oracle->context, (uint64_t)(middle + 0.5));
        if (value == bracket->survives || value == bracket->fails) return;
        rs_bracket_answer answer = oracle->ask(oracle->context, value);
        if (answer == RS_BRACKET_STOP) return;
        *(answer == RS_BRACKET_SURVIVES ? &bracket->survives : &bracket->fails) = value;
    }
}

rs_bracket rs_bracket_find(uint64_t start, const rs_bracket_oracle *oracle) {
    rs_bracket bracket = {0, 0};
    rs_bracket_answer first = oracle->ask(oracle->context, start);
    if (first == RS_BRACKET_STOP) return bracket;
    *(first == RS_BRACKET_SURVIVES ? &bracket.survives : &bracket.fails) = start;
    bool up_first = first == RS_BRACKET_SURVIVES;
    bool found = look(&bracket, start, up_first, first, oracle);
    if (!found) {
        rs_bracket far = bracket;
        *(up_first ? &bracket.survives : &bracket.fails) = start;
        found = look(&bracket, start, !up_first, first, oracle);
        if (!found) return far;
    }
    narrow(&bracket, oracle);
    return bracket;
}
