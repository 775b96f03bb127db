/* events_load_test.c: events become restarts; what cannot be read is told by file and line.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/events_load.h"

#include "runtime/base/test/test.h"

#include <stdlib.h>
#include <unistd.h>

#define HEADER                                                                                     \
    "{\"format\":\"respawn.events/1\",\"runtime\":\"beam\",\"scenario\":\"s\",\"clock\":\"real\"," \
    "\"threads\":2,\"t0\":\"2026-03-01T12:00:00Z\"}\n"

static char problems[8192];

/* NULL: it was refused. */
static rs_result *load(const char *text) {
    static char first[RS_EVENTS_LOAD_LINE_MAX];
    rs_result *result = NULL;
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    FILE *out = fmemopen(problems, sizeof problems, "w");
    CHECK(stream && out && fgets(first, sizeof first, stream));
    CHECK(rs_events_load_is(first));
    rs_err err = rs_events_load(stream, first, "a.jsonl", out, &result);
    fputc(0, out);
    fclose(stream);
    fclose(out);
    CHECK_INT(err, result ? RS_OK : RS_ESYNTAX);
    CHECK((problems[0] == 0) == (result != NULL));
    return result;
}

static uint64_t samples(const rs_result *result, const char *name) {
    return rs_result_find(result, name, NULL)->histogram->count;
}

TEST(a_story_of_another_runtime_is_told) {
    rs_result *result =
        load(HEADER "{\"t_ns\":1000,\"event\":\"fault\",\"role\":\"s1\",\"cause\":1}\n"
                    "{\"t_ns\":1010,\"event\":\"exit\",\"role\":\"s1\",\"cause\":1}\n"
                    "{\"t_ns\":1015,\"event\":\"went_home\",\"role\":\"s1\"}\n"
                    "{\"t_ns\":1020,\"event\":\"noticed\",\"role\":\"s1\",\"new\":[]}\n"
                    "{\"t_ns\":1016,\"call\":\"players\",\"client\":3}\n"
                    "{\"t_ns\":1030,\"event\":\"started\",\"role\":\"s1\"}");
    CHECK(result);
    CHECK_INT(result->status, RS_RESULT_COMPLETE);
    CHECK_INT(result->verdict, RS_VERDICT_INCONCLUSIVE);
    CHECK_STR(result->scenario, "s");
    CHECK_STR(result->clock, "real");
    CHECK_STR(result->started_at, "2026-03-01T12:00:00Z");
    CHECK_STR(result->about, "Told by beam in 4 events.");
    CHECK(!result->stream_scheme);
    CHECK_INT(result->threads, 2);
    CHECK_INT(result->elapsed_ns, 1030);
    CHECK_INT(result->notes.count, 1);
    CHECK_INT(rs_result_find(result, "restart.started", NULL)->histogram->max, 30);
    CHECK_INT(samples(result, "restart.detected"), 1);
    CHECK_INT(samples(result, "restart.served"), 0);
    rs_result_destroy(result);
}

TEST(a_torn_story_is_told_up_to_there) {
    rs_result *result = load(HEADER "{\"t_ns\":10,\"event\":\"exit\",\"role\":\"s1\"}\n"
                                    "{\"t_ns\":20,\"event\":\"star");
    CHECK(result);
    CHECK_INT(result->status, RS_RESULT_ABORTED);
    CHECK_STR(result->reason, "its last line is cut off, so the story is not whole");
    CHECK_INT(rs_result_find(result, "restart.started", NULL)->unfinished, 1);
    rs_result_destroy(result);
}

static void check_refused(const char *line, const char *why) {
    char text[2048], expected[2048];
    snprintf(text, sizeof text, HEADER "%s\n", line);
    snprintf(expected, sizeof expected, "a.jsonl:2: %s\n", why);
    CHECK(!load(text));
    CHECK_STR(problems, expected);
}

TEST(each_wrong_line_is_told) {
    check_refused("[]", "must be an object, {…}");
    check_refused("{\"t_ns\":1,\"t_ns\":2}", "no JSON: duplicate object key near '\"t_ns\"', "
                                             "near column 16");
    check_refused("{\"t_ns\":1}", "\"event\" is missing: \"fault\", \"exit\", \"noticed\", "
                                  "\"started\", \"reachable\", \"served\", …");
    check_refused("{\"t_ns\":1,\"event\":7}", "\"event\" must be a text");
    check_refused("{\"event\":\"exit\",\"role\":\"a\"}",
                  "\"t_ns\" is missing: nanoseconds since t = 0");
    check_refused("{\"t_ns\":1.5,\"event\":\"exit\",\"role\":\"a\"}",
                  "\"t_ns\" must be a whole number");
    check_refused("{\"t_ns\":1,\"event\":\"exit\"}",
                  "\"role\" is missing: the path of whom the event is about");
    check_refused("{\"t_ns\":1,\"event\":\"exit\",\"role\":\"a\",\"incarnation\":-1}",
                  "\"incarnation\" must be a whole number from 0 to 4294967295");
    check_refused("{\"t_ns\":1,\"event\":\"exit\",\"role\":\"a\",\"cause\":4294967296}",
                  "\"cause\" must be a whole number from 0 to 4294967295");
    check_refused("{\"t_ns\":1,\"event\":\"fault\",\"role\":\"a\"}",
                  "a fault needs a \"cause\": its number, from 1, which all that follows from it "
                  "has as well");
    check_refused("{\"t_ns\":1,\"event\":\"stopping\",\"role\":\"a\",\"stop\":\"now\"}",
                  "\"stop\" must be \"shutdown\", \"sibling\" or \"escalation\"");
    check_refused("{\"t_ns\":1,\"event\":\"started\",\"role\":\"a\",\"init_ns\":2}",
                  "init was entered (\"init_ns\" 2) after it had returned");
}

