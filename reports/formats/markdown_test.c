/* markdown_test.c: a run's page, as cmark-gfm renders it for CI's summaries.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/test/hostile.h"
#include "runtime/base/units.h"

extern const rs_format rs_format_markdown;

#define RENDER                                                                                     \
    "cmark-gfm --unsafe --extension table --extension autolink --extension strikethrough "         \
    "\"$FILE\""

static char *render(const rs_result *result) {
    return consume(&rs_format_markdown, result, RENDER);
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part)) count++;
    return count;
}

/* Finds `part` in `*text`, and leaves `*text` behind it: pages have an order. */
static void then(const char **text, const char *part) {
    const char *at = strstr(*text, part);
    if (!at) rs_test_fail(__FILE__, __LINE__, "\"%s\" is not in, or not behind:\n%s", part, *text);
    *text = at + strlen(part);
}

TEST(verdict_reason_and_how_to_repeat_it_come_first) {
    rs_result *result = sample_result();
    char *html = render(result);
    const char *at = html;
    then(&at, "<h3>❌ high_scores: failed</h3>\n"
              "<p><strong>Why:</strong> 1 of 6 expectations failed</p>\n"
              "<p><strong>To repeat it:</strong></p>\n"
              "<pre><code>respawn run scenarios/high_scores.yaml --seed 0x1\n</code></pre>\n"
              "<blockquote>\n<p>⚠️ the machine was busy");
    then(&at, "<h4>Expected</h4>");
    then(&at, "<td align=\"center\">✅</td>\n<td>calls.lost == 0</td>\n<td>0</td>\n"
              "<td>scenarios/high_scores.yaml:41:5</td>");
    then(&at, "<td align=\"center\">❌</td>\n<td>orphans == 0</td>\n<td>4987</td>\n"
              "<td>scenarios/high_scores.yaml:42:5</td>");
    then(&at, "<td align=\"center\">⚠️</td>\n<td>restart.served.p99.99 &lt; 50ms</td>\n"
              "<td>inconclusive: 4713 samples; p99.99 needs 100000</td>");
    then(&at, "<td align=\"center\">➖</td>\n<td>model: calls.latency.p99 &lt; 1ms</td>\n"
              "<td>skipped: only under the virtual clock</td>");
    free(html), rs_result_destroy(result);
}

/* The cells of a stage, as the page must show them. */
static void stage_cells(const rs_result *result, const char *stage, char *cells, size_t size) {
    static const uint32_t asked[] = {RS_P50, RS_P90, RS_P99, RS_P999, RS_P100};
    char name[64], text[RS_UNITS_TEXT_BYTES];
    snprintf(name, sizeof name, "restart.%s", stage);
    const rs_result_metric *metric = rs_result_find(result, name, NULL);
    size_t used = (size_t)snprintf(cells, size, "<td>%s</td>\n<td align=\"right\">%s</td>", stage,
                                   rs_units_format_count(metric->histogram->count, text, 32));
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        uint64_t ns = rs_histogram_percentile_open(metric->histogram, asked[i], metric->unfinished);
        used += (size_t)snprintf(
            cells + used, size - used, "\n<td align=\"right\">%s</td>",
            ns == UINT64_MAX ? "never" : rs_units_format_duration(ns, text, sizeof text));
    }
}

