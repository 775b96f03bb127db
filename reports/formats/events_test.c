/* events_test.c: every line is JSON that a strict reader takes.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/events.h"
#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static rs_events events;
static const rs_events_header header = {.scenario = "high_scores",
                                        .seed = UINT64_MAX,
                                        .clock = "real",
                                        .scheduler = "steal",
                                        .threads = 2,
                                        .t0 = "2026-03-01T12:00:00Z",
                                        .runtime = "respawn"};

/* A temporary file that has no name. */
static int open_scratch(void) {
    FILE *stream = tmpfile();
    CHECK(stream != NULL);
    return fileno(stream);
}

static FILE *reread(int fd) {
    CHECK_INT(rs_events_flush(&events), RS_OK);
    CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
    return fdopen(dup(fd), "r");
}

static json_t *next_line(FILE *stream) {
    static char line[200000];
    json_error_t error;
    CHECK(fgets(line, sizeof line, stream) != NULL);
    json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (!root) rs_test_fail(__FILE__, __LINE__, "%s in %.200s", error.text, line);
    return root;
}

TEST(the_lines_are_as_specified) {
    int fd = open_scratch();
    char line[300];
    rs_events_init(&events, fd, &header);
    rs_events_add(&events, &(rs_events_line){.time_ns = -5, .event = RS_EVENT_REACHABLE});
    rs_events_add(&events, &(rs_events_line){.time_ns = 1000000,
                                             .event = RS_EVENT_EXIT,
                                             .role = "tables/3",
                                             .incarnation = 2,
                                             .reason = "sigsegv",
                                             .cause = 17,
                                             .fault = "crashes",
                                             .core = 1});
    rs_events_add_call(&events, &(rs_events_call){.time_ns = 7, .load = "all", .client = 0});
    FILE *stream = reread(fd);
    CHECK(fgets(line, sizeof line, stream));
    CHECK_STR(line, "{\"format\":\"respawn.events/1\",\"runtime\":\"respawn\",\"scenario\":"
                    "\"high_scores\",\"seed\":\"0xffffffffffffffff\",\"clock\":\"real\","
                    "\"scheduler\":\"steal\",\"threads\":2,\"t0\":\"2026-03-01T12:00:00Z\"}\n");
    CHECK(fgets(line, sizeof line, stream));
    CHECK_STR(line, "{\"t_ns\":-5,\"event\":\"reachable\"}\n");
    CHECK(fgets(line, sizeof line, stream));
    CHECK_STR(line, "{\"t_ns\":1000000,\"event\":\"exit\",\"role\":\"tables/3\",\"incarnation\":2,"
                    "\"reason\":\"sigsegv\",\"cause\":17,\"fault\":\"crashes\",\"core\":1}\n");
    CHECK(fgets(line, sizeof line, stream));
    CHECK_STR(line, "{\"t_ns\":7,\"call\":\"all\",\"client\":0}\n");
    CHECK(!fgets(line, sizeof line, stream));
}

TEST(any_text_comes_back) {
    int fd = open_scratch();
    static char texts[2000][64];
    rs_prng prng;
    rs_prng_init(&prng, 71, "events");
    rs_events_init(&events, fd, &header);
    for (int i = 0; i < 2000; i++) {
        for (uint64_t n = rs_prng_below(&prng, 63); n > 0; n--)
            texts[i][n - 1] = (char)(1 + rs_prng_below(&prng, i % 2 ? 255 : 126));
        rs_events_add(&events, &(rs_events_line){.event = RS_EVENT_EXIT, .reason = texts[i]});
    }
    FILE *stream = reread(fd);
    json_decref(next_line(stream));
    for (int i = 0; i < 2000; i++) {
        char valid[3 * 64 + 1];
        rs_escape_utf8(texts[i], valid, sizeof valid);
        json_t *root = next_line(stream);
        CHECK_STR(json_string_value(json_object_get(root, "reason")), valid);
        json_decref(root);
    }
}

/* Two bytes. */
#define UMLAUT "\xc3\xa4"

/* The next line's role has so many bytes, the last of which are `end`. */
static void check_role(FILE *stream, size_t length, const char *end) {
    json_t *root = next_line(stream);
    const char *role = json_string_value(json_object_get(root, "role"));
    CHECK_INT(strlen(role), length);
    CHECK_STR(role + length - strlen(end), end);
    json_decref(root);
}

