/* tracing_test.c: from events and turns to a trace: restarts as flows, lives, faults.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/tracing.h"

#include "scenarios/engine/recorder.h"
#include "scenarios/engine/test/world.h"

#include <jansson.h>
#include <stdlib.h>

static rs_observer observer;
static uint32_t root, left;
static rs_trace_header header;

/* Room for so many turns of each core, and a quarter as many events. */
static void begin(uint64_t turns) {
    begin_world();
    CHECK(rs_film_init(&shared->film, shared->slots, turns * shared->slots, NULL));
    observer = rs_recorder_observer(shared);
    root = observer.role(shared, 0, "top");
    left = observer.role(shared, root, "left");
    rs_shared_enter(shared, RS_STAGE_RUN);
}

static void emit(rs_event_kind kind, uint64_t time_ns, uint64_t pid, uint32_t cause) {
    rs_event event = {.time_ns = time_ns,
                      .other_ns = kind == RS_EVENT_STARTED ? time_ns : 0,
                      .pid = pid,
                      .role = left,
                      .cause = cause,
                      .kind = (uint16_t)kind};
    observer.event(shared, &event);
}

static uint32_t aim(uint64_t time_ns, uint64_t pid) {
    return rs_blows_add(&shared->blows, 0, time_ns, (rs_blow_victim){.pid = pid, .role = left},
                        RS_STRIKE_SURVIVED);
}

static void turn(uint64_t from_ns, uint64_t to_ns, rs_turn_end end) {
    rs_turn told = {.from_ns = from_ns, .to_ns = to_ns, .role = left, .end = end};
    observer.turn(shared, &told);
}

/* Owner: json_decref. */
static json_t *tell(void) {
    char *text;
    size_t length;
    json_error_t error;
    FILE *stream = open_memstream(&text, &length);
    CHECK_INT(rs_tracing_write(stream, shared, &header), RS_OK);
    fclose(stream);
    json_t *root_json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!root_json) rs_test_fail(__FILE__, __LINE__, "%s in line %d", error.text, error.line);
    free(text);
    return root_json;
}

static const char *text_in(const json_t *event, const char *key) {
    const char *text = json_string_value(json_object_get(event, key));
    return text ? text : "";
}

/* Of the events of kind `kind` the one with this index, NULL: there are not so many. */
static const json_t *find(const json_t *root_json, const char *kind, size_t index) {
    const json_t *events = json_object_get(root_json, "traceEvents");
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        if (strcmp(text_in(event, "ph"), kind) == 0 && index-- == 0) return event;
    }
    return NULL;
}

/* "s fault, t exit, …": each step with the mark that stands before it. */
static void print_flow(const json_t *root_json, json_int_t number, char *line, size_t bytes) {
    const json_t *events = json_object_get(root_json, "traceEvents");
    const char *mark = "";
    size_t used = 0;
    line[0] = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        const char *kind = text_in(event, "ph");
        if (strcmp(kind, "X") == 0) mark = text_in(event, "name");
        bool own = json_integer_value(json_object_get(event, "id")) == number;
        if (!strstr("stf", kind) || !own) continue;
        used +=
            (size_t)snprintf(line + used, bytes - used, "%s%s %s", used ? ", " : "", kind, mark);
    }
}

static void restart(uint64_t from_ns, uint64_t dead, uint64_t born, uint32_t cause) {
    emit(RS_EVENT_FAULT, from_ns, dead, cause);
    emit(RS_EVENT_EXIT, from_ns + 10, dead, cause);
    emit(RS_EVENT_NOTICED, from_ns + 20, dead, cause);
    emit(RS_EVENT_STARTED, from_ns + 50, born, cause);
    emit(RS_EVENT_REACHABLE, from_ns + 60, born, cause);
    emit(RS_EVENT_SERVED, from_ns + 100, born, 0);
}

TEST(a_restart_is_a_flow_through_its_stages) {
    char line[256];
    begin(1024);
    emit(RS_EVENT_STARTED, 10, 1, 0);
    restart(100, 1, 2, aim(90, 1));
    emit(RS_EVENT_SERVED, 300, 2, 0); /* again: no stage */
    json_t *told = tell();
    print_flow(told, 1, line, sizeof line);
    CHECK_STR(line, "s fault, t exit, t noticed, t started, t reachable, f served");
    CHECK(!find(told, "s", 1) && !find(told, "f", 1));
    json_decref(told);
    end_world();
}

