/* tracing.h: tells a run as a trace, from its film.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TRACING_H
#define RS_TRACING_H

#include "reports/formats/trace.h"
#include "scenarios/engine/shared.h"

/* rs_tracing_name gives names to the functions on film that have none yet; as rs_inquest_name. */
void rs_tracing_name(rs_shared *shared);

/* rs_tracing_write writes what is on film and known of faults and lives; *header tells how much
 * that is. When the child is gone. Errors: RS_EIO. */
rs_err rs_tracing_write(FILE *stream, const rs_shared *shared, rs_trace_header *header);

#endif
