/* trace_test.c: a trace is JSON that a strict reader takes, whatever is told, and as specified.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/trace.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t length;
static rs_trace trace;

/* Names and orders of three groups and four tracks, and a label. */
#define HEAD_EVENTS (2 * 7 + 1)

static const rs_trace_header header = {.scenario = "high_scores",
                                       .clock = "virtual",
                                       .scheduler = "fifo",
                                       .seed = UINT64_MAX,
                                       .cores = 2,
                                       .end_ns = 1500,
                                       .slices = {2, 7}};

static FILE *begin(const rs_trace_header *head) {
    FILE *stream = open_memstream(&text, &length);
    CHECK(stream != NULL);
    rs_trace_begin(&trace, stream, head);
    return stream;
}

static json_t *end(FILE *stream) {
    json_error_t error;
    CHECK_INT(rs_trace_end(&trace), RS_OK);
    fclose(stream);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root) rs_test_fail(__FILE__, __LINE__, "%s in line %d", error.text, error.line);
    return root;
}

/* The part of the file behind the first event of this kind, with it. */
static const char *from_first(const char *kind) {
    const char *at = strstr(text, kind);
    if (!at) rs_test_fail(__FILE__, __LINE__, "no %s", kind);
    return at;
}

TEST(events_are_as_specified) {
    FILE *stream = begin(&header);
    const rs_trace_args args = {.role = "tables/game-1", .incarnation = 2, .reason = "sigsegv"};
    rs_trace_span(&trace, RS_TRACE_PHASES, 0, 1500, "storm");
    rs_trace_slice(&trace, 1, 1, 1234567, "echo", &(rs_trace_args){.end = "exit"});
    rs_trace_mark(&trace, 0, 1000, "exit", &args);
    rs_trace_flow(&trace, 0, 1000, 5, RS_TRACE_FIRST);
    rs_trace_flow(&trace, 0, 1000, 5, RS_TRACE_LAST);
    rs_trace_instant(&trace, RS_TRACE_FAULTS, 999, "crashes", &(rs_trace_args){.how = "segv"});
    rs_trace_life(&trace, 0x100000002, 20, 10, "echo", &(rs_trace_args){0});
    json_decref(end(stream));
    CHECK_STR(from_first("{\"ph\":\"X\""),
              "{\"ph\":\"X\",\"pid\":1,\"tid\":11,\"ts\":0.000,\"dur\":1.500,\"cat\":\"phase\","
              "\"name\":\"storm\"},\n"
              "{\"ph\":\"X\",\"pid\":2,\"tid\":102,\"ts\":0.001,\"dur\":1234.566,\"cat\":\"turn\","
              "\"name\":\"echo\",\"args\":{\"end\":\"exit\"}},\n"
              "{\"ph\":\"X\",\"pid\":2,\"tid\":101,\"ts\":1.000,\"dur\":0.000,\"cat\":\"event\","
              "\"name\":\"exit\",\"args\":{\"role\":\"tables/game-1\",\"incarnation\":2,"
              "\"reason\":\"sigsegv\"}},\n"
              "{\"ph\":\"s\",\"pid\":2,\"tid\":101,\"ts\":1.000,\"id\":5,\"cat\":\"event\","
              "\"name\":\"restart\"},\n"
              "{\"ph\":\"f\",\"pid\":2,\"tid\":101,\"ts\":1.000,\"id\":5,\"bp\":\"e\","
              "\"cat\":\"event\",\"name\":\"restart\"},\n"
              "{\"ph\":\"i\",\"pid\":1,\"tid\":12,\"ts\":0.999,\"s\":\"t\",\"cat\":\"fault\","
              "\"name\":\"crashes\",\"args\":{\"how\":\"segv\"}},\n"
              "{\"ph\":\"b\",\"pid\":3,\"tid\":3,\"ts\":0.020,\"id\":\"0x100000002\","
              "\"cat\":\"life\",\"name\":\"echo\"},\n"
              "{\"ph\":\"e\",\"pid\":3,\"tid\":3,\"ts\":0.020,\"id\":\"0x100000002\","
              "\"cat\":\"life\",\"name\":\"echo\"}\n"
              "]}\n");
    free(text);
}

