/* stack.h: pooled stacks with guards. A process keeps one only while it is blocked inside a
 * callback; cores keep a few warm.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_STACK_H
#define RS_STACK_H

#include "runtime/base/limits.h"

#include <stdbool.h>
#include <stddef.h>

struct rs_core;
struct rs_runtime;

/* What a sanitizer must know of a stack. */
typedef struct rs_fiber {
    void *bottom;
    size_t bytes;
    void *fake;  /* ASan's fake stack while switched away */
    void *tsan;  /* TSan's fiber */
    void *outer; /* and the one that a fork has put aside */
} rs_fiber;

/* Lies at the top of its stack. */
typedef struct rs_stack {
    struct rs_stack *next;
    void *sp;                  /* where it continues */
    char *low;                 /* lowest usable byte; the guard lies below */
    bool fresh;                /* to be entered at rs_process_main */
    struct rs_catch *catching; /* the innermost; see catch.h */
    void *catch_sp;            /* where that goes on */
    rs_fiber fiber;
} rs_stack;

typedef struct rs_stack_cache {
    rs_stack *free;
    uint32_t count;
} rs_stack_cache;

/* rs_stack_take returns a stack, or NULL when memory is short. In a section. */
rs_stack *rs_stack_take(struct rs_core *core);
/* rs_stack_give returns it to the pool; abandoned frames on it are forgotten. In a section. */
void rs_stack_give(struct rs_core *core, rs_stack *stack);
/* rs_stack_reset forgets what is on it: the next switch to it starts at rs_process_main. */
void rs_stack_reset(rs_stack *stack);
/* rs_stack_guards says whether `address` lies in the guard of `stack`. */
bool rs_stack_guards(const rs_stack *stack, const void *address);
/* rs_stack_fini unmaps all stacks of the runtime. */
void rs_stack_fini(struct rs_runtime *runtime);

#endif
