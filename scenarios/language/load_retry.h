/* load_retry.h: what becomes of an operation that has failed: the `retry` of a load.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOAD_RETRY_H
#define RS_LOAD_RETRY_H

#include "scenarios/language/reader.h"

/* rs_load_retry_read reads `retry`; `value` NULL: nothing is tried again. */
void rs_load_retry_read(rs_reader *reader, const rs_document_node *value, rs_plan_retry *retry);

#endif
