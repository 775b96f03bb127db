/* strikes.h: what a fault did in a run, as the `strikes` of a scenario: the same blows without the
 * rule and the chance that led to them. Under the virtual clock the same run follows from them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ENGINE_STRIKES_H
#define RS_ENGINE_STRIKES_H

#include "scenarios/engine/shared.h"

/* rs_strikes_count returns how many blows fault `fault` gave. */
uint32_t rs_strikes_count(const rs_shared *shared, uint32_t fault);

/* rs_strikes_print writes its blow `index`, such as "310000000ns tables/game-7#1"; one that found
 * nobody has no role. Returns the length, as snprintf; RS_FAULT_STRIKES_BYTES are enough for roles
 * of any tree in a scenario. */
int rs_strikes_print(const rs_shared *shared, uint32_t fault, uint32_t index, char *text,
                     size_t bytes);

/* rs_strikes_is_blow is false for what only repeats that an injector was woken: a firing of a fault
 * that lies in wait, with nothing to be laid that did not lie there already. */
bool rs_strikes_is_blow(const rs_shared *shared, uint32_t fault, const rs_blow *blow);

#endif
