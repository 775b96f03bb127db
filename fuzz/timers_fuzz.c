/* timers_fuzz.c: up to four processes start and cancel timers and receive what these send, under
 * the virtual clock on one core, where time moves only while all wait. Model: a list of timers, in
 * the order of their start. What a process receives is, of the timers to it that are due, the one
 * with the earliest deadline, and of equal ones the one that was started first; never early, once,
 * and never when it was cancelled. Cancelling says whether it still ran and what was left, to its
 * owner alone. Timers to others outlive their owner. In the end no memory is left.
 * Source: rules T1-T3.
 *
 * An operation is two bytes: what and who, whom or which, and how long.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "runtime/base/assert.h"
#include "runtime/process/timer.h"
#include "runtime/respawn.h"

#include <string.h>

#define PLAYERS    4u
#define DEEDS_MAX  48u
#define TIMERS_MAX (PLAYERS * DEEDS_MAX * 4)
#define MS         UINT64_C(1000000)

typedef struct timer {
    rs_ref ref;
    uint32_t owner, whom;
    uint64_t deadline_ns;
    bool is_over; /* received, cancelled, or its receiver is dead */
} timer;

static struct player {
    struct {
        uint8_t what, number;
    } deeds[DEEDS_MAX];
    uint32_t deed_count;
    rs_pid pid;
    bool is_dead;
} players[PLAYERS];

static timer timers[TIMERS_MAX];
static uint32_t timer_count;

/* ------------------------------------------------------------------ the model */

/* The first that is due at `now_ns`, or NULL. */
static timer *next_due(uint32_t whom, uint64_t now_ns) {
    timer *first = NULL;
    for (uint32_t i = 0; i < timer_count; i++) {
        timer *this = &timers[i];
        if (this->is_over || this->whom != whom || this->deadline_ns > now_ns) continue;
        if (!first || this->deadline_ns < first->deadline_ns) first = this;
    }
    return first;
}

/* Who dies takes along what was on the way to it. */
static void bury(uint32_t who) {
    players[who].is_dead = true;
    for (uint32_t i = 0; i < timer_count; i++)
        if (timers[i].whom == who) timers[i].is_over = true;
}

/* ------------------------------------------------------------------ deeds */

static void start(uint32_t me, uint32_t whom, uint64_t delay_ns) {
    static const rs_type number_type = {.name = "number", .bytes = sizeof(uint32_t)};
    if (timer_count == TIMERS_MAX) return;
    const uint32_t number = timer_count++;
    uint64_t now_ns = rs_now_ns(), most_ns = RS_FOREVER - 1 - now_ns;
    rs_ref ref = rs_send_after(delay_ns, players[whom].pid, &number_type, &number, sizeof number);
    RS_ASSERT(ref != 0);
    timers[number] = (timer){.ref = ref, .owner = me, .whom = whom};
    timers[number].deadline_ns = now_ns + (delay_ns < most_ns ? delay_ns : most_ns);
    timers[number].is_over = players[whom].is_dead;
}

/* Whether one fires at this very moment, before or after, is open; so is it with the dead, to whom
 * a timer goes on to run in vain. */
static void cancel(uint32_t me, uint32_t number) {
    if (number >= timer_count) return;
    timer *this = &timers[number];
    const uint64_t untouched = 4711, now_ns = rs_now_ns();
    uint64_t left_ns = untouched;
    bool was_running = rs_cancel_timer(this->ref, &left_ns);
    RS_ASSERT(was_running || left_ns == untouched);
    RS_ASSERT(!was_running || (this->owner == me && left_ns == this->deadline_ns - now_ns));
    if (this->owner == me && !this->is_over)
        RS_ASSERT(was_running ? this->deadline_ns >= now_ns : this->deadline_ns <= now_ns);
    if (this->is_over && !players[this->whom].is_dead) RS_ASSERT(!was_running);
    if (was_running) this->is_over = true;
}

static void check_message(uint32_t me, const rs_message *message) {
    const uint32_t number = *(const uint32_t *)(const void *)message->payload;
    timer *this = &timers[number];
    RS_ASSERT(message->kind == RS_MESSAGE && message->ref == this->ref);
    RS_ASSERT(message->from == players[this->owner].pid);
    RS_ASSERT(next_due(me, rs_now_ns()) == this);
    this->is_over = true;
}

