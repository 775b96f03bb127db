/* slope.h: a rate that changes evenly over a load, for the kinds that ramp.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOADS_SLOPE_H
#define RS_LOADS_SLOPE_H

#include "scenarios/loads/load.h"

/* Numbers of arrivals have so many binary places. */
#define RS_SLOPE_PLACES 16

/* rs_slope_time_ns returns when `passed` arrivals of all clients have come since the load began,
 * with RS_SLOPE_PLACES, no earlier than course->due_ns; end_ns when fewer come at all. Rates are at
 * most 10^12 in 1000 s.
 * Source: inversion of the integral of the rate (Lewis and Shedler 1979), by bisection over
 * integers, so that arrivals are equal on every compiler. */
uint64_t rs_slope_time_ns(const rs_load_course *course, uint64_t passed);

#endif