TEST(the_head_says_what_is_missing) {
    json_t *root = end(begin(&header));
    const json_t *other = json_object_get(root, "otherData");
    CHECK(strncmp(text, "{\"otherData\":{\"format\":\"respawn.trace/1\",", 41) == 0);
    CHECK_STR(json_string_value(json_object_get(other, "seed")), "0xffffffffffffffff");
    CHECK_INT(json_integer_value(json_object_get(json_object_get(other, "slices"), "dropped")), 7);
    CHECK(strstr(text, "\"labels\":\"no room for 7 slices\"") != NULL);
    json_decref(root);
    free(text);
}

TEST(whatever_is_missing_is_said) {
    char drops[RS_TRACE_DROPS_BYTES];
    rs_trace_header less = header;
    less.slices.dropped = 0;
    less.lives.dropped = 1;
    CHECK(rs_trace_print_drops(&less, drops));
    CHECK_STR(drops, "1 life");
    less.faults.dropped = less.events.dropped = less.slices.dropped = UINT64_MAX;
    less.lives.dropped = UINT64_MAX;
    CHECK(rs_trace_print_drops(&less, drops));
    CHECK_STR(drops, "18446744073709551615 slices, 18446744073709551615 events, "
                     "18446744073709551615 faults, 18446744073709551615 lives");
}

TEST(nothing_missing_nothing_said) {
    rs_trace_header whole = header;
    whole.slices.dropped = 0;
    json_decref(end(begin(&whole)));
    CHECK(!strstr(text, "labels"));
    free(text);
}

/* Bytes from a stranger; half of them of the kind that JSON cares for. */
static const char *draw_text(rs_prng *prng) {
    static const char nasty[] = "\"\\\n\t\x01\x7f\xff\xc3{}[],:/<";
    static char drawn[64];
    size_t count = rs_prng_below(prng, sizeof drawn);
    for (size_t i = 0; i < count; i++) {
        bool plain = rs_prng_below(prng, 2);
        drawn[i] = plain ? (char)(1 + rs_prng_below(prng, 255))
                         : nasty[rs_prng_below(prng, sizeof nasty - 1)];
    }
    drawn[count] = 0;
    return drawn;
}

TEST(any_text_makes_events_that_a_strict_reader_takes) {
    rs_prng prng;
    rs_prng_init(&prng, 5, "trace");
    for (int round = 0; round < 500; round++) {
        rs_trace_header head = header;
        head.scenario = draw_text(&prng);
        FILE *stream = begin(&head);
        const rs_trace_args args = {
            .role = draw_text(&prng), .reason = draw_text(&prng), .note = "x"};
        rs_trace_slice(&trace, 0, 1, 2, draw_text(&prng), &args);
        rs_trace_life(&trace, 1, 2, 3, draw_text(&prng), &args);
        json_t *root = end(stream);
        size_t events = json_array_size(json_object_get(root, "traceEvents"));
        CHECK_INT(events, HEAD_EVENTS + 1 + 2);
        json_decref(root);
        free(text);
    }
}

TEST(a_text_without_end_is_cut) {
    static char endless[50000];
    memset(endless, '"', sizeof endless - 1);
    FILE *stream = begin(&header);
    rs_trace_slice(&trace, 0, 1, 2, endless, NULL);
    json_decref(end(stream));
    CHECK(length < 10000);
    free(text);
}

TEST(a_full_disk_is_reported) {
    FILE *stream = fopen("/dev/full", "w");
    setvbuf(stream, NULL, _IONBF, 0);
    rs_trace_begin(&trace, stream, &header);
    CHECK_INT(rs_trace_end(&trace), RS_EIO);
    fclose(stream);
}

TEST_MAIN()
