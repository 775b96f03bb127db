/* timer.h: deadlines in nanoseconds. Each core has a heap of its own, ordered by (deadline, number
 * of the start), under a lock that others take only to cancel. Under the virtual clock all timers
 * lie in the heap of core 0, so that their order is one.
 * Source: rules T1-T3, P4.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TIMER_H
#define RS_TIMER_H

#include "runtime/base/atomic.h"
#include "runtime/base/list.h"

struct rs_core;
struct rs_process;
struct rs_larder;

typedef enum rs_timer_kind { RS_TIMER_WAKE, RS_TIMER_SEND, RS_TIMER_MAIL } rs_timer_kind;

typedef struct rs_timer {
    uint64_t deadline_ns;
    uint64_t number;   /* of the start; equal deadlines fire in this order */
    uint32_t position; /* in the heap, from 1; 0: not started */
    uint16_t core;     /* whose heap; written by the owner */
    uint8_t kind;
    bool armed; /* position is not 0; written on `core`, or by an owner elsewhere under the lock */
} rs_timer;

typedef struct rs_timer_heap {
    rs_spinlock lock;
    uint32_t count;
    uint64_t started;
    rs_timer **timers; /* [1 … count], reserved address space */
    uint64_t *handles; /* [1 … handles_used], likewise: see timer.c */
    uint32_t handles_used, free_handle;
    rs_atomic_u64 first_ns; /* earliest deadline, RS_FOREVER when empty */
} rs_timer_heap;

/* rs_timer_heap_init takes the heap's address space from `larder`; false when the system refuses.
 */
bool rs_timer_heap_init(rs_timer_heap *heap, struct rs_larder *larder);
void rs_timer_heap_fini(rs_timer_heap *heap, struct rs_larder *larder);

/* rs_timer_start puts a timer that is not started into the heap. Under the heap's lock. False:
 * full. */
bool rs_timer_start(rs_timer_heap *heap, rs_timer *timer, uint64_t deadline_ns);
/* rs_timer_stop takes a started timer out. Under the heap's lock. */
void rs_timer_stop(rs_timer_heap *heap, rs_timer *timer);

/* rs_timer_hold starts `timer`, which is zeroed and belongs to nobody, for mail that a seam holds
 * up: rs_mail_arrive gets it in `delay_ns`. False: there are too many. In a section. */
bool rs_timer_hold(struct rs_core *core, rs_timer *timer, uint64_t delay_ns);
/* rs_timer_call_off stops it; false: it has fired, and is, or was, given to rs_mail_arrive. */
bool rs_timer_call_off(struct rs_core *core, rs_timer *timer);

/* rs_timer_wake_at makes sure that `process` is woken at `deadline_ns` or soon after every earlier
 * deadline it had; RS_FOREVER forgets it. Starting is lazy: a timer that fires early is put back.
 */
void rs_timer_wake_at(struct rs_core *core, struct rs_process *process, uint64_t deadline_ns);

/* rs_timer_expire fires what is due on `core` at `now_ns`. In a section. */
void rs_timer_expire(struct rs_core *core, uint64_t now_ns);

/* rs_timer_tidy frees what is left of the caller's sends that have fired; the next rs_send_after
 * would, too. In user mode. */
void rs_timer_tidy(void);

/* rs_timer_drop cancels all timers of a dying process, up to *budget of them; false: not done. */
bool rs_timer_drop(struct rs_core *core, struct rs_process *process, uint32_t *budget);

#endif