TEST(restarts_are_told_by_stage_and_calls_by_outcome) {
    static const char *const stages[] = {"detected", "noticed", "started", "reachable", "served"};
    rs_result *result = sample_result();
    char *html = render(result), cells[512];
    const char *at = html;
    then(&at, "<h4>Restarts</h4>");
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        stage_cells(result, stages[i], cells, sizeof cells);
        then(&at, cells);
    }
    CHECK(strstr(cells, "never"));
    then(&at, "<p>deaths due a restart: 4989 · never finished: 2 · never asked: 276 · "
              "not due one: 4987 · supervisors that gave up: 0</p>");
    then(&at, "<h4>Calls</h4>");
    then(&at, "<td>closed loop, uncorrected</td>");
    then(&at, "<p>issued: 13.7 M · answered: 13.7 M · failed: 3211 · open: 0 · lost: 0</p>\n"
              "<p>failed by: 3207 noproc · 4 timeout</p>\n<p>answered 99.9765 % of the calls</p>\n"
              "<p>every call answered in 94.8 % of the 10 ms windows</p>");
    then(&at, "<h4>Faults</h4>");
    then(&at, "<td>crashes</td>\n<td>segv</td>\n<td>tables/*</td>\n<td align=\"right\">5000</td>");
    free(html), rs_result_destroy(result);
}

TEST(findings_conditions_and_the_rest_are_folded) {
    rs_result *result = sample_result();
    char *html = render(result);
    const char *at = html;
    then(&at, "<h4>Checks</h4>\n<p>looked: orphans, healed</p>\n"
              "<p>❌ <strong>orphans</strong> tables/game-17: two live in tables/game-17: #2");
    then(&at, "<details><summary>How it came</summary>\n"
              "<pre><code>t=4.000000s tables/game-17#1 ends: sigsegv\n"
              "t=4.000010s tables/game-17#2 is started\n</code></pre>\n</details>\n"
              "<p>and 3 more</p>");
    then(&at, "<td>escalation</td>\n<td>not seen</td>");
    then(&at, "<td>restart.count &gt; 9</td>\n<td>not known: not measured in this run</td>");
    then(&at, "<h4>Trust</h4>");
    then(&at, "<td align=\"center\">❌</td>\n<td>clock_step</td>\n<td align=\"right\">12.5 ms</td>\n"
              "<td align=\"right\">10 ms</td>\n<td>restart, calls</td>");
    then(&at, "<details><summary>What else was looked at</summary>");
    then(&at, "<td>steal</td>\n<td align=\"right\">–</td>");
    then(&at, "<details><summary>Phases</summary>");
    then(&at, "<td>storm</td>\n<td align=\"right\">4 s</td>\n<td align=\"right\">9 s</td>\n"
              "<td align=\"right\">1.23 M/s</td>");
    then(&at, "<details><summary>Supervision tree</summary>");
    then(&at, "<td>tables/*</td>\n<td>high_scores_table</td>\n<td>temporary</td>");
    then(&at, "<details><summary>Memory</summary>");
    then(&at, "<td>cgroup</td>\n<td align=\"right\">–</td>\n<td align=\"right\">–</td>");
    then(&at, "<details><summary>Crashes</summary>");
    then(&at, "<td align=\"right\">4987</td>\n<td>sigsegv</td>");
    then(&at, "<details><summary>What ran, and where</summary>");
    then(&at, "<td>load.players.clients</td>\n<td>64</td>");
    CHECK_INT(count_of(html, "<td>clock_step</td>"), 1);
    CHECK_INT(count_of(html, "<details>"), count_of(html, "</details>"));
    free(html), rs_result_destroy(result);
}

TEST(an_aborted_run_is_short_and_claims_nothing) {
    rs_result *result = rs_result_create();
    char *html = render(result);
    const char *at = html;
    then(&at, "<h3>❌ (no scenario): inconclusive, aborted</h3>\n<details><summary>What ran");
    CHECK(!strstr(html, "<h4>") && !strstr(html, ">0<"));
    free(html);
    rs_result_add_number(result, "calls.issued", NULL, 5);
    rs_result_add_phase(result, "storm")->end_ns = 1000000000;
    result->status = RS_RESULT_UNTRUSTED;
    html = render(result);
    at = html;
    then(&at, "<h3>⚠️ (no scenario): inconclusive, untrusted</h3>");
    then(&at, "<p>issued: 5</p>"); /* how many were answered is not known */
    then(&at, "<td>storm</td>\n<td align=\"right\">0 ns</td>\n<td align=\"right\">1 s</td>");
    CHECK_INT(count_of(at, "<td align=\"right\">–</td>"), 4);
    free(html), rs_result_destroy(result);
}

