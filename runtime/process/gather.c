/* gather.c: the crash report of a process that ends.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/gather.h"

#include "runtime/process/arena.h"
#include "runtime/process/clock.h"
#include "runtime/process/larder.h"
#include "runtime/process/name.h"
#include "runtime/process/relation.h"
#include "runtime/process/tell.h"

#include <string.h>

/* A longer payload is remembered by its type alone: most are two or three words. */
#define PAYLOAD_BYTES 40u
/* The last one is the message that is being handled. */
#define KEPT (RS_CRASH_RECENT_MAX + 1)

typedef struct handled {
    const rs_type *type;
    rs_pid from;
    uint32_t bytes;
    uint8_t kind;
    bool whole; /* the payload is here */
    _Alignas(uint64_t) unsigned char payload[PAYLOAD_BYTES];
} handled;

_Static_assert(sizeof(handled) == RS_CACHE_LINE, "a message that was handled is a cache line");

struct rs_recent {
    _Alignas(RS_CACHE_LINE) uint64_t count; /* of all that were handled */
    handled at[KEPT];
};

/* ---------------------------------------------------------------- what was handled */

static size_t recent_bytes(uint32_t places) {
    return ((size_t)places + 1) * sizeof(rs_recent);
}

bool rs_gather_init(rs_runtime *runtime, uint32_t places) {
    if (!rs_gather_keeps_messages(runtime)) return true;
    runtime->recent = rs_larder_take(runtime->larder, recent_bytes(places), RS_PAGE_BYTES);
    return runtime->recent != NULL;
}

void rs_gather_fini(rs_runtime *runtime, uint32_t places) {
    size_t written = runtime->places_used * sizeof(rs_recent);
    rs_larder_give(runtime->larder, runtime->recent, recent_bytes(places), written);
}

static rs_recent *recent_of(const rs_runtime *runtime, const rs_process *process) {
    return &runtime->recent[process - runtime->processes];
}

void rs_gather_born(rs_runtime *runtime, const rs_process *process) {
    recent_of(runtime, process)->count = 0;
}

/* The reason of an EXIT or DOWN may be a block, which goes with the message. */
static bool is_whole(const rs_message *message) {
    bool has_reason = message->flags & RS_MESSAGE_REASON || message->kind == RS_MESSAGE_EXIT ||
                      message->kind == RS_MESSAGE_DOWN;
    return !has_reason && message->bytes <= PAYLOAD_BYTES;
}

void rs_gather_message(rs_core *core, const rs_process *self, const rs_message *message) {
    rs_recent *recent = recent_of(core->runtime, self);
    handled *kept = &recent->at[recent->count++ % KEPT];
    kept->type = message->type;
    kept->from = message->from;
    kept->bytes = message->bytes;
    kept->kind = message->kind;
    kept->whole = is_whole(message);
    if (kept->whole) memcpy(kept->payload, message->payload, message->bytes);
}

/* ---------------------------------------------------------------- what waits */

/* Found in the section: later, who has died in jail has lost hold of it all, but may still read it.
 */
typedef struct waiting {
    const rs_message *oldest[RS_CRASH_QUEUE_MAX];
    uint32_t told, count;
    uint32_t left;             /* signals that may still be looked at */
    const rs_message *handled; /* now or last; NULL: none */
} waiting;

static bool is_message(const rs_message *signal) {
    return signal->kind < RS_MESSAGE_KIND_COUNT;
}

static void look(waiting *found, const rs_message *oldest) {
    for (; oldest && found->left; oldest = oldest->link, found->left--) {
        if (!is_message(oldest)) continue;
        found->count++;
        if (found->told < RS_CRASH_QUEUE_MAX) found->oldest[found->told++] = oldest;
    }
}

/* look_back does the same with a list whose newest is first. Of one that is too long the oldest are
 * not known. */
static void look_back(waiting *found, const rs_message *newest) {
    uint32_t count = 0, room = RS_CRASH_QUEUE_MAX - found->told;
    const rs_message *signal = newest;
    for (; signal && found->left; signal = signal->link, found->left--) count += is_message(signal);
    found->count += count;
    if (signal || room == 0) return;
    if (room > count) room = count;
    for (uint32_t left = count; left; newest = newest->link) {
        if (!is_message(newest)) continue;
        if (left <= room) found->oldest[found->told + left - 1] = newest;
        left--;
    }
    found->told += room;
}

/* A behaviour's, or what a plain function received last. */
static const rs_message *message_of(const rs_process *self) {
    if (self->current) return self->current;
    const rs_message *held = self->behaviour ? NULL : self->held;
    while (held && !(held->flags & RS_MESSAGE_RECEIVED)) held = held->link;
    return held;
}

