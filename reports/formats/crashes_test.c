/* crashes_test.c: every line is JSON that a strict reader takes, whatever a report holds.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/crashes.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t length;

static FILE *begin(void) {
    FILE *stream = open_memstream(&text, &length);
    CHECK(stream != NULL);
    return stream;
}

static void ends_with(FILE *stream, const char *expected) {
    fclose(stream);
    CHECK_STR(text, expected);
    free(text);
}

TEST(the_lines_are_as_specified) {
    static const rs_crashes_end ends[] = {{-5, 1, "killed"}, {7, 2, "sigsegv"}};
    const rs_crash_report report = {
        .pid = UINT64_C(3) << 32 | 17 << 4 | 3,
        .native = true,
        .trap_exit = true,
        .has_message = true,
        .name = "adder",
        .module = "summer",
        .reason = "sigsegv",
        .message = {.type = "added", .term = "-1", .bytes = 8, .kind = 1},
        .frames = {.signal = SIGSEGV, .count = 2, .address = 0x28},
        .queued = 9,
        .linked = 1,
        .link_count = 1,
        .links = {{.name = "peer"}}};
    const rs_crashes_line line = {.report = &report,
                                  .time_ns = 1000,
                                  .role = "tables/3",
                                  .incarnation = 3,
                                  .fault = "crashes",
                                  .entry = "sum_init",
                                  .frames = {"fault_in_it+0x12", "sum_cast+0x30"},
                                  .links = {"tables"},
                                  .ends = ends,
                                  .end_count = 2,
                                  .ended = 2};
    FILE *stream = begin();
    CHECK_INT(rs_crashes_begin(stream, &(rs_crashes_header){"high_scores", "real", UINT64_MAX}),
              RS_OK);
    CHECK_INT(rs_crashes_add(stream, &line), RS_OK);
    CHECK_INT(rs_crashes_count(stream, "sigsegv", 1000000, 0), RS_OK);
    ends_with(stream,
              "{\"format\":\"respawn.crashes/1\",\"scenario\":\"high_scores\","
              "\"seed\":\"0xffffffffffffffff\",\"clock\":\"real\"}\n"
              "{\"t_ns\":1000,\"reason\":\"sigsegv\",\"role\":\"tables/3\",\"incarnation\":3,"
              "\"native\":true,\"pid\":\"<17.3>\",\"registered_name\":\"adder\","
              "\"module\":\"summer\",\"initial_call\":\"sum_init\",\"trap_exit\":true,"
              "\"fault\":\"crashes\",\"last_message\":{\"kind\":\"cast\",\"type\":\"added\","
              "\"bytes\":8,\"term\":\"-1\"},\"message_queue_len\":9,\"signal\":\"SIGSEGV\","
              "\"address\":\"0x28\",\"backtrace\":[\"fault_in_it+0x12\",\"sum_cast+0x30\"],"
              "\"linked\":1,\"links\":[{\"role\":\"tables\",\"registered_name\":\"peer\"}],"
              "\"ended_before\":2,\"ends\":[{\"t_ns\":-5,\"incarnation\":1,\"reason\":\"killed\"},"
              "{\"t_ns\":7,\"incarnation\":2,\"reason\":\"sigsegv\"}]}\n"
              "{\"reason\":\"sigsegv\",\"count\":1000000,\"told\":0}\n");
}

/* Texts come from strangers, and a process that went wild may have written anything at all. */
TEST(any_report_makes_a_line_that_a_strict_reader_takes) {
    static rs_crash_report report;
    rs_prng prng;
    rs_prng_init(&prng, 3, "crashes");
    for (int round = 0; round < 500; round++) {
        bool is_wild = round % 4 == 3; /* no text has an end */
        for (size_t i = 0; i < sizeof report; i++)
            ((unsigned char *)&report)[i] =
                (unsigned char)(is_wild + rs_prng_below(&prng, round % 2 ? 256 - is_wild : 3));
        report.recent_count = report.queue_count = is_wild ? UINT32_MAX : RS_CRASH_RECENT_MAX;
        report.link_count = is_wild ? UINT32_MAX : RS_CRASH_LINKS_MAX;
        report.frames.count = is_wild ? UINT32_MAX : RS_CRASH_FRAMES_MAX;
        report.native = report.starting = report.interrupted = true;
        report.trap_exit = report.has_message = false;
        rs_crashes_line line = {.report = &report, .time_ns = INT64_MIN};
        for (uint32_t i = 0; i < RS_CRASH_FRAMES_MAX; i++) line.frames[i] = "\xff\x01\"";
        FILE *stream = begin();
        CHECK_INT(rs_crashes_add(stream, &line), RS_OK);
        fclose(stream);
        json_error_t error;
        json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
        if (!root) rs_test_fail(__FILE__, __LINE__, "%s in %.300s", error.text, text);
        CHECK(strchr(text, '\n') == text + length - 1);
        CHECK(length < 60000);
        CHECK_INT(json_array_size(json_object_get(root, "backtrace")), RS_CRASH_FRAMES_MAX);
        CHECK_INT(json_array_size(json_object_get(root, "links")), RS_CRASH_LINKS_MAX);
        CHECK_INT(json_array_size(json_object_get(root, "messages")), RS_CRASH_QUEUE_MAX);
        json_decref(root);
        free(text);
    }
}

TEST(a_full_disk_is_reported) {
    FILE *stream = fopen("/dev/full", "w");
    setvbuf(stream, NULL, _IONBF, 0);
    CHECK_INT(rs_crashes_count(stream, "x", 1, 1), RS_EIO);
    CHECK_INT(rs_crashes_add(stream, &(rs_crashes_line){.report = &(rs_crash_report){0}}), RS_EIO);
    fclose(stream);
}

TEST_MAIN()