TEST(a_death_of_itself_begins_with_the_exit_and_one_that_nobody_restarts_has_no_flow) {
    char line[256];
    begin(1024);
    emit(RS_EVENT_STARTED, 10, 1, 0);
    emit(RS_EVENT_EXIT, 20, 1, 0);
    emit(RS_EVENT_NOTICED, 30, 1, 0);
    emit(RS_EVENT_STARTED, 40, 2, 0);
    emit(RS_EVENT_EXIT, 50, 2, 0);
    json_t *told = tell();
    print_flow(told, 1, line, sizeof line);
    CHECK_STR(line, "s exit, t noticed, f started");
    print_flow(told, 2, line, sizeof line);
    CHECK_STR(line, "");
    json_decref(told);
    end_world();
}

/* `left` and, for it, the root: one fault, two restarts. */
TEST(siblings_leave_from_one_fault) {
    char line[256];
    begin(1024);
    emit(RS_EVENT_STARTED, 10, 1, 0);
    uint32_t cause = aim(90, 1);
    emit(RS_EVENT_FAULT, 100, 1, cause);
    emit(RS_EVENT_EXIT, 110, 1, cause);
    uint32_t own = left;
    left = root;
    emit(RS_EVENT_STARTED, 20, 7, 0);
    emit(RS_EVENT_EXIT, 120, 7, cause);
    left = own;
    json_t *told = tell();
    print_flow(told, 1, line, sizeof line);
    CHECK_STR(line, "s fault, f exit");
    print_flow(told, 2, line, sizeof line);
    CHECK_STR(line, "s fault, f exit");
    json_decref(told);
    end_world();
}

/* Nothing that leads nowhere. */
TEST(what_lost_its_exit_is_no_flow) {
    begin(128); /* 32 events */
    emit(RS_EVENT_STARTED, 10, 1, 0);
    for (uint64_t i = 0; i < 20; i++) restart(1000 * (i + 1), i + 1, i + 2, aim(i, i + 1));
    json_t *told = tell();
    CHECK_INT(header.events.told + header.events.dropped, 121);
    CHECK_INT(header.events.told, 31);
    size_t first = 0, last = 0;
    while (find(told, "s", first)) first++;
    while (find(told, "f", last)) last++;
    CHECK_INT(first, 5); /* 31 events: five restarts, and the served of one before them */
    CHECK_INT(last, first);
    json_decref(told);
    end_world();
}

static json_int_t us(const json_t *event, const char *key) {
    return (json_int_t)(json_real_value(json_object_get(event, key)) * 1000 + 0.5);
}

TEST(lives_begin_and_end_with_what_is_known_of_them) {
    begin(1024);
    emit(RS_EVENT_EXIT, 5, 9, 0); /* nobody's: its start was not told, and it is not the role's */
    emit(RS_EVENT_STARTED, 10, 1, 0);
    restart(100, 1, 2, aim(90, 1));
    rs_store(&shared->now_ns, 500, rs_relaxed);
    json_t *told = tell();
    const json_t *first = find(told, "b", 1), *second = find(told, "b", 2);
    CHECK_STR(text_in(first, "name"), "left");
    CHECK_INT(us(first, "ts"), 10);
    CHECK_INT(us(find(told, "e", 1), "ts"), 110);
    CHECK_INT(us(second, "ts"), 150);
    CHECK_INT(us(find(told, "e", 2), "ts"), 500);
    CHECK_STR(text_in(json_object_get(second, "args"), "note"), "lives on");
    CHECK_STR(text_in(find(told, "e", 1), "id"), text_in(first, "id"));
    CHECK(strcmp(text_in(second, "id"), text_in(first, "id")) != 0);
    CHECK(!find(told, "b", 3));
    json_decref(told);
    end_world();
}