static waiting find_waiting(rs_process *self) {
    waiting found = {.left = RS_CRASH_WALK_MAX, .handled = message_of(self)};
    look(&found, self->mailbox);
    look(&found, self->ordered);
    look_back(&found, self->incoming);
    look_back(&found, rs_inbox_peek(&self->inbox));
    return found;
}

/* ---------------------------------------------------------------- facts, in the section */

static rs_crash_report *announce(rs_core *core, const rs_process *self) {
    const rs_observer *observer = &core->runtime->observer;
    const rs_crash_notice notice = {.time_ns = rs_clock_now(core),
                                    .pid = rs_process_pid(self),
                                    .role = self->role,
                                    .cause = self->cause,
                                    .reason = self->reason};
    /* cppcheck-suppress returnDanglingLifetime ; what it returns is the observer's */
    return observer->crash(observer->context, &notice);
}

static void copy_name(char *to, const char *name) {
    size_t length = name ? strnlen(name, RS_CRASH_NAME_BYTES - 1) : 0;
    memcpy(to, name, length);
    to[length] = 0;
}

static void fill_facts(rs_core *core, rs_process *self, rs_crash_report *report,
                       const waiting *found) {
    report->time_ns = rs_clock_now(core);
    report->pid = rs_process_pid(self);
    report->parent = self->parent;
    report->group = rs_load(&self->group, rs_relaxed);
    report->role = self->role;
    report->cause = self->cause;
    report->native = self->crashing;
    report->starting = !self->started;
    report->interrupted = self->interrupted;
    report->trap_exit = self->trap_exit;
    report->queued = found->count;
    report->arena_bytes = rs_arena_bytes(self);
    report->arena_limit_bytes = (uint64_t)self->arena_pages * RS_PAGE_BYTES;
    copy_name(report->name, rs_atom_text(rs_name_of(self)));
    rs_relation_tell(core, self, report);
}

/* ---------------------------------------------------------------- words, in user mode */

static void tell_message(rs_crash_message *told, const rs_message *message) {
    told->from = message->from;
    told->bytes = message->bytes;
    told->kind = message->kind;
    if (message->type) copy_name(told->type, message->type->name);
    rs_tell_text(rs_tell_message(message), told->term, sizeof told->term);
}

static void tell_handled(rs_crash_message *told, const handled *kept) {
    told->from = kept->from;
    told->bytes = kept->bytes;
    told->kind = kept->kind;
    if (kept->type) copy_name(told->type, kept->type->name);
    if (kept->whole)
        rs_tell_text(rs_tell_value(kept->type, "message", kept->payload, kept->bytes), told->term,
                     sizeof told->term);
}

/* A call that was answered is no message any more, but it is the last that was handled. */
static void tell_recent(rs_process *self, rs_crash_report *report, const waiting *found) {
    const rs_runtime *runtime = rs_the_runtime;
    const rs_recent *recent = recent_of(runtime, self);
    uint64_t end = recent->count - (found->handled && recent->count ? 1 : 0);
    uint64_t most = runtime->observer.recent < RS_CRASH_RECENT_MAX ? runtime->observer.recent
                                                                   : RS_CRASH_RECENT_MAX;
    for (uint64_t i = end < most ? 0 : end - most; i < end; i++)
        tell_handled(&report->recent[report->recent_count++], &recent->at[i % KEPT]);
}

static void tell_words(rs_process *self, rs_crash_report *report, const waiting *found) {
    report->has_message = found->handled != NULL;
    if (found->handled) tell_message(&report->message, found->handled);
    if (self->behaviour && self->behaviour->tell) self->behaviour->tell(report);
    if (!self->behaviour) report->entry = (uint64_t)(uintptr_t)rs_load(&self->module, rs_relaxed);
    if (rs_the_runtime->recent && self->behaviour) tell_recent(self, report, found);
    for (uint32_t i = 0; i < found->told; i++) {
        tell_message(&report->queue[i], found->oldest[i]);
        report->queue_count++;
    }
}

/* Whoever waits here ends at once, as in an interrupt: it would take messages from under us. */
rs_core *rs_gather_crash(rs_core *core, const rs_crash_frames *frames) {
    rs_process *self = core->current;
    if (!rs_reason_is_abnormal(self->reason)) return core;
    rs_crash_report *report = announce(core, self);
    if (!report) return core;
    const waiting found = find_waiting(self);
    fill_facts(core, self, report, &found);
    report->frames = *frames;
    self->telling = 1;
    self->interrupted = 1;
    rs_section_leave(core);
    rs_term_print(self->reason, report->reason, sizeof report->reason);
    tell_words(self, report, &found);
    return rs_section_enter();
}
