/* client.h: what an operation of a worker sees of the client that performs it. Every call goes
 * through the client's ledger, so that issued = answered + failed + open holds exactly.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLIENT_H
#define RS_CLIENT_H

#include "runtime/base/prng.h"
#include "runtime/otp/gen_server.h"

typedef struct rs_client rs_client;

/* rs_client_key returns the key this operation works on, in [0, key_count). */
uint64_t rs_client_key(rs_client *client);

/* rs_client_prng returns the client's own random stream. */
rs_prng *rs_client_prng(rs_client *client);

/* rs_client_target returns the load's target process, found by pid or by name as the load's `via`
 * says; 0 when there is none (the operation then ends with rs_client_fail(client, noproc)). */
rs_pid rs_client_target(rs_client *client);

/* rs_client_call calls `to` with the load's timeout; NULL when the call failed, and then the
 * operation is already recorded as failed with the call's reason: just return. */
const rs_message *rs_client_call(rs_client *client, rs_pid to, const rs_type *type,
                                 const void *payload, uint32_t bytes);

/* rs_client_fail records the operation as failed with `reason` (an atom), e.g. unknown_game. */
void rs_client_fail(rs_client *client, rs_term reason);

/* rs_client_is_heard says whether a check listens to what is told by the next three. */
bool rs_client_is_heard(const rs_client *client);

/* What the answer to the client's latest call says of a list that `server` keeps, best first; for
 * checks. rs_client_told_added: `value` now stands at `place`, from 1 (0: there was no room for it)
 * of at most `room` (0: not said). rs_client_told_list: it has `count` items; then each of them by
 * rs_client_told_item, in order, `place` counted from 1. */
void rs_client_told_added(rs_client *client, rs_pid server, int64_t value, uint32_t place,
                          uint32_t room);
void rs_client_told_list(rs_client *client, rs_pid server, uint32_t count);
void rs_client_told_item(rs_client *client, rs_pid server, int64_t value, uint32_t place);

#endif
