/* verdict_test.c: verdicts, as their readers read them.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/verdict.h"
#include "runtime/base/test/test.h"
#include "runtime/base/units.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT 8192u

typedef struct sample {
    rs_verdict verdict;
    rs_verdict_metric metrics[3];
    rs_verdict_pair pair;
    const char *notes[1];
} sample;

static void make(sample *of) {
    *of = (sample){
        .metrics = {{.name = "calls.throughput",
                     .unit = "per_s",
                     .better = RS_METRIC_HIGHER,
                     .a = 1e6,
                     .b = 9e5,
                     .interval = {log(1.1), log(1.11), log(1.12), RS_INTERVAL_SIGNED_RANK},
                     .known = true,
                     .word = RS_WORD_REGRESSION,
                     .looked_at = 18,
                     .decides = true},
                    {.name = "restart.reachable.p50",
                     .unit = "ns",
                     .better = RS_METRIC_LOWER,
                     .a = 41000,
                     .b = INFINITY,
                     .interval = {-0.1, 0, log(1000), RS_INTERVAL_STUDENT},
                     .known = true,
                     .word = RS_WORD_WAITS,
                     .looked_at = 18,
                     .pairs_needed = 400,
                     .decides = true,
                     .note = "some 400 pairs would decide"},
                    {.name = "calls.latency.p50",
                     .unit = "ns",
                     .better = RS_METRIC_LOWER,
                     .a = NAN,
                     .b = NAN,
                     .word = RS_WORD_MISSING}},
        .pair = {.seed = UINT64_MAX,
                 .b_first = true,
                 .a = {1e6, 41000, NAN},
                 .b = {9e5, INFINITY, NAN}},
        .notes = {"a note"},
    };
    of->verdict = (rs_verdict){
        .scenario = "<b>a|b</b> \x1b[31m`x` [y](z) & *w*\n# w",
        .a = {"A", "build/base/respawn"},
        .b = {"B", "build/head/respawn --set a=|"},
        .threshold = 0.05,
        .metrics = {of->metrics, 3, 3},
        .pairs = &of->pair,
        .pair_count = 1,
        .dropped = 1,
        .word = "regression",
        .status = 3,
        .why = "calls.throughput of B is slower by +11.0 %",
        .how = "18 pairs.",
        .notes = {of->notes, 1, 1},
    };
}

/* What `tell` writes. */
static void read_back(rs_err (*tell)(const rs_verdict *, FILE *), const char *through,
                      char text[TEXT]) {
    char path[] = "/tmp/respawn-test.XXXXXX", command[256];
    sample of;
    make(&of);
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    FILE *file = fdopen(fd, "w");
    CHECK_INT(tell(&of.verdict, file), RS_OK);
    fclose(file);
    snprintf(command, sizeof command, "%s %s", through, path);
    FILE *pipe = popen(command, "r");
    CHECK(pipe != NULL);
    text[fread(text, 1, TEXT - 1, pipe)] = 0;
    CHECK_INT(pclose(pipe), 0);
    remove(path);
}

#define SAYS(TEXT, PART)                                                                           \
    do {                                                                                           \
        if (!strstr(TEXT, PART))                                                                   \
            rs_test_fail(__FILE__, __LINE__, "\"%s\" is not in:\n%s", PART, TEXT);                 \
    } while (0)

/* cmark-gfm is what renders the summaries of CI. */
TEST(markdown_is_a_section_with_a_table) {
    char html[TEXT];
    read_back(rs_verdict_markdown, "cmark-gfm --unsafe --extension table", html);
    SAYS(html,
         "<h3>❌ &lt;b&gt;a|b&lt;/b&gt; \\x1b[31m`x` [y](z) &amp; *w*\\x0a# w: regression</h3>");
    SAYS(html,
         "<td>calls.throughput</td>\n<td align=\"right\">1 M/s</td>\n"
         "<td align=\"right\">900 k/s</td>\n<td align=\"right\"><strong>+11.0 %</strong></td>\n"
         "<td align=\"center\">+10.0 % … +12.0 %</td>\n<td>regression</td>");
    SAYS(html, "<td align=\"right\">never</td>");
    SAYS(html, "<td>not measured</td>");
    SAYS(html, "--set a=|");
    SAYS(html, "<blockquote>\n<p>a note</p>");
    CHECK(strstr(html, "<b>") == NULL && strstr(html, "<em>") == NULL);
    CHECK(strstr(html, "<a ") == NULL && strstr(html, "<code>") == NULL);
}

