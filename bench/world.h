/* world.h: what the benchmarks and peers/respawn run: high-score tables, alone or under a
 * supervisor, in a runtime of their own. SPDX-License-Identifier: MIT
 */
#ifndef RS_WORLD_H
#define RS_WORLD_H

#include "runtime/otp/supervisor.h"

/* rs_world_run runs entry(context) as the first process of a runtime with `threads` threads under
 * the real clock. `observer` may be NULL. Returns NULL, or a static text that says why, when the
 * runtime does not start or the process does not end normally. */
const char *rs_world_run(uint32_t threads, const rs_observer *observer,
                         void (*entry)(void *context), void *context);

/* rs_world_tables starts a simple_one_for_one supervisor of tables in role 1; 0 when it cannot. */
rs_pid rs_world_tables(rs_restart restart);

/* rs_world_add_table starts a table under that supervisor; 0 when it cannot. */
rs_pid rs_world_add_table(rs_pid tables);

/* rs_world_resident returns the resident bytes of this process. */
uint64_t rs_world_resident(void);

#endif