/* receive waits, and returns whether there was something. What is due now may not have fired. */
static bool receive(uint32_t me, uint64_t timeout_ns) {
    const uint64_t deadline_ns = rs_now_ns() + timeout_ns;
    const rs_message *message = rs_receive(NULL, NULL, timeout_ns);
    if (message) {
        RS_ASSERT(rs_now_ns() <= deadline_ns);
        check_message(me, message);
        return true;
    }
    RS_ASSERT(rs_now_ns() == deadline_ns);
    RS_ASSERT(deadline_ns == 0 || !next_due(me, deadline_ns - 1));
    return false;
}

/* From nothing over shares of a millisecond to as good as never. */
static uint64_t delay_of(uint32_t number) {
    if (number == 15) return RS_FOREVER - 1;
    return number < 4 ? number : number < 12 ? number * MS / 4 : number * number * MS;
}

static bool is_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static void act(uint32_t me, uint32_t what, uint32_t number) {
    switch (what) {
    case 0:
    case 1: start(me, number % PLAYERS, delay_of(number / PLAYERS % 16)); break;
    case 2:
        for (uint32_t i = 0; i < 4; i++) start(me, i, delay_of(number % 16));
        break;
    case 3: start(me, me, delay_of(number % 16)); break;
    case 4: cancel(me, number); break;
    case 5:
        if (timer_count) cancel(me, timer_count - 1 - number % timer_count);
        break;
    case 6: receive(me, 0); break;
    case 7:
    case 8: receive(me, delay_of(number % 15)); break;
    case 9: rs_receive(is_nothing, NULL, delay_of(number % 15)); break;
    case 10:
        while (receive(me, number % 16 * MS)) continue;
        break;
    case 11: rs_yield(); break;
    case 12: RS_ASSERT(!rs_cancel_timer(rs_make_ref(), NULL)); break;
    case 13:
        if (number % 4 == 0) rs_exit(RS_ATOM(shutdown));
        break;
    default: receive(me, MS); break;
    }
}

/* ------------------------------------------------------------------ the run */

static void play(const void *args, uint32_t bytes) {
    (void)bytes;
    const uint32_t me = *(const uint32_t *)args;
    const struct player *self = &players[me];
    for (uint32_t i = 0; i < self->deed_count; i++)
        act(me, self->deeds[i].what, self->deeds[i].number);
    while (receive(me, 2000 * MS)) continue;
}

static void on_event(void *context, const rs_event *event) {
    (void)context;
    if (event->kind == RS_EVENT_EXIT) bury(event->role - 1);
}

/* Timers to the dead run on; only what is for the living would be a leak. */
static void world(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_memory_use before, after;
    rs_memory_read(&before);
    for (uint32_t i = 0; i < PLAYERS; i++) {
        const rs_spawn_options options = {
            .entry = play, .args = &i, .bytes = sizeof i, .role = i + 1};
        RS_ASSERT(rs_spawn_opt(&options, &players[i].pid) == RS_OK);
    }
    do {
        rs_receive(is_nothing, NULL, 1000 * MS);
        rs_memory_read(&after);
    } while (after.processes > before.processes);
    rs_receive(is_nothing, NULL, RS_FOREVER - 1 - rs_now_ns());
    rs_timer_tidy();
    rs_memory_read(&after);
    RS_ASSERT(after.timer == before.timer && after.message == before.message);
}

static void read_program(rs_program *program) {
    memset(players, 0, sizeof players);
    timer_count = 0;
    while (rs_program_has(program, 2)) {
        uint8_t first = rs_program_byte(program), second = rs_program_byte(program);
        struct player *who = &players[first / 16 % PLAYERS];
        if (who->deed_count == DEEDS_MAX) continue;
        who->deeds[who->deed_count].what = first % 16;
        who->deeds[who->deed_count++].number = second;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const rs_observer observer = {.event = on_event};
    const rs_runtime_options options = {
        .clock = RS_CLOCK_VIRTUAL, .processes_max = 64, .observer = &observer};
    rs_program program = rs_program_of(data, size);
    read_program(&program);
    RS_ASSERT(rs_run(&options, world, NULL, 0, NULL) == RS_OK);
    return 0;
}