TEST(what_cannot_have_happened_is_told_by_its_line) {
    CHECK(!load(HEADER "{\"t_ns\":2,\"event\":\"noticed\",\"role\":\"a\\u001b[31m\"}\n"
                       "{\"t_ns\":1,\"event\":\"started\",\"role\":\"a\\u001b[31m\"}\n"));
    CHECK_STR(problems, "a.jsonl:2: noticed of a\\x1b[31m: it has not ended\n");
}

TEST(the_header_must_be_one) {
    CHECK(!load("{\"format\":\"respawn.events/2\"}\n"));
    CHECK_STR(problems, "a.jsonl:1: the first line must have \"format\":\"respawn.events/1\"\n");
    CHECK(!load("{\"format\":\"respawn.events/1\",\"seed\":5}\n"));
    CHECK(strstr(problems, "a.jsonl:1: seed") != NULL);
    rs_result *result = load("{\"format\":\"respawn.events/1.7\"}\n");
    CHECK(result != NULL);
    CHECK_STR(result->about, "Told by a runtime that does not say its name in 0 events.");
    rs_result_destroy(result);
}

TEST(problems_end_where_nobody_reads_them) {
    static char text[100000] = HEADER;
    for (int i = 0; i < 1000; i++) strcat(text, "nonsense\n");
    CHECK(!load(text));
    CHECK(strstr(problems, "a.jsonl:21: no JSON") != NULL);
    CHECK(strstr(problems, "a.jsonl:22:") == NULL);
    CHECK(strstr(problems, "a.jsonl: that is enough; what follows has not been read\n") != NULL);
}

TEST(so_do_those_of_the_story) {
    static char text[100000] = HEADER;
    strcat(text, "{\"t_ns\":1,\"event\":\"started\",\"role\":\"a\"}\n");
    for (int i = 0; i < 100; i++)
        strcat(text, "{\"t_ns\":2,\"event\":\"noticed\",\"role\":\"a\"}\n");
    CHECK(!load(text));
    CHECK(strstr(problems, "a.jsonl:22: noticed of a: it has not ended") != NULL);
    CHECK(strstr(problems, "a.jsonl:23:") == NULL);
}

TEST(a_line_without_end_is_refused) {
    static char text[2 * RS_EVENTS_LOAD_LINE_MAX] = HEADER;
    memset(text + strlen(text), 'a', sizeof text - sizeof HEADER - 1);
    CHECK(!load(text));
    CHECK_STR(problems, "a.jsonl:2: is longer than 131070 bytes, or has a NUL in it\n");
}

/* What the writer writes, the reader takes, cut texts and all. */
TEST(the_writer_is_understood) {
    static rs_events events;
    static char endless[20000], first[RS_EVENTS_LOAD_LINE_MAX];
    FILE *stream = tmpfile();
    rs_result *result = NULL;
    CHECK(stream != NULL);
    memset(endless, 0x01, sizeof endless - 1);
    rs_events_init(&events, fileno(stream),
                   &(rs_events_header){.scenario = "s", .seed = 7, .runtime = "respawn"});
    for (uint32_t kind = 0; kind < RS_EVENT_COUNT; kind++)
        rs_events_add(&events,
                      &(rs_events_line){.time_ns = kind,
                                        .event = (rs_event_kind)kind,
                                        .role = endless,
                                        .incarnation = kind < 4 ? 1 : 2,
                                        .reason = endless,
                                        .cause = 1,
                                        .fault = endless,
                                        .stop = kind == RS_EVENT_STOPPING ? "sibling" : NULL,
                                        .core = 1});
    rs_events_add_call(&events, &(rs_events_call){.time_ns = 5, .load = "all", .client = 1});
    CHECK_INT(rs_events_flush(&events), RS_OK);
    rewind(stream);
    CHECK(fgets(first, sizeof first, stream));
    CHECK_INT(rs_events_load(stream, first, "a.jsonl", stderr, &result), RS_OK);
    CHECK(result->stream_scheme != NULL);
    CHECK_INT(result->seed, 7);
    CHECK_INT(samples(result, "restart.served"), 1);
    CHECK(rs_result_find(result, "escalations", NULL)->value.value == 1);
    rs_result_destroy(result);
    fclose(stream);
}

TEST_MAIN()
