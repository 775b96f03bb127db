/* example_test.c: the high-score table as somebody writes it who uses this library: the server, its
 * clients and a supervisor over tables in at most 60 lines, between the two rulers; then what it
 * does, native crashes included.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/sugar.h"
#include "runtime/process/test/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the user's code */
#include "runtime/otp/supervisor.h"

#define PLAYERS 10

typedef struct score {
    char name[24];
    int64_t points;
} score;

typedef struct table {
    uint32_t count;
    score scores[PLAYERS]; /* best first */
} table;

static const rs_type add_score = {.name = "add_score", .bytes = sizeof(score)};
static const rs_type current_scores = {.name = "current_scores"};
static const rs_type position = {.name = "position", .bytes = sizeof(uint32_t)};

/* From 1; 0: unfortunate. Ties go behind. */
static uint32_t insert(table *self, const score *it) {
    uint32_t at = 0;
    while (at < self->count && self->scores[at].points >= it->points) at++;
    if (at == PLAYERS) return 0;
    if (self->count < PLAYERS) self->count++;
    memmove(&self->scores[at + 1], &self->scores[at], (self->count - at - 1) * sizeof *it);
    self->scores[at] = *it;
    return at + 1;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    table *self = state;
    if (request->type != &add_score)
        return rs_reply(&current_scores, self->scores, self->count * (uint32_t)sizeof(score));
    uint32_t at = insert(self, rs_message_payload(request));
    return rs_reply(&position, &at, sizeof at);
}

static const rs_gen_server high_scores_table = {
    .name = "high_scores_table", .state_bytes = sizeof(table), .handle_call = handle_call};

static rs_start_result start_table(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(&high_scores_table, NULL, 0, &start->options, pid, reason);
}

static const rs_child_spec child = {.id = "table", .start = start_table};
static const rs_supervisor_spec tables = {.strategy = RS_ONE_FOR_ONE,
                                          .intensity = 3,
                                          .period_s = 5,
                                          .children = &child,
                                          .child_count = 1};

static uint32_t add(rs_pid server, const char *name, int64_t points) {
    score it = {.points = points};
    strncpy(it.name, name, sizeof it.name - 1);
    const rs_message *reply =
        rs_gen_server_call(server, &add_score, &it, sizeof it, RS_CALL_TIMEOUT_NS);
    return *(const uint32_t *)rs_message_payload(reply);
}
/* ---------------------------------------------------------------- the end of it */

#define LINES_MAX 60

static rs_pid table_of(rs_pid supervisor) {
    rs_child_info info;
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, &info, 1), 1);
    return info.child;
}

/* The same with sugar. */
typedef struct counter {
    uint64_t value;
} counter;

static const rs_type by_how_much = RS_TYPE(uint64_t);

static rs_next count(void *state, rs_from from, const rs_message *request) {
    (void)from;
    counter *self = state;
    self->value += *RS_PAYLOAD(uint64_t, request);
    return RS_REPLY(by_how_much, self->value);
}
static rs_next count_in_silence(void *state, const rs_message *request) {
    ((counter *)state)->value += *RS_PAYLOAD(uint64_t, request);
    return RS_NOREPLY;
}
static const rs_gen_server counting = {.name = "counter",
                                       .state_bytes = sizeof(counter),
                                       .handle_call = count,
                                       .handle_cast = count_in_silence};

static void sweeten(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid;
    uint64_t two = 2, three = 3;
    CHECK_INT(rs_gen_server_start(&counting, NULL, 0, NULL, &pid, NULL), RS_START_OK);
    RS_CAST(pid, by_how_much, two);
    const rs_message *sum = RS_CALL(pid, by_how_much, three);
    CHECK_INT(*RS_PAYLOAD(uint64_t, sum), 5);
}
TEST(sugar_means_the_same) {
    everywhere(sweeten);
}

static const score *scores_of(rs_pid server, uint32_t *count) {
    const rs_message *reply =
        rs_gen_server_call(server, &current_scores, NULL, 0, RS_CALL_TIMEOUT_NS);
    *count = reply->bytes / (uint32_t)sizeof(score);
    return rs_message_payload(reply);
}

static void segfault(uint64_t argument) {
    (void)argument;
    rs_crash(RS_ATOM(sigsegv));
}

static void play(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor;
    CHECK_INT(rs_supervisor_start(&tables, NULL, &supervisor, NULL), RS_START_OK);
    rs_pid first = table_of(supervisor);
    CHECK_INT(add(first, "ann", 10), 1);
    CHECK_INT(add(first, "bob", 30), 1);
    CHECK_INT(add(first, "cat", 10), 3);
    for (int i = 0; i < PLAYERS - 3; i++) CHECK_INT(add(first, "dan", 5), 4 + (uint32_t)i);
    CHECK_INT(add(first, "eve", 5), 0);
    uint32_t count;
    CHECK_STR(scores_of(first, &count)[0].name, "bob");
    CHECK_INT(count, PLAYERS);
    rs_interrupt(first, segfault, 0, 0);
    rs_ref down = rs_monitor(first);
    while (rs_receive(NULL, NULL, RS_FOREVER)->ref != down) continue;
    rs_pid second = table_of(supervisor);
    CHECK(second != first);
    scores_of(second, &count);
    CHECK_INT(count, 0);
    rs_gen_server_stop(supervisor, RS_ATOM(shutdown), RS_FOREVER);
}
TEST(a_table_is_supervised_and_comes_back_empty) {
    everywhere(play);
}

TEST(it_takes_at_most_sixty_lines) {
    char path[512], line[512];
    const char *root = getenv("RESPAWN_SOURCE");
    snprintf(path, sizeof path, "%s/runtime/otp/example_test.c", root ? root : ".");
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    int lines = -1; /* before the first ruler */
    while (fgets(line, sizeof line, file) && !strstr(line, "--- the end of it */"))
        if (lines >= 0 || strstr(line, "--- the user's code */")) lines++;
    fclose(file);
    CHECK(lines > 20);
    CHECK(lines <= LINES_MAX);
}

TEST_MAIN()
