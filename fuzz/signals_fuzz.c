/* signals_fuzz.c: up to six processes send, receive selectively, link, monitor, trap, exit and kill
 * one another under the virtual clock, each by its own part of the program, in whatever order the
 * scheduler lets them. They and the observer write down what happens; the model (signals_model.c)
 * follows. Model: two lists for each process, and the rulebook. In the end no memory is left.
 *
 * The first two bytes are the scheduler and its seed. An operation is two bytes: what and who, whom
 * and a number.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "fuzz/signals_model.h"
#include "runtime/base/assert.h"
#include "runtime/respawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PLAYERS 3u
/* Nobody's budget may run out: where a call stopped in the middle, the order would be unknown. A
 * deed takes ten calls at most. */
#define DEEDS_MAX   64u
#define SENDS_MAX   8u
#define STEPS_MAX   (PLAYERS_MAX * DEEDS_MAX * SENDS_MAX)
#define MS          UINT64_C(1000000)
#define PADDING_MAX 300u

typedef struct operation {
    uint8_t what, whom, number;
} operation;

typedef struct letter {
    uint32_t number;
    uint32_t padding;
    unsigned char bytes[PADDING_MAX];
} letter;
static const rs_type letter_type = {.name = "letter", .bytes = sizeof(letter)};

static operation operations[PLAYERS_MAX][DEEDS_MAX];
static uint32_t operation_count[PLAYERS_MAX];
static rs_pid pids[PLAYERS_MAX];
static uint32_t born;

static struct watch {
    rs_ref ref;
    uint32_t owner, whom;
} watches[MONITORS_MAX];
static uint32_t watch_count, letters;

static rs_memory_use before, after; /* all the players' lives */

static rs_model_step steps[STEPS_MAX];
static uint32_t step_count;

/* ------------------------------------------------------------------ writing down */

static rs_model_step *write_down(rs_model_deed deed, uint32_t who, uint32_t whom) {
    RS_ASSERT(step_count < STEPS_MAX);
    steps[step_count] =
        (rs_model_step){.deed = deed, .who = who, .whom = whom, .now_ns = rs_now_ns()};
    return &steps[step_count++];
}

static uint32_t player_of(rs_pid pid) {
    for (uint32_t i = 0; i < born; i++)
        if (pids[i] == pid) return i;
    RS_UNREACHABLE();
}

static uint32_t watch_of(rs_ref ref) {
    for (uint32_t i = 0; i < watch_count; i++)
        if (watches[i].ref == ref) return i;
    RS_UNREACHABLE();
}

static const struct {
    rs_model_why why;
    const char *text;
} reasons[] = {
    {WHY_NORMAL, "normal"},       {WHY_KILL, "kill"},     {WHY_BOOM, "boom"},
    {WHY_PAIR, "{a,\"reason\"}"}, {WHY_KILLED, "killed"}, {WHY_NOPROC, "noproc"},
};

#define REASONS (sizeof reasons / sizeof *reasons)

/* Made outside of the run: a reference that somebody holds who is killed is lost. */
static rs_term terms[REASONS];

static rs_model_why why_of(rs_term reason) {
    char text[64];
    rs_term_print(reason, text, sizeof text);
    for (size_t i = 0; i < REASONS; i++)
        if (strcmp(reasons[i].text, text) == 0) return reasons[i].why;
    return WHY_OTHER;
}

static void on_event(void *context, const rs_event *event) {
    (void)context;
    if (event->kind != RS_EVENT_EXIT) return;
    rs_model_step *this = write_down(DEED_DEATH, event->role - 1, 0);
    this->why = why_of(event->reason);
}

/* ------------------------------------------------------------------ receiving */

typedef struct wish {
    rs_model_want want;
    uint32_t from;
} wish;

static rs_model_news news_of(const rs_message *message) {
    if (message->kind == RS_MESSAGE_EXIT) return NEWS_EXIT;
    return message->kind == RS_MESSAGE_DOWN ? NEWS_DOWN : NEWS_NUMBER;
}

static uint32_t number_of(const rs_message *message) {
    return ((const letter *)(const void *)message->payload)->number;
}

static bool is_wished(const rs_message *message, void *context) {
    const wish *this = context;
    rs_model_news kind = news_of(message);
    uint32_t number = kind == NEWS_NUMBER ? number_of(message) : 0;
    return rs_model_wants(this->want, this->from, kind, player_of(message->from), number);
}

static void check_letter(const rs_message *message) {
    const letter *this = (const letter *)(const void *)message->payload;
    RS_ASSERT(message->type == &letter_type);
    RS_ASSERT(message->bytes == sizeof *this - PADDING_MAX + this->padding);
    for (uint32_t i = 0; i < this->padding; i++)
        RS_ASSERT(this->bytes[i] == (unsigned char)this->number);
}

