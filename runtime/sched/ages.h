/* ages.h: the ready tasks by age, for choosers: any of them can be taken by its rank. A plain array
 * whose shorter side moves up: 10,000 ready tasks cost a microsecond a choice, and the oldest is
 * taken for nothing.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_AGES_H
#define RS_AGES_H

#include "runtime/base/assert.h"
#include "runtime/sched/sched.h"

#include <string.h>

/* Room in front beyond which the array moves back: small arrays need not move often. */
#define RS_AGES_SLACK 64u

typedef struct rs_ages {
    rs_task **at; /* [head … head + count) */
    uint32_t head, count;
    rs_choices *record;
} rs_ages;

/* rs_ages_bytes returns what the array takes for `tasks_max` tasks. */
static inline size_t rs_ages_bytes(uint32_t tasks_max) {
    return (2 * (size_t)tasks_max + RS_AGES_SLACK + 1) * sizeof(rs_task *);
}

/* rs_ages_push adds the youngest. */
static inline void rs_ages_push(rs_ages *ages, rs_task *task) {
    if (ages->head > ages->count + RS_AGES_SLACK) {
        memcpy(ages->at, ages->at + ages->head, ages->count * sizeof *ages->at);
        ages->head = 0;
    }
    ages->at[ages->head + ages->count++] = task;
}

/* rs_ages_note records the choice of `rank` among all that are ready, if it is one. */
static inline void rs_ages_note(rs_ages *ages, uint32_t rank) {
    rs_choices *record = ages->record;
    if (!record || ages->count < 2) return;
    if (record->count < record->room) record->at[record->count] = rank;
    record->count++;
}

/* rs_ages_take removes and returns the one that `rank` others are older than. */
static inline rs_task *rs_ages_take(rs_ages *ages, uint32_t rank) {
    RS_ASSERT(rank < ages->count);
    rs_ages_note(ages, rank);
    rs_task **place = ages->at + ages->head + rank, *task = *place;
    uint32_t younger = --ages->count - rank;
    if (rank < younger) {
        memmove(ages->at + ages->head + 1, ages->at + ages->head, rank * sizeof *place);
        ages->head++;
    } else {
        memmove(place, place + 1, younger * sizeof *place);
    }
    return task;
}

#endif
