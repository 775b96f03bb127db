/* victim.h: whom a fault hits: live roles, or all that there were, that match its pattern, in path
 * order, drawn with the fault's own random stream. SPDX-License-Identifier: MIT
 */
#ifndef RS_VICTIM_H
#define RS_VICTIM_H

#include "runtime/respawn.h"
#include "scenarios/engine/role.h"
#include "scenarios/language/plan.h"

typedef struct rs_victims {
    const rs_roles *roles;
    const char *pattern;
    bool with_empty; /* a role need not be alive */
    uint32_t seen;   /* roles looked at so far */
    uint32_t count;  /* that match */
    uint32_t *at;    /* their numbers in path order */
    uint32_t *live;  /* scratch: those alive, the chosen ones first */
} rs_victims;

/* rs_victims_init begins with nobody; false without memory. `pattern` NULL: nobody matches. */
bool rs_victims_init(rs_victims *victims, const rs_roles *roles, const char *pattern,
                     bool with_empty, rs_larder *larder);
void rs_victims_fini(rs_victims *victims, rs_larder *larder);

/* rs_victims_pick chooses for one firing and returns how many; their numbers are in victims->live.
 * `pick_value` as in the plan: a count takes what there is, a share rounds up. */
uint32_t rs_victims_pick(rs_victims *victims, rs_plan_pick pick, uint64_t pick_value,
                         rs_prng *prng);

#endif
