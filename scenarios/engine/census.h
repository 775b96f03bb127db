/* census.h: the memory that the runtime holds when nothing moves.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CENSUS_H
#define RS_CENSUS_H

#include "scenarios/engine/shared.h"

/* rs_census_take reads the memory into `census`, all but what is resident; it is `quiet` when two
 * readings a moment apart agreed and at least `blocked` processes were off their cores, which is
 * tried until `patience_ns` have passed. Caller: the runner; everybody else holds. */
void rs_census_take(rs_census *census, uint32_t blocked, uint64_t patience_ns);

/* rs_census_resident returns the resident bytes of this OS process, without what it shares. */
uint64_t rs_census_resident(void);

#endif
