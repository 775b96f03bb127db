/* memory.c: at two quiet moments, before the first fault and when all is over, as many processes
 * need as many bytes. What they keep for themselves is compared only when they say (rs_keep) that
 * they keep as much, and none lives on that a fault has hurt. All of it is counted together, so a
 * finding cannot tell whose it is; its story is who came and went last.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "scenarios/engine/checking.h"

#define ROOT 1u

/* Who has begun to restart others, or waits before it does, holds something for that once and for
 * all: so much for each planned process. What piles up is more than that soon. */
#define ARENA_BYTES 1024u
#define TIMER_BYTES 128u

/* Who has come or gone since t = 0 has taken memory, or given it back. */
static bool is_turnover(const rs_history_entry *entry) {
    return entry->role && (entry->kind == RS_EVENT_STARTED || entry->kind == RS_EVENT_EXIT);
}

/* Backwards: what there is more of is rather of the latest. */
static void tell_turnover(const rs_checking *checking, rs_finding *finding) {
    for (uint32_t i = checking->stop; i-- > checking->begin;)
        if (is_turnover(&checking->history->at[i])) rs_checking_tell(checking, finding, i);
}

static bool has_turnover(const rs_checking *checking) {
    for (uint32_t i = checking->begin; i < checking->stop; i++)
        if (is_turnover(&checking->history->at[i])) return true;
    return false;
}

static void compare(rs_checking *checking, const char *what, uint64_t before, uint64_t after,
                    uint64_t allowed) {
    char from[RS_UNITS_TEXT_BYTES], to[RS_UNITS_TEXT_BYTES];
    if (after <= before + allowed) return;
    rs_finding *finding = rs_checking_find(
        checking, ROOT, checking->stop,
        "as many processes as before the first fault hold more %s: %s then, %s in the end, %llu "
        "bytes more; whose they are is not counted: %s",
        what, rs_units_format_bytes(before, from, sizeof from),
        rs_units_format_bytes(after, to, sizeof to), (unsigned long long)(after - before),
        has_turnover(checking) ? "told is who came and went last" : "nobody came or went");
    tell_turnover(checking, finding);
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
