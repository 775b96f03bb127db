/* host.h: the OS process that is the runtime. It may crash, hang or be killed: its parent lives on
 * and has everything that was measured.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_HOST_H
#define RS_HOST_H

#include "scenarios/engine/shared.h"

#include <sys/types.h>

/* rs_host_start forks the child that carries out the run in `shared` and returns its pid; -1 when
 * the system refuses. The child dies with its parent. */
pid_t rs_host_start(rs_shared *shared);

/* rs_host_run carries out the run in `shared` in the calling process, which takes all its risks. */
void rs_host_run(rs_shared *shared);

#endif