static void write_down_message(rs_model_step *this, const rs_message *message) {
    this->got = news_of(message);
    this->whom = player_of(message->from);
    if (this->got == NEWS_NUMBER) check_letter(message);
    if (this->got == NEWS_NUMBER) this->number = number_of(message);
    if (this->got == NEWS_DOWN) this->number = watch_of(message->ref);
    if (this->got != NEWS_NUMBER) this->why = why_of(rs_message_reason(message));
}

static void receive(uint32_t me, rs_model_want want, uint32_t from, uint64_t timeout_ns) {
    wish wished = {want, from};
    uint64_t deadline_ns = timeout_ns ? rs_now_ns() + timeout_ns : 0;
    rs_match *match = want == WANT_ANY ? NULL : is_wished;
    const rs_message *message = rs_receive(match, &wished, timeout_ns);
    rs_model_step *this = write_down(DEED_RECEIVE, me, 0);
    this->want = want;
    this->wanted_from = from;
    this->deadline_ns = deadline_ns;
    if (message) write_down_message(this, message);
}

/* ------------------------------------------------------------------ other deeds */

/* Who is to die ends inside of the call: what is counted is counted behind it. */

static void send(uint32_t me, uint32_t to, uint32_t padding) {
    letter text = {.number = letters++, .padding = padding};
    memset(text.bytes, (int)text.number, padding);
    write_down(DEED_SEND, me, to)->number = text.number;
    rs_send(pids[to], &letter_type, &text, (uint32_t)(sizeof text - PADDING_MAX) + padding);
}

static void watch(uint32_t me, uint32_t whom) {
    if (watch_count == MONITORS_MAX) return;
    write_down(DEED_MONITOR, me, whom)->number = watch_count;
    rs_ref ref = rs_monitor(pids[whom]);
    watches[watch_count++] = (struct watch){ref, me, whom};
}

/* One of its own, counted from the latest. */
static void unwatch(uint32_t me, uint32_t which, bool flush) {
    for (uint32_t i = watch_count; i-- > 0;) {
        if (watches[i].owner != me || which-- > 0) continue;
        rs_model_step *this = write_down(DEED_DEMONITOR, me, watches[i].whom);
        this->number = i;
        this->flag = flush;
        rs_demonitor(watches[i].ref, flush);
        return;
    }
}

static void signal_exit(uint32_t me, uint32_t whom, uint32_t number) {
    write_down(DEED_SIGNAL, me, whom)->why = reasons[number].why;
    rs_exit_signal(pids[whom], terms[number]);
}

/* What has come until then is to be looked at, which no exit does by itself. */
static void write_down_exit(uint32_t me, rs_model_why why) {
    write_down(DEED_EXIT, me, 0)->why = why;
    rs_unlink(rs_self());
}

static void leave(uint32_t me, uint32_t number) {
    write_down_exit(me, reasons[number].why);
    rs_term_retain(terms[number], 1);
    rs_exit(terms[number]);
}

static void ask(uint32_t me, uint32_t whom) {
    write_down(DEED_ASK, me, whom);
    bool is_alive = rs_is_alive(pids[whom]);
    write_down(DEED_ANSWER, me, whom)->flag = is_alive;
}

static void play(const void *args, uint32_t bytes);

static void bear(uint32_t me, bool link, bool monitor) {
    if (born == PLAYERS_MAX || watch_count == MONITORS_MAX) return;
    const uint32_t child = born;
    rs_ref ref;
    const rs_spawn_options options = {.entry = play,
                                      .args = &child,
                                      .bytes = sizeof child,
                                      .role = child + 1,
                                      .link = link,
                                      .monitor = monitor,
                                      .ref = &ref};
    rs_model_step *this = write_down(DEED_SPAWN, me, child);
    this->link = link;
    this->flag = monitor;
    this->number = watch_count;
    RS_ASSERT(rs_spawn_opt(&options, &pids[child]) == RS_OK);
    born++;
    if (monitor) watches[watch_count++] = (struct watch){ref, me, child};
}

static void trap(uint32_t me, bool on) {
    write_down(DEED_TRAP, me, 0)->flag = on;
    rs_trap_exit(on);
}

