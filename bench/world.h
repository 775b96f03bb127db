/* world.h: what the benchmarks and peers/respawn run: processes in a runtime of their own, among
 * them high-score tables under a supervisor.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WORLD_H
#define RS_WORLD_H

#include "runtime/otp/supervisor.h"

/* rs_world_run runs entry(context) as the first process of a runtime with these options. Returns
 * NULL, or a static text that says why, when the runtime does not start or the process does not end
 * normally. */
const char *rs_world_run(const rs_runtime_options *options, void (*entry)(void *context),
                         void *context);

/* rs_world_table returns the specification of a high-score table of ten players. Owner: `id` must
 * outlive its supervisor. */
rs_child_spec rs_world_table(const char *id, rs_restart restart);

/* rs_world_supervisor starts a supervisor in role 1, linked, with an intensity that nothing here
 * reaches; 0 when it cannot. */
rs_pid rs_world_supervisor(rs_strategy strategy, const rs_child_spec *children, uint32_t count);

/* rs_world_tables starts a simple_one_for_one supervisor of tables; 0 when it cannot. */
rs_pid rs_world_tables(rs_restart restart);

/* rs_world_add_table starts a table under that supervisor; 0 when it cannot. */
rs_pid rs_world_add_table(rs_pid tables);

/* rs_world_resident returns the resident bytes of this process. */
uint64_t rs_world_resident(void);

#endif
