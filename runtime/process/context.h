/* context.h: switching stacks, told to the sanitizers.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONTEXT_H
#define RS_CONTEXT_H

#include "runtime/base/sanitize.h"
#include "runtime/process/machine.h"
#include "runtime/process/stack.h"

#include <stdbool.h>

#if RS_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#if RS_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* rs_context_thread describes the calling thread's own stack. */
void rs_context_thread(rs_fiber *fiber);
/* rs_context_create and rs_context_destroy make and drop the sanitizer's side of a stack. */
void rs_context_create(rs_fiber *fiber, void *bottom, size_t bytes);
void rs_context_destroy(rs_fiber *fiber);
/* rs_context_reset forgets frames that were abandoned on the stack. */
void rs_context_reset(rs_fiber *fiber);

/* rs_context_abandon unpoisons the frames below the caller that a crash left behind. */
void rs_context_abandon(rs_fiber *self);

/* rs_context_switch continues at `to_sp` on `to`; *from_sp receives where to come back. With
 * `leaving` the current frames will never be returned to. To TSan the switch orders what is before
 * it with what is after it, which is true: both are on one thread. What orders a process that moves
 * to another thread is its queue alone, and TSan sees that on the scheduler's side. */
static inline __attribute__((always_inline)) void
rs_context_switch(rs_fiber *from, void **from_sp, rs_fiber *to, void *to_sp, bool leaving) {
    (void)from;
    (void)to;
    (void)leaving;
#if RS_TSAN
    __tsan_switch_to_fiber(to->tsan, 0);
#elif RS_ASAN
    __sanitizer_start_switch_fiber(leaving ? NULL : &from->fake, to->bottom, to->bytes);
#endif
    rs_machine_switch(from_sp, to_sp);
#if RS_ASAN
    __sanitizer_finish_switch_fiber(from->fake, NULL, NULL);
#endif
}

/* rs_context_fork lets TSan take what follows on the same stack for another's, whose functions may
 * never return; rs_context_join drops that one. Neither nests. */
#if RS_TSAN
static inline __attribute__((always_inline)) void rs_context_fork(rs_fiber *fiber) {
    fiber->outer = fiber->tsan;
    fiber->tsan = __tsan_create_fiber(0);
    __tsan_switch_to_fiber(fiber->tsan, 0);
}
static inline __attribute__((always_inline)) void rs_context_join(rs_fiber *fiber) {
    void *inner = fiber->tsan;
    fiber->tsan = fiber->outer;
    fiber->outer = NULL;
    __tsan_switch_to_fiber(fiber->tsan, 0);
    __tsan_destroy_fiber(inner);
}
#else
static inline void rs_context_fork(rs_fiber *fiber) {
    (void)fiber;
}
static inline void rs_context_join(rs_fiber *fiber) {
    (void)fiber;
}
#endif

/* rs_context_entered is called first on a freshly entered stack. */
static inline void rs_context_entered(rs_fiber *self) {
    (void)self;
#if RS_ASAN
    __sanitizer_finish_switch_fiber(self->fake, NULL, NULL);
#endif
}

#endif