/* Its init was entered before t = 0, and returned after it. */
TEST(who_was_being_started_lives_from_the_beginning) {
    begin(1024);
    rs_store(&shared->zero_ns, 100, rs_relaxed);
    rs_event event = {
        .time_ns = 150, .other_ns = 50, .pid = 1, .role = left, .kind = RS_EVENT_STARTED};
    observer.event(shared, &event);
    rs_store(&shared->now_ns, 500, rs_relaxed);
    json_t *told = tell();
    CHECK_INT(us(find(told, "b", 0), "ts"), 0);
    CHECK_INT(us(find(told, "e", 0), "ts"), 500);
    json_decref(told);
    end_world();
}

TEST(who_does_nothing_lives_all_along) {
    begin(1024);
    rs_shared_enter(shared, RS_STAGE_BOOT);
    emit(RS_EVENT_STARTED, 0, 1, 0); /* before t = 0: not told */
    rs_shared_enter(shared, RS_STAGE_RUN);
    rs_store(&shared->now_ns, 500, rs_relaxed);
    json_t *told = tell();
    CHECK_INT(us(find(told, "b", 0), "ts"), 0);
    CHECK_INT(us(find(told, "e", 0), "ts"), 500);
    CHECK_STR(text_in(json_object_get(find(told, "b", 0), "args"), "note"), "lives all along");
    CHECK_INT(header.lives.told, 1);
    json_decref(told);
    end_world();
}

TEST(faults_are_instants_with_their_outcome) {
    begin(1024);
    emit(RS_EVENT_STARTED, 10, 1, 0);
    aim(700, 1);
    restart(100, 1, 2, aim(90, 1));
    json_t *told = tell();
    const json_t *hit = find(told, "i", 0), *missed = find(told, "i", 1);
    CHECK_STR(text_in(hit, "name"), "k");
    CHECK_INT(us(hit, "ts"), 100); /* when it struck */
    CHECK_STR(text_in(json_object_get(hit, "args"), "outcome"), "hit");
    CHECK_STR(text_in(json_object_get(hit, "args"), "how"), "kill");
    CHECK_STR(text_in(json_object_get(missed, "args"), "outcome"), "already_dead");
    CHECK_INT(header.faults.told, 2);
    json_decref(told);
    end_world();
}

TEST(turns_are_named_and_say_how_they_ended) {
    begin(1024);
    turn(10, 20, RS_TURN_OVER);
    turn(20, 40, RS_TURN_STOPPED);
    turn(70, 80, (rs_turn_end)200); /* no such end: a crash may have written it */
    rs_turn other = {.from_ns = 40, .to_ns = 50, .role = 0, .module = "summer"};
    observer.turn(shared, &other);
    rs_turn client = {.from_ns = 50, .to_ns = 60, .role = RS_ROLES_OUTSIDE};
    observer.turn(shared, &client);
    rs_store(&shared->now_ns, 1500000, rs_relaxed);
    json_t *told = tell();
    CHECK_STR(text_in(find(told, "X", 0), "name"), "on"); /* phases come first */
    CHECK_INT(us(find(told, "X", 0), "dur"), 1000000);
    CHECK_STR(text_in(find(told, "X", 1), "name"), "off");
    CHECK_INT(us(find(told, "X", 1), "dur"), 500000);
    const json_t *stopped = find(told, "X", 3);
    CHECK_STR(text_in(find(told, "X", 2), "name"), "left");
    CHECK(!json_object_get(find(told, "X", 2), "args"));
    CHECK_STR(text_in(json_object_get(stopped, "args"), "end"), "preempted");
    CHECK_INT(us(stopped, "ts"), 20);
    CHECK_INT(us(stopped, "dur"), 20);
    CHECK_STR(text_in(find(told, "X", 4), "name"), "summer");
    CHECK_STR(text_in(find(told, "X", 5), "name"), "all");
    CHECK(!json_object_get(find(told, "X", 6), "args"));
    CHECK_INT(header.slices.told, 5);
    json_decref(told);
    end_world();
}

TEST(a_run_that_never_began_makes_an_empty_trace) {
    begin(1024);
    json_t *told = tell();
    CHECK(!find(told, "X", 0) && !find(told, "b", 0) && !find(told, "i", 0));
    CHECK_INT(header.end_ns, 0);
    json_decref(told);
    end_world();
}

TEST_MAIN()