TEST(a_page_is_bounded) {
    rs_result *result = rs_result_create();
    for (int i = 0; i < 100000; i++) rs_result_add_crash_reason(result, "{badmatch,[1,2]}", 1);
    char *html = render(result);
    CHECK(strlen(html) < 20000);
    const char *at = html;
    then(&at, "<p>and 99900 more</p>");
    free(html), rs_result_destroy(result);
}

#define MANY 300

static void add_many(rs_result *result, rs_result_finding *finding) {
    for (int i = 0; i < MANY; i++) {
        rs_result_add_expectation(result, "orphans == 0");
        rs_result_add_sometimes(result, "escalation");
        rs_result_add_setting(result, "runtime.seed", "7");
        rs_result_add_warning(result, "busy");
        rs_result_add_note(result, "calm");
        rs_result_add_condition(result, "steal")->spoiled = true;
        rs_result_add_condition(result, "clock_step");
        rs_result_add_check(result, "healed");
        rs_result_add_event(result, finding, "t=1s");
        rs_result_add_number(result, "calls.failed", &(rs_result_labels){.cause = "noproc"}, 1);
    }
}

/* CI refuses large ones, and a reader must know that there was more. */
TEST(every_table_is_bounded_and_says_so) {
    rs_result *result = rs_result_create();
    rs_result_add_number(result, "calls.issued", NULL, 5);
    for (int i = 0; i < MANY; i++) rs_result_add_finding(result, "orphans");
    add_many(result, &result->findings.at[0]);
    char *html = render(result);
    CHECK_INT(count_of(html, "<p>and 200 more</p>"), 11);
    static const char *const rows[] = {
        ">orphans == 0<", ">escalation<", ">runtime.seed<", ">steal<",  ">clock_step<",
        "⚠️ busy<",   "· calm<",      "t=1s\n",         "1 noproc", "<strong>orphans<"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (count_of(html, rows[i]) != 100)
            rs_test_fail(__FILE__, __LINE__, "%zu times %s", count_of(html, rows[i]), rows[i]);
    CHECK_INT(count_of(html, "healed"), 100);
    free(html), rs_result_destroy(result);
}

/* Takes out what parts addresses, and nobody sees. */
static void join(char *html) {
    static const char comment[] = "<!-- -->";
    for (char *at = html; (at = strstr(at, comment));)
        memmove(at, at + strlen(comment), strlen(at + strlen(comment)) + 1);
}

TEST(nobody_is_written_to_or_called) {
    rs_result *result = rs_result_create();
    result->reason = "j@evil.example mailto:j@evil.example xmpp:j@evil.example/x @joe";
    char *html = render(result);
    CHECK(!strstr(html, "<a "));
    CHECK(!strstr(html, "@joe"));
    const char *at = html;
    join(html);
    then(&at, "</strong> j@evil.example mailto:j@evil.example xmpp:j@evil.example/x @joe</p>");
    free(html), rs_result_destroy(result);
}

/* The renderer writes plain text as XML does, so each place must show just that. */
TEST(hostile_text_stays_text) {
    rs_result *result = hostile_result();
    char *html = render(result), expected[8 * sizeof HOSTILE];
    join(html);
    rs_escape_xml(HOSTILE, expected, sizeof expected);
    size_t told = count_of(html, expected);
    CHECK(told > 40);
    CHECK_INT(count_of(html, "evil.example"), 3 * told);
    static const char *const ends[] = {"<script", "<a ", "<em", "<del",
                                       "<img",    "<hr", "<ul", "\x1b"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strstr(html, ends[i])) rs_test_fail(__FILE__, __LINE__, "%s in:\n%s", ends[i], html);
    free(html), rs_result_destroy(result);
}

TEST_MAIN()
