/* operation.h: one operation of a client, which is what a user waits for: issued once, tried once
 * or more often, answered or failed.
 *
 * Invariant: which operation comes when with which key follows from `draws` alone, or from the
 * load's arrivals; what else the operation draws follows from its intended start. So requests can
 * be taken out of a list of arrivals, and those that remain are the same.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_OPERATION_H
#define RS_OPERATION_H

#include "scenarios/engine/client.h"
#include "scenarios/engine/scene.h"

typedef struct rs_request {
    const rs_operation *operation;
    uint64_t key;
    uint64_t ordinal; /* its random numbers are those of this one; no other of the client has it */
    uint64_t intended_ns;
} rs_request;

/* Private to operation.c, client.c and crowd.c. */
struct rs_client {
    rs_scene *scene;
    const rs_plan_load *plan;
    uint32_t load, number, client; /* the last counts over all loads */
    rs_atom target_name;
    rs_pid target;             /* 0: to be looked up */
    uint64_t begin_ns, end_ns; /* of the load, since t = 0 */
    rs_load_course course;     /* open loops */
    rs_prng draws;             /* what is asked for, and when */
    rs_prng prng;              /* what operations draw */
    uint64_t family;           /* of the streams that operations begin with */
    uint64_t next_key, key;
    bool has_key;         /* `key` is the operation's; else it draws one when it needs one */
    uint64_t start_ns;    /* when the attempt began */
    uint64_t deadline_ns; /* when the operation must be over; 0: nobody says */
    rs_term past_deadline;
    uint64_t last_ns; /* when the latest operation ended */
    bool woken;       /* has taken rs_scene_wake since it last held */
    rs_term failed;   /* why the operation failed; 0: it has not */
    rs_ledger ledger;
};

/* rs_client_note_end writes down, for checks, that the operation that began at `start_ns` has
 * ended. */
void rs_client_note_end(const rs_client *client, const rs_operation *operation, uint64_t start_ns);

/* rs_operation_choose draws one from the load's mix. */
const rs_operation *rs_operation_choose(rs_client *client);

/* rs_operation_draw_key draws the key of the next one. */
uint64_t rs_operation_draw_key(rs_client *client);

/* rs_operation_perform performs one that is tried once and knows no deadline, as fast as can be. */
void rs_operation_perform(rs_client *client, uint64_t start_ns);

/* rs_operation_carry_out performs what `request` says, with all its attempts, the first now, at
 * `start_ns`. */
void rs_operation_carry_out(rs_client *client, const rs_request *request, uint64_t start_ns);

/* rs_operation_is_past says whether the operation must be over at `now_ns`. */
bool rs_operation_is_past(const rs_client *client, uint64_t now_ns);

#endif
