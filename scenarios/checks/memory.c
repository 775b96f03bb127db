/* memory.c: at two quiet moments, before the first fault and when all is over, as many processes
 * need as many bytes. What they keep for themselves is compared only when they say (rs_keep) that
 * they keep as much, and none lives on that a fault has hurt.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/engine/checking.h"

#define ROOT 1u

/* Who has begun to restart others, or waits before it does, holds something for that once and for
 * all: so much for each planned process. What piles up is more than that soon. */
#define ARENA_BYTES 1024u
#define TIMER_BYTES 128u

static void compare(rs_checking *checking, const char *what, uint64_t before, uint64_t after,
                    uint64_t allowed) {
    char from[RS_UNITS_TEXT_BYTES], to[RS_UNITS_TEXT_BYTES];
    if (after <= before + allowed) return;
    rs_checking_find(checking, ROOT, checking->stop,
                     "as many processes as before the first fault hold more %s: %s then, %s in the "
                     "end, %llu bytes more",
                     what, rs_units_format_bytes(before, from, sizeof from),
                     rs_units_format_bytes(after, to, sizeof to),
                     (unsigned long long)(after - before));
}

/* A victim that survived may hold what the fault gave it, and so may those who wait for it. */
static bool somebody_is_hurt(const rs_checking *checking) {
    const rs_history *history = checking->history;
    for (uint32_t i = checking->begin; i < checking->stop; i++) {
        if (history->at[i].kind != RS_EVENT_FAULT) continue;
        uint32_t life = rs_lives_find(checking->lives, history->at[i].pid);
        if (life != RS_NEVER && checking->lives->at[life].ended > checking->stop) return true;
    }
    return false;
}

static void run(rs_checking *checking) {
    const rs_shared *shared = checking->shared;
    const rs_census *before = &shared->before, *after = &shared->after;
    bool comparable = before->taken && before->quiet && after->taken && after->quiet &&
                      before->use.processes == after->use.processes;
    if (!comparable || somebody_is_hurt(checking)) return;
    uint64_t planned = shared->planned;
    compare(checking, "messages", before->use.message, after->use.message, 0);
    compare(checking, "links and monitors", before->use.relation, after->use.relation, 0);
    compare(checking, "timers", before->use.timer, after->use.timer, planned * TIMER_BYTES);
    compare(checking, "stacks", before->use.stack, after->use.stack, 0);
    if (shared->kept_before != shared->kept_after) return;
    compare(checking, "of their own", before->use.arena, after->use.arena, planned * ARENA_BYTES);
    compare(checking, "in tables", before->use.table, after->use.table, 0);
}

extern const rs_check rs_check_memory;
const rs_check rs_check_memory = {
    .name = "memory",
    .about = "as many processes that keep as much need no more memory than before the first fault",
    .run = run,
};
