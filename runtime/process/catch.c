/* catch.c: see catch.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/catch.h"

#include "runtime/process/clock.h"
#include "runtime/process/context.h"
#include "runtime/process/signal.h"

/* The function's frames begin so far below the frame that starts it: more than that can have, and
 * what the switch pushes. */
#define GAP_BYTES 1024u

static rs_stack *stack_here(void) {
    return rs_process_here()->stack;
}

/* Between a frame and the top of its stack; otherwise what is left has no catch any more. */
static bool may_be_outer(const rs_stack *stack, const rs_catch_frame *frame) {
    const char *outer = (const char *)frame->outer, *sp = frame->outer_sp;
    const char *low = (const char *)frame, *top = (const char *)stack;
    return outer > low && outer <= top - sizeof *frame && sp > low && sp < top;
}

/* leave continues where rs_catch waits. The catch is over by then: if what it goes on with has been
 * written over as well, the next fault is not its own again. */
static inline __attribute__((always_inline)) _Noreturn void leave(rs_stack *stack) {
    const rs_catch_frame *frame = stack->catching;
    void *abandoned, *to = stack->catch_sp;
    bool is_nested = may_be_outer(stack, frame);
    stack->catching = is_nested ? frame->outer : NULL;
    stack->catch_sp = is_nested ? frame->outer_sp : NULL;
    if (!is_nested) rs_context_join(&stack->fiber);
    rs_machine_switch(&abandoned, to);
    RS_UNREACHABLE();
}

static void enter(void) {
    const rs_catch_frame *frame = stack_here()->catching;
    RS_ASSERT((char *)stack_here()->catch_sp > (char *)__builtin_frame_address(0));
    rs_section_leave(rs_core_here());
    frame->function(frame->argument);
    leave(stack_here());
}

/* run returns when the function has, or exits; begun in a section, ended outside: what is prepared
 * lies where a preemption would write. Not inlined: the distance to its frame counts. */
__attribute__((noinline)) static void run(rs_stack *stack) {
    void *below = (char *)__builtin_frame_address(0) - GAP_BYTES;
    if (!stack->catching->outer) rs_context_fork(&stack->fiber);
    void *to = rs_machine_prepare(below, enter);
    rs_machine_switch(&stack->catch_sp, to);
}

/* What the function was in the midst of is dropped. */
static void tidy(rs_core *core, rs_process *self) {
    if (self->building) rs_signal_release(core, self->building);
    self->building = NULL;
    self->calling = 0;
    if (self->timed) rs_timer_wake_at(core, self, RS_FOREVER);
}

static _Noreturn void land(rs_core *core, rs_term reason, rs_caught outcome) {
    rs_process *self = core->current;
    tidy(core, self);
    rs_catch_frame *frame = self->stack->catching;
    frame->outcome = outcome;
    frame->reason = rs_signal_hold_with(core, reason, RS_MESSAGE_RECEIVED);
    rs_section_leave(core);
    leave(stack_here());
}

void rs_catch_raise(rs_core *core, rs_term reason) {
    if (!rs_catch_takes(core->current)) rs_process_end(core, reason);
    land(core, reason, RS_CAUGHT_EXIT);
}

void rs_catch_raise_crash(rs_core *core, rs_term reason) {
    land(core, reason, RS_CAUGHT_CRASH);
}

void *rs_catch_place(const rs_process *process) {
    return rs_catch_takes(process) ? process->stack->catch_sp : process->stack;
}

rs_caught rs_catch(void (*function)(void *argument), void *argument, rs_term *reason) {
    rs_gate(rs_section_enter()); /* from here on there is room to land */
    rs_stack *stack = stack_here();
    rs_catch_frame frame = {.outer = stack->catching,
                            .outer_sp = stack->catch_sp,
                            .function = function,
                            .argument = argument};
    stack->catching = &frame;
    run(stack);
    rs_context_abandon(&stack->fiber);
    if (frame.outcome != RS_CAUGHT_NOTHING && reason) *reason = frame.reason;
    return frame.outcome;
}
