/* load_rate.h: when requests are due: the `rate` of a load, or its `arrivals`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOAD_RATE_H
#define RS_LOAD_RATE_H

#include "scenarios/language/reader.h"

/* rs_load_rate_read reads `rate` of a load into kind, rate and rate_per_ks; `value` NULL: max. */
void rs_load_rate_read(rs_reader *reader, const rs_document_node *value, rs_plan_load *load);

/* rs_load_rate_forms returns how `rate` can be written, in words. Owner: the reader's memory. */
const char *rs_load_rate_forms(rs_reader *reader);

#endif