TEST(json_holds_every_pair) {
    char text[TEXT];
    read_back(rs_verdict_json, "cat", text);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *metrics, *pair;
    CHECK(json != NULL);
    metrics = json_object_get(json, "metrics");
    CHECK_INT(json_array_size(metrics), 3);
    pair = json_array_get(json_object_get(json, "pairs"), 0);
    CHECK_STR(json_string_value(json_object_get(pair, "seed")), "0xffffffffffffffff");
    CHECK_STR(json_string_value(json_object_get(pair, "order")), "BA");
    pair = json_object_get(pair, "b");
    CHECK(json_number_value(json_object_get(pair, "calls.throughput")) == 9e5);
    CHECK_STR(json_string_value(json_object_get(pair, "restart.reachable.p50")), "never");
    CHECK(json_is_null(json_object_get(pair, "calls.latency.p50")));
    CHECK(json_is_null(json_object_get(json_array_get(metrics, 2), "slowdown")));
    CHECK_STR(json_string_value(json_object_get(json_array_get(metrics, 0), "kind")), "gauge");
    CHECK_STR(json_string_value(json_object_get(json_array_get(metrics, 1), "kind")), "histogram");
    double low = json_number_value(
        json_object_get(json_object_get(json_array_get(metrics, 0), "slowdown"), "low"));
    CHECK(fabs(low - 0.1) < 1e-9);
    CHECK_INT(json_integer_value(json_object_get(json_array_get(metrics, 1), "pairs_needed")), 400);
    CHECK(json_object_get(json_array_get(metrics, 0), "pairs_needed") == NULL);
    json_decref(json);
}

static void check_slowdown(const json_t *row, const char *name, double wanted) {
    const json_t *slower = json_object_get(json_object_get(row, "slowdown"), name);
    CHECK(json_is_number(slower));
    CHECK(fabs(json_number_value(slower) - wanted) < 1e-9);
}

/* What never came is a thousand times slower: what the decision counts, and nothing beyond. */
TEST(json_tells_how_much_slower_b_was_in_a_pair) {
    char text[TEXT];
    read_back(rs_verdict_json, "cat", text);
    json_t *json = json_loads(text, 0, NULL);
    CHECK(json != NULL);
    const json_t *pair = json_array_get(json_object_get(json, "pairs"), 0);
    check_slowdown(pair, "calls.throughput", 1e6 / 9e5 - 1);
    check_slowdown(pair, "restart.reachable.p50", 999);
    CHECK(json_is_null(json_object_get(json_object_get(pair, "slowdown"), "calls.latency.p50")));
    json_decref(json);
}

TEST(json_tells_how_much_slower_each_session_was_than_the_base) {
    rs_verdict_metric metrics[] = {
        {.name = "calls.latency.p50", .unit = "ns", .better = RS_METRIC_LOWER, .a = 200, .b = 300},
        {.name = "calls.availability", .unit = "1", .better = RS_METRIC_HIGHER, .a = 1, .b = 1}};
    rs_verdict_session sessions[] = {{"old.json", "", {100, NAN}}, {"new.json", "", {300, 1}}};
    rs_verdict verdict = {.scenario = "s",
                          .a = {"base", ""},
                          .b = {"new", ""},
                          .metrics = {metrics, 2, 2},
                          .sessions = {sessions, 2, 2},
                          .word = "",
                          .why = "",
                          .how = ""};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    CHECK_INT(rs_verdict_json(&verdict, stream), RS_OK);
    fclose(stream);
    json_t *json = json_loads(text, 0, NULL);
    CHECK(json != NULL);
    const json_t *rows = json_object_get(json, "sessions"), *first = json_array_get(rows, 0);
    check_slowdown(first, "calls.latency.p50", -0.5);
    CHECK(json_is_null(json_object_get(json_object_get(first, "slowdown"), "calls.availability")));
    check_slowdown(json_array_get(rows, 1), "calls.latency.p50", 0.5);
    check_slowdown(json_array_get(rows, 1), "calls.availability", 0);
    json_decref(json), free(text);
}