TEST(texts_without_end_are_cut_and_lines_stay_whole) {
    static char endless[100000];
    int fd = open_scratch();
    memset(endless, 0x01, sizeof endless - 1);
    rs_events_init(&events, fd, &header);
    for (int i = 0; i < 20; i++)
        rs_events_add(&events, &(rs_events_line){.time_ns = INT64_MIN,
                                                 .event = RS_EVENT_EXIT,
                                                 .role = endless,
                                                 .reason = endless,
                                                 .fault = endless,
                                                 .stop = endless,
                                                 .incarnation = UINT64_MAX,
                                                 .init_ns = UINT64_MAX,
                                                 .cause = UINT32_MAX,
                                                 .core = UINT32_MAX});
    memset(endless, 'a', sizeof endless - 1);
    rs_events_add(&events, &(rs_events_line){.event = RS_EVENT_EXIT, .role = endless});
    for (size_t i = 1; i + 2 < sizeof endless; i += 2) memcpy(endless + i, UMLAUT, 2);
    rs_events_add(&events, &(rs_events_line){.event = RS_EVENT_EXIT, .role = endless});
    FILE *stream = reread(fd);
    json_decref(next_line(stream));
    static char line[200000];
    for (int i = 0; i < 20; i++) {
        CHECK(fgets(line, sizeof line, stream));
        CHECK(line[strlen(line) - 1] == '\n' && strlen(line) < 97000);
    }
    check_role(stream, RS_EVENTS_TEXT_MAX, "a");
    check_role(stream, RS_EVENTS_TEXT_MAX - 1, UMLAUT); /* not half of one */
}

TEST(a_hundred_thousand_events_arrive_in_order) {
    int fd = open_scratch();
    rs_events_init(&events, fd, &header);
    for (int64_t i = 0; i < 100000; i++)
        rs_events_add(&events, &(rs_events_line){.time_ns = i,
                                                 .event = RS_EVENT_SERVED,
                                                 .role = "tables/game-17",
                                                 .incarnation = 3});
    CHECK_INT(events.lines, 100001);
    FILE *stream = reread(fd);
    json_decref(next_line(stream));
    for (int64_t i = 0; i < 100000; i++) {
        char line[200], expected[200];
        CHECK(fgets(line, sizeof line, stream));
        snprintf(expected, sizeof expected,
                 "{\"t_ns\":%" PRId64 ",\"event\":\"served\",\"role\":\"tables/game-17\","
                 "\"incarnation\":3}\n",
                 i);
        CHECK_STR(line, expected);
    }
}

/* Reads what is there, which ends with a line; returns how many lines that were. */
static int64_t read_lines(int fd) {
    char bytes[4096];
    int64_t lines = 0;
    ssize_t length = read(fd, bytes, sizeof bytes);
    CHECK(length > 0 && bytes[length - 1] == '\n');
    for (ssize_t i = 0; i < length; i++) lines += bytes[i] == '\n';
    return lines;
}

TEST(a_reader_that_does_not_read_is_not_waited_for) {
    int ends[2];
    int64_t added = 1, told = 0; /* the header is a line too */
    CHECK_INT(pipe(ends), 0);
    CHECK_INT(fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
    rs_events_init(&events, ends[1], &header);
    for (; rs_events_make_room(&events, 0); added++)
        rs_events_add(&events, &(rs_events_line){.time_ns = added, .role = "tables/game-17"});
    CHECK(added > 100);
    while (!rs_events_write(&events, 0)) told += read_lines(ends[0]);
    while (told < added) told += read_lines(ends[0]);
    CHECK_INT(told, added);
    CHECK_INT(events.lines, added);
}

TEST(a_full_disk_is_reported_and_stays_reported) {
    rs_events_init(&events, open("/dev/full", O_WRONLY), &header);
    CHECK_INT(rs_events_flush(&events), RS_EIO);
    CHECK_INT(events.error, ENOSPC);
    for (int i = 0; i < 10000; i++)
        rs_events_add(&events, &(rs_events_line){.event = RS_EVENT_EXIT, .role = "tables/1"});
    CHECK_INT(rs_events_flush(&events), RS_EIO);
}

TEST_MAIN()
