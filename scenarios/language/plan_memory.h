/* plan_memory.h: the memory of a plan: taken piece by piece while a scenario is read, freed as one.
 * There is no way to free a piece, so nothing in a plan can dangle before the plan itself.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PLAN_MEMORY_H
#define RS_PLAN_MEMORY_H

#include <stddef.h>
#include <stdint.h>

typedef struct rs_plan_memory rs_plan_memory;

/* rs_plan_memory_create returns an empty memory. Errors: ends the program when malloc fails; input
 * is bounded, so that only a machine without memory gets there. */
rs_plan_memory *rs_plan_memory_create(void);

/* rs_plan_memory_destroy frees everything taken from `memory`; NULL is fine. */
void rs_plan_memory_destroy(rs_plan_memory *memory);

/* rs_plan_memory_take returns `bytes` zeroed bytes, aligned for any object. */
void *rs_plan_memory_take(rs_plan_memory *memory, size_t bytes);

/* rs_plan_memory_array returns `count` zeroed elements of `bytes` each; at least one. */
void *rs_plan_memory_array(rs_plan_memory *memory, size_t count, size_t bytes);

/* rs_plan_memory_copy returns the first `length` bytes of `text` with a NUL behind them. */
char *rs_plan_memory_copy(rs_plan_memory *memory, const char *text, size_t length);

/* rs_plan_memory_format returns the formatted text. */
char *rs_plan_memory_format(rs_plan_memory *memory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