/* Of those that are planned, as many as there were pairs for. */
TEST(json_tells_after_how_many_pairs_it_was_looked) {
    rs_verdict_pair pairs[20] = {{0}};
    rs_verdict verdict = {.pairs = pairs,
                          .pair_count = 20,
                          .dropped = 1,
                          .word = "",
                          .scenario = "",
                          .a = {"A", ""},
                          .b = {"B", ""},
                          .why = "",
                          .how = ""};
    char *text = NULL;
    size_t length = 0;
    for (uint32_t dropped = 0; dropped < 2; dropped++) {
        verdict.dropped = dropped;
        FILE *stream = open_memstream(&text, &length);
        CHECK_INT(rs_verdict_json(&verdict, stream), RS_OK);
        fclose(stream);
        SAYS(text, dropped ? "\"looks\": [8, 12, 18],\n" : "\"looks\": [],\n");
        free(text);
    }
}

static rs_err paint(const rs_verdict *verdict, FILE *stream) {
    rs_paint on = {.out = stream, .width = 100};
    rs_verdict_paint(verdict, &on);
    return RS_OK;
}

TEST(a_terminal_shows_a_line_per_metric) {
    char text[TEXT];
    read_back(paint, "cat", text);
    SAYS(text, "calls.throughput            1 M/s     900 k/s   +11.0 %  [+10.0 %, +12.0 %]");
    SAYS(text, "  restart.reachable.p50       41 µs       never    +0.0 %  [-9.5 %, ×1000]");
    SAYS(text, "  calls.latency.p50               –           –         –");
    SAYS(text, "\\x1b[31m");
    SAYS(text, "  regression: calls.throughput of B is slower by +11.0 %\n");
    CHECK(strchr(text, '\x1b') == NULL);
}

/* A file may say any number. */
TEST(absurd_values_are_the_largest_that_there_are) {
    static const rs_verdict_metric time = {.name = "a", .unit = "ns"},
                                   size = {.name = "a", .unit = "bytes"};
    static const double absurd[] = {0x1p64, 1e30, 1e300};
    char text[64], most[RS_UNITS_TEXT_BYTES];
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        rs_verdict_value(&time, absurd[i], text, sizeof text);
        CHECK_STR(text, rs_units_format_duration(UINT64_MAX, most, sizeof most));
        rs_verdict_value(&size, absurd[i], text, sizeof text);
        CHECK_STR(text, rs_units_format_bytes(UINT64_MAX, most, sizeof most));
    }
}

TEST(a_share_is_no_count) {
    static const rs_verdict_metric share = {.name = "calls.availability during storm", .unit = "1"},
                                   count = {.name = "calls.issued", .unit = "1"};
    char text[64];
    rs_verdict_value(&share, 0.99996, text, sizeof text);
    CHECK_STR(text, "99.996 %");
    rs_verdict_value(&share, 7, text, sizeof text);
    CHECK_STR(text, "7");
    rs_verdict_value(&count, 1, text, sizeof text);
    CHECK_STR(text, "1");
}

/* A change of less than it can show is none in either direction. */
TEST(nothing_is_no_minus) {
    char text[32];
    rs_verdict_change(-1e-9, text, sizeof text);
    CHECK_STR(text, "+0.0 %");
    rs_verdict_change(log(0.5), text, sizeof text);
    CHECK_STR(text, "-50.0 %");
}

TEST_MAIN()