static void act(uint32_t me, operation this) {
    uint32_t whom = this.whom, number = this.number;
    switch (this.what) {
    case 0: send(me, whom, number * 7); break;
    case 1:
        for (uint32_t i = 0; i <= number % SENDS_MAX; i++) send(me, whom, i);
        break;
    case 2: receive(me, (rs_model_want)(number % 3), 0, 0); break;
    case 3: receive(me, (rs_model_want)(number % 4), whom, (1 + number / 4) * MS / 4); break;
    case 4: receive(me, WANT_FROM, whom, 0); break;
    case 5: receive(me, WANT_NOTHING, 0, number * MS / 8); break;
    case 6:
        write_down(DEED_LINK, me, whom);
        rs_link(pids[whom]);
        break;
    case 7:
        write_down(DEED_UNLINK, me, whom);
        rs_unlink(pids[whom]);
        break;
    case 8: watch(me, whom); break;
    case 9: unwatch(me, number / 2, number % 2); break;
    case 10: signal_exit(me, whom, number % 4); break;
    case 11: trap(me, number % 2); break;
    case 12: ask(me, whom); break;
    case 13: bear(me, number % 2, number / 2 % 2); break;
    case 14: rs_yield(); break;
    default:
        if (number % 3 == 0) leave(me, number / 3 % 4);
    }
}

/* ------------------------------------------------------------------ the story */

/* tell prints a step, for who wants to know what an input does: FUZZ_STORY=1 signals_fuzz FILE. */
static void tell(const rs_model_step *this) {
    static const char *const deeds[] = {"send",      "receive", "link", "unlink", "monitor",
                                        "demonitor", "signal",  "exit", "trap",   "spawn",
                                        "ask",       "answer",  "death"};
    static const char *const got[] = {"nothing", "number", "EXIT", "DOWN"};
    fprintf(stderr, "%8llu us %u %-9s whom %u number %u flag %d why %u",
            (unsigned long long)(this->now_ns / 1000), this->who, deeds[this->deed], this->whom,
            this->number, this->flag, (unsigned)this->why);
    if (this->deed == DEED_RECEIVE)
        fprintf(stderr, " wants %d from %u until %llu us: %s", (int)this->want, this->wanted_from,
                (unsigned long long)(this->deadline_ns / 1000), got[this->got]);
    fprintf(stderr, "\n");
}

/* ------------------------------------------------------------------ the run */

static void play(const void *args, uint32_t bytes) {
    (void)bytes;
    const uint32_t me = *(const uint32_t *)args;
    for (uint32_t i = 0; i < operation_count[me]; i++)
        if (operations[me][i].whom < born) act(me, operations[me][i]);
    write_down_exit(me, WHY_NORMAL);
}

static bool is_nothing(const rs_message *message, void *context) {
    (void)message;
    (void)context;
    return false;
}

static void world(const void *args, uint32_t bytes) {
    (void)args;
    (void)bytes;
    rs_memory_read(&before);
    for (born = 0; born < FIRST_PLAYERS; born++) {
        const rs_spawn_options options = {
            .entry = play, .args = &born, .bytes = sizeof born, .role = born + 1};
        RS_ASSERT(rs_spawn_opt(&options, &pids[born]) == RS_OK);
    }
    do {
        rs_receive(is_nothing, NULL, 100 * MS);
        rs_memory_read(&after);
    } while (after.processes > before.processes);
}

static void check_memory(void) {
    RS_ASSERT(after.arena == before.arena);
    RS_ASSERT(after.message == before.message);
    RS_ASSERT(after.relation == before.relation);
    RS_ASSERT(after.timer == before.timer);
    RS_ASSERT(after.other == before.other);
}

static void read_program(rs_program *program) {
    memset(operation_count, 0, sizeof operation_count);
    while (rs_program_has(program, 2)) {
        uint8_t first = rs_program_byte(program), second = rs_program_byte(program);
        uint32_t who = first / 16 % PLAYERS_MAX;
        if (operation_count[who] == DEEDS_MAX) continue;
        operations[who][operation_count[who]++] =
            (operation){first % 16, second % PLAYERS_MAX, (uint8_t)(second / PLAYERS_MAX)};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const schedulers[] = {"fifo", "random", "pct", "steal"};
    static const rs_observer observer = {.event = on_event};
    rs_program program = rs_program_of(data, size);
    rs_runtime_options options = {
        .clock = RS_CLOCK_VIRTUAL, .processes_max = 64, .observer = &observer};
    options.scheduler = schedulers[rs_program_byte(&program) % 4];
    options.seed = rs_program_byte(&program);
    read_program(&program);
    step_count = watch_count = letters = 0;
    for (size_t i = 0; i < REASONS; i++)
        RS_ASSERT(rs_term_parse(reasons[i].text, &terms[i]) == RS_OK);
    RS_ASSERT(rs_run(&options, world, NULL, 0, NULL) == RS_OK);
    rs_model_begin(FIRST_PLAYERS);
    for (uint32_t i = 0; i < step_count; i++) {
        if (getenv("FUZZ_STORY")) tell(&steps[i]);
        rs_model_take(&steps[i]);
    }
    rs_model_end();
    check_memory();
    for (size_t i = 0; i < REASONS; i++) rs_term_release(terms[i]);
    return 0;
}
