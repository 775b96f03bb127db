/* agent.h: Elixir's Agent: a piece of memory with a process around it. Functions are sent to it and
 * run there, one at a time; nobody else can touch the memory. Who crashes takes the agent along.
 *
 *     static void add(void *state, const void *args, void *result) {
 *         int64_t *sum = state;
 *         *(int64_t *)result = *sum += *(const int64_t *)args;
 *     }
 *     rs_agent_get_and_update(agent, add, &five, sizeof five, &sum, sizeof sum, RS_FOREVER);
 *
 * Source: rule E5.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_AGENT_H
#define RS_AGENT_H

#include "runtime/otp/gen_server.h"

/* `args` is the caller's copy, NULL when there is none; `result` as much zeroed memory as the
 * caller wants back, NULL when it wants none. Both end with the call. They may rs_alloc: that
 * memory is the agent's. */
typedef void rs_agent_reader(const void *state, const void *args, void *result);
typedef void rs_agent_writer(void *state, const void *args, void *result);

/* rs_agent_start starts an agent around `state_bytes` of zeroed memory, which begin(state, args,
 * NULL), if it is not NULL, fills before the agent is there. Errors: as rs_gen_server_start. */
rs_start_result rs_agent_start(uint32_t state_bytes, rs_agent_writer *begin, const void *args,
                               uint32_t bytes, const rs_start_options *options, rs_pid *pid,
                               rs_term *reason);

/* These wait until the function has run in the agent, and copy what it left to `result`. A failure
 * exits the caller, as that of rs_gen_server_call does. */
void rs_agent_get(rs_pid agent, rs_agent_reader *reader, const void *args, uint32_t bytes,
                  void *result, uint32_t result_bytes, uint64_t timeout_ns);
void rs_agent_get_and_update(rs_pid agent, rs_agent_writer *writer, const void *args,
                             uint32_t bytes, void *result, uint32_t result_bytes,
                             uint64_t timeout_ns);

/* rs_agent_update is the same without a result. */
void rs_agent_update(rs_pid agent, rs_agent_writer *writer, const void *args, uint32_t bytes,
                     uint64_t timeout_ns);

/* rs_agent_cast does not wait, and never fails. */
void rs_agent_cast(rs_pid agent, rs_agent_writer *writer, const void *args, uint32_t bytes);

#endif
