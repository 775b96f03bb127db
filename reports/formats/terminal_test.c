/* terminal_test.c: what a person reads.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/paint.h"
#include "reports/formats/sample.h"
#include "reports/formats/terminal.h"
#include "runtime/base/test/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char *text_of(const rs_result *result, unsigned width, bool color) {
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    rs_terminal_look look = {.width = width, .color = color};
    CHECK_INT(rs_terminal_write(result, stream, look), RS_OK);
    fclose(stream);
    return text;
}

static void check_has(const char *text, const char *part) {
    if (!strstr(text, part)) rs_test_fail(__FILE__, __LINE__, "no \"%s\" in:\n%s", part, text);
}

TEST(the_summary_says_what_matters) {
    rs_result *result = sample_result();
    char *text = text_of(result, 100, false);
    check_has(text, "high_scores  ✗ failed  1 of 6 expectations failed\n");
    check_has(text, "real clock · steal · 2 threads · seed 0x1");
    check_has(text, "\n  ├─ tables ");
    check_has(text, "\n  │  └─ * ");
    check_has(text, "\n  └─ registry ");
    check_has(text,
              "3211 failed + 0 open · 0 lost\n  3207 failed by noproc · 4 failed by timeout\n");
    check_has(text, "closed loop:");
    check_has(text, "2 never finished");
    check_has(text, "  ✓ calls.lost == 0 ");
    check_has(text, "  ✗ orphans == 0 ");
    check_has(text, " 4987 · scenarios/high_scores.yaml:42:5\n");
    check_has(text, "  ? restart.served.p99.99 < 50ms ");
    check_has(text, "  – model: calls.latency.p99 < 1ms ");
    check_has(text, "  ! the machine was busy");
    const char *last = "\nrepeat: respawn run scenarios/high_scores.yaml --seed 0x1\n";
    CHECK_STR(text + strlen(text) - strlen(last), last);
    free(text), rs_result_destroy(result);
}

static char *repeated(const char *part, size_t times, const char *end) {
    char *text = rs_rows_alloc(strlen(part) * times + strlen(end) + 1), *to = text;
    for (size_t i = 0; i < times; i++) to = stpcpy(to, part);
    strcpy(to, end);
    return text;
}

/* Half a command would repeat another run. */
TEST(long_texts_are_told_to_their_end) {
    rs_result *result = sample_result();
    const char *last = " --set a=1 --seed 0x7\n";
    char *command = repeated("--set a=1 ", 1000, "--seed 0x7");
    char *note = repeated("word ", 2000, "end");
    result->reproduce = command;
    rs_result_add_note(result, note);
    char *text = text_of(result, 100, false);
    CHECK_STR(text + strlen(text) - strlen(last), last);
    check_has(text, command);
    check_has(text, " word end\n");
    free(text), free(command), free(note), rs_result_destroy(result);
}

static void check_lines(const char *text, unsigned width) {
    char line[2000];
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
        snprintf(line, sizeof line, "%.*s", (int)(end - text), text);
        if (end > text && end[-1] == ' ')
            rs_test_fail(__FILE__, __LINE__, "trailing blank: %s|", line);
        if (rs_paint_columns(line) > width)
            rs_test_fail(__FILE__, __LINE__, "wider than %u: %s", width, line);
    }
}

static void check_cut(const rs_result *result) {
    char *text = text_of(result, 100, false);
    if (strstr(text, "\\x")) rs_test_fail(__FILE__, __LINE__, "cut within a character:\n%s", text);
    check_has(text, "ж…");
    check_lines(text, 100);
    free(text);
}

/* Buffers of any even size would split one of the two. */
TEST(long_texts_are_cut_between_characters) {
    char *even = repeated("ж", 600, ""), *odd = repeated("ж", 600, "");
    odd[0] = 'x', memmove(odd + 1, odd + 2, strlen(odd + 2) + 1);
    for (int i = 0; i < 2; i++) {
        const char *text = i ? odd : even;
        rs_result *result = sample_result();
        result->clock = result->scheduler = result->trace_hash = text;
        result->faults.at[0].id = result->faults.at[0].target = text;
        result->nodes.at[1].kind = result->nodes.at[1].detail = text;
        result->crashes.at[0].role = result->crashes.at[0].reason = text;
        result->crashes.at[1].reason = result->crashes.at[1].message = text;
        result->expectations.at[1].file = text;
        result->trust.at[0].name = result->trust.at[2].name = text;
        rs_result_add_number(result, "calls.failed", &(rs_result_labels){.cause = text}, 1);
        check_cut(result);
        rs_result_destroy(result);
    }
    free(even), free(odd);
}

TEST(a_place_that_is_cut_keeps_its_line) {
    rs_result *result = sample_result();
    char *path = repeated("folder/", 30, "s.yaml");
    result->expectations.at[1].file = path;
    char *text = text_of(result, 80, false);
    check_has(text, "…:42:5\n");
    free(text), free(path), rs_result_destroy(result);
}

/* Its rows are many, and deep: who looked behind each for a sibling would take minutes. */
TEST(a_tree_is_drawn_as_far_as_anybody_reads) {
    rs_result *result = rs_result_create();
    for (size_t i = 0; i < 100000; i++) {
        rs_result_node *node = rs_result_add_node(result, "");
        node->id = "node", node->depth = i < 16 ? i : 16;
    }
    result->nodes.at[99999].depth = 3;
    char *text = text_of(result, 100, false);
    check_has(text, "\n  and 99000 more\n");
    check_has(text, "\n  └─ node ");
    check_has(text, "\n     └─ node ");
    check_has(text, "\n        ├─ node ");
    check_has(text, "\n        │  └─ node ");
    check_has(text, "├─ node");
    free(text), rs_result_destroy(result);
}

TEST(a_branch_goes_on_to_siblings_and_not_to_cousins) {
    static const struct {
        const char *id;
        uint64_t depth;
    } nodes[] = {{"root", 0}, {"a", 1}, {"x", 2}, {"y", 2}, {"b", 1}, {"z", 2}};
    rs_result *result = rs_result_create();
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        rs_result_node *node = rs_result_add_node(result, "");
        node->id = nodes[i].id, node->depth = nodes[i].depth;
    }
    char *text = text_of(result, 100, false);
    check_has(text, "\n  ├─ a ");
    check_has(text, "\n  │  ├─ x ");
    check_has(text, "\n  │  └─ y ");
    check_has(text, "\n  └─ b ");
    check_has(text, "\n     └─ z ");
    free(text), rs_result_destroy(result);
}

TEST(phases_are_shown_as_far_as_a_scenario_has_them) {
    rs_result *result = rs_result_create();
    for (int i = 0; i < 64; i++) rs_result_add_phase(result, "storm")->end_ns = 1000000000;
    char *text = text_of(result, 100, false);
    CHECK(!strstr(text, " more\n"));
    free(text);
    for (int i = 0; i < 100; i++) rs_result_add_phase(result, "storm")->end_ns = 1000000000;
    text = text_of(result, 100, false);
    check_has(text, "\n  and 100 more\n");
    free(text), rs_result_destroy(result);
}

TEST(a_line_without_a_text_ends_all_the_same) {
    rs_result *result = rs_result_create();
    for (int i = 0; i < 2; i++) rs_result_add_finding(result, "healed");
    rs_result_add_warning(result, "");
    char *text = text_of(result, 100, false);
    check_has(text, "\n  ✗ healed:\n  ✗ healed:\n");
    check_lines(text, 100);
    free(text), rs_result_destroy(result);
}

TEST(what_is_not_known_was_not_seen) {
    rs_result *result = rs_result_create();
    rs_result_sometimes *row = rs_result_add_sometimes(result, "crash of shop");
    row->seen = true, row->why = "nobody looked";
    char *text = text_of(result, 100, false);
    check_has(text, "  ? crash of shop   nobody looked\n");
    free(text), rs_result_destroy(result);
}

TEST(what_spoils_numbers_has_a_line_of_its_own) {
    rs_result *result = sample_result();
    char *text = text_of(result, 100, false);
    check_has(text, "\nTRUST\n"
                    "  ! clock_step 12.5 ms, beyond 10 ms; spoils restart, calls\n"
                    "  · busy_neighbour 3.1 % · not available: steal · late_clients\n");
    free(text);
    result->trust.at[1].spoiled = false;
    text = text_of(result, 100, false);
    check_has(text, "\nTRUST\n"
                    "  ✓ busy_neighbour 3.1 % · clock_step 12.5 ms · not available: steal · "
                    "late_clients\n\n");
    free(text);
    result->trust.count = 0;
    text = text_of(result, 100, false);
    CHECK(!strstr(text, "TRUST"));
    free(text), rs_result_destroy(result);
}

TEST(crashes_are_counted_by_reason_and_the_first_are_told) {
    rs_result *result = sample_result();
    char *text = text_of(result, 100, false);
    check_has(text, "\nCRASHES\n"
                    "      4987  sigsegv\n"
                    "         1  {badmatch,[1,2]}\n"
                    "  4 s        tables/game-17#1 high_scores_table  sigsegv in write_null+0x11\n"
                    "               handling call add_score {\"joe\",12}\n"
                    "  4.1 s      settle_scores  {badmatch,[1,2]}\n");
    free(text);
    result->crash_reasons.count = result->crashes.count = 0;
    text = text_of(result, 100, false);
    CHECK(!strstr(text, "CRASHES"));
    free(text);
    rs_result_destroy(result);
}

TEST(what_checks_have_found_is_told_with_its_story) {
    rs_result *result = sample_result();
    char *text = text_of(result, 100, false);
    check_has(text, "CHECKS\n    orphans · healed\n");
    check_has(text, "  ✗ orphans tables/game-17: two live in tables/game-17: #2 and #3");
    check_has(text, "\n      t=4.000000s tables/game-17#1 ends: sigsegv\n");
    check_has(text, "\n  and 3 more\n");
    check_has(text, "  ✓ crash of registry   seen\n");
    check_has(text, "  – escalation   not seen\n");
    check_has(text, "  ? restart.count > 9   not measured in this run\n");
    free(text);
    rs_result_destroy(result);
}

TEST(losses_and_steps_of_work_are_told) {
    rs_result *result = sample_result();
    rs_histogram *steps = calloc(1, sizeof *steps);
    rs_histogram_record_many(steps, 2, 99);
    rs_histogram_record(steps, 50);
    rs_result_add_histogram(result, "work.per_restart", NULL, steps, 0);
    char *text = text_of(result, 100, false);
    check_has(text, "2 steps of work each (median), 50 at most");
    check_has(text, "\n    48.1 k  scores lost\n");
    free(text), free(steps), rs_result_destroy(result);
}

TEST(retries_are_told_when_there_were_any) {
    rs_result *result = sample_result();
    char *text = text_of(result, 100, false);
    CHECK(!strstr(text, "attempts"));
    free(text);
    rs_result_add_number(result, "calls.retries", NULL, 6860059);
    rs_result_add_number(result, "calls.attempts", NULL, 20580177);
    text = text_of(result, 100, false);
    check_has(text, "\n  6.86 M retries · 1.50 attempts for each call\n");
    free(text), rs_result_destroy(result);
}

TEST(scheduling_is_told_when_it_was_measured) {
    rs_result *result = sample_result();
    char *text = text_of(result, 100, false);
    CHECK(strstr(text, "SCHEDULING") == NULL);
    free(text);
    sample_histogram(result, "sched.wait", NULL, 300, 900, 2000, 0);
    rs_result_add_number(result, "sched.longest_wait", NULL, 4194304);
    rs_result_add_number(result, "sched.steals", NULL, 0);
    rs_result_add_number(result, "sched.parks", NULL, 12);
    rs_result_add_number(result, "sched.wakes", NULL, 1);
    rs_result_add_metric(result, "sched.preemptions", NULL);
    rs_result_add_number(result, "sched.idle", NULL, 0.25);
    text = text_of(result, 100, false);
    check_has(text, "\nSCHEDULING ");
    check_has(text, "\n  ready → running           2000 ");
    check_has(text, "\n  longest wait 4.19 ms · 12 parks · 1 wake · cores idle 25 % of the time\n");
    check_has(text, "about one wait in 128 is timed");
    free(text);
    result->clock = "virtual";
    text = text_of(result, 100, false);
    CHECK(strstr(text, "is timed") == NULL);
    free(text), rs_result_destroy(result);
}

static void set_counter(rs_result *result, const char *name, const char *phase, double value) {
    rs_result_labels labels = {.phase = phase};
    for (size_t i = 0; i < result->metrics.count; i++) {
        rs_result_metric *metric = &result->metrics.at[i];
        if (strcmp(metric->name, name) == 0 && rs_result_labels_equal(&metric->labels, &labels))
            metric->value = rs_known(value);
    }
}

TEST(one_is_one) {
    rs_result *result = sample_result();
    rs_histogram *steps = calloc(1, sizeof *steps);
    rs_histogram_record(steps, 1);
    rs_result_add_histogram(result, "work.per_restart", NULL, steps, 0);
    set_counter(result, "restart.count", NULL, 1);
    set_counter(result, "restart.unserved", NULL, 1);
    set_counter(result, "escalations", NULL, 1);
    char *text = text_of(result, 100, false);
    check_has(text, "1 restart was due");
    check_has(text, "1 was never asked");
    check_has(text, "1 supervisor gave up");
    check_has(text, "1 step of work each");
    free(text), free(steps), rs_result_destroy(result);
}

TEST(restarts_of_a_phase_are_those_that_came) {
    rs_result *result = sample_result();
    rs_result_add_number(result, "restart.unfinished", &(rs_result_labels){.phase = "storm"}, 4982);
    char *text = text_of(result, 100, false);
    const char *storm = strstr(text, "\n  storm ");
    CHECK(storm != NULL);
    size_t length = strcspn(storm + 1, "\n");
    CHECK(strncmp(storm + 1 + length - 2, " 7", 2) == 0);
    free(text), rs_result_destroy(result);
}

TEST(an_expectation_of_the_command_line_has_no_line) {
    rs_result *result = sample_result();
    for (size_t i = 0; i < result->expectations.count; i++) {
        result->expectations.at[i].file = "--set expect=[orphans == 0]";
        result->expectations.at[i].line = 0;
    }
    char *text = text_of(result, 100, false);
    check_has(text, " 4987 · --set expect=[orphans == 0]\n");
    free(text), rs_result_destroy(result);
}

TEST(colours_are_for_terminals_that_want_them) {
    int control = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(control >= 0 && grantpt(control) == 0 && unlockpt(control) == 0);
    FILE *terminal = fopen(ptsname(control), "r+e");
    CHECK(terminal != NULL);
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    CHECK(rs_terminal_look_of(terminal, false).color);
    CHECK(!rs_terminal_look_of(terminal, true).color);
    setenv("NO_COLOR", "1", 1);
    CHECK(!rs_terminal_look_of(terminal, false).color);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    CHECK(!rs_terminal_look_of(terminal, false).color);
    fclose(terminal), close(control);
}

TEST(no_line_is_too_wide_or_ends_with_blanks) {
    rs_result *result = sample_result();
    for (unsigned width = RS_TERMINAL_WIDTH_MIN; width <= RS_TERMINAL_WIDTH_MAX; width++) {
        char *text = text_of(result, width, false);
        check_lines(text, width);
        free(text);
    }
    rs_result_destroy(result);
}

TEST(without_colour_there_is_no_escape) {
    rs_result *result = sample_result();
    char *plain = text_of(result, 100, false), *colored = text_of(result, 100, true);
    CHECK(!strchr(plain, '\x1b'));
    check_has(colored, "\x1b[31m✗ failed\x1b[0m");
    free(plain), free(colored), rs_result_destroy(result);
}

TEST(colour_changes_nothing_but_colour) {
    rs_result *result = sample_result();
    char *plain = text_of(result, 80, false), *colored = text_of(result, 80, true);
    char *to = colored;
    for (char *at = colored; *at;)
        if (*at == '\x1b')
            at = strchr(at, 'm') + 1;
        else
            *to++ = *at++;
    *to = '\0';
    CHECK_STR(colored, plain);
    free(plain), free(colored), rs_result_destroy(result);
}

TEST(hostile_text_cannot_control_the_terminal) {
    static const char *const hostile = "\x1b]0;owned\x07\r\n\xff\u202e%s%n";
    rs_result *result = sample_result();
    result->scenario = result->about = result->reason = result->reproduce = hostile;
    result->clock = result->scheduler = result->trace_hash = hostile;
    result->nodes.at[1].id = result->nodes.at[1].kind = result->nodes.at[1].detail = hostile;
    result->phases.at[0].name = result->memory.at[0].name = hostile;
    result->faults.at[0].id = result->faults.at[0].how = result->faults.at[0].target = hostile;
    result->expectations.at[1].text = result->expectations.at[1].observed = hostile;
    result->expectations.at[1].why = result->expectations.at[1].file = hostile;
    result->notes.at[0].text = hostile;
    rs_result_add_number(result, "calls.failed", &(rs_result_labels){.cause = hostile}, 1);
    snprintf(result->machine.cpu, sizeof result->machine.cpu, "%s", hostile);
    char *text = text_of(result, 100, false);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 && *at != '\n') CHECK_STR(at, "no control character");
    CHECK(!strstr(text, "\u202e"));
    check_has(text, "\\x1b]0;owned\\x07\\x0d\\x0a\\xff\\u202e");
    free(text), rs_result_destroy(result);
}

TEST(absurd_numbers_are_shown_and_do_no_harm) {
    static const double absurd[] = {-1, 1e300, -1e300, 0.5};
    for (size_t a = 0; a < sizeof absurd / sizeof *absurd; a++) {
        rs_result *result = sample_result();
        for (size_t i = 0; i < result->metrics.count; i++)
            if (result->metrics.at[i].value.known) result->metrics.at[i].value.value = absurd[a];
        for (size_t i = 0; i < result->nodes.count; i++)
            result->nodes.at[i].alive.value = absurd[a];
        result->memory.at[0].after.value = absurd[a];
        result->phases.at[1].end_ns = 0;
        result->phases.at[2].start_ns = UINT64_MAX;
        result->nodes.at[2].depth = UINT64_MAX;
        char *text = text_of(result, 80, false);
        check_has(text, "repeat: ");
        free(text), rs_result_destroy(result);
    }
}

TEST(an_empty_result_is_told_without_numbers) {
    rs_result *result = rs_result_create();
    char *text = text_of(result, 80, false);
    check_has(text, "(no scenario)  ? inconclusive, aborted\n");
    CHECK(!strstr(text, "TREE") && !strstr(text, "CALLS") && !strstr(text, "MEMORY"));
    free(text), rs_result_destroy(result);
}

TEST(what_is_not_known_is_a_dash) {
    rs_result *result = rs_result_create();
    rs_result_phase *phase = rs_result_add_phase(result, "storm");
    phase->end_ns = 1000000000;
    char *text = text_of(result, 80, false);
    check_has(text,
              "  storm            1 s          –          –          –          –          –\n");
    free(text), rs_result_destroy(result);
}

TEST(an_unfinished_restart_is_never_fast) {
    rs_histogram *histogram = rs_rows_alloc(sizeof *histogram);
    rs_histogram_record_many(histogram, 1000, 10);
    rs_result *result = rs_result_create();
    rs_result_add_histogram(result, "restart.served", NULL, histogram, 90);
    char *text = text_of(result, 100, false);
    check_has(text, "served                      10      never      never      never      never");
    free(text), free(histogram), rs_result_destroy(result);
}

TEST(one_failed_call_is_seen_in_the_timeline) {
    rs_result *result = rs_result_create();
    for (uint64_t i = 0; i < 1000; i++)
        rs_timeline_add(&result->timeline, i * 10000000, RS_TIMELINE_FAILED, i == 3 ? 100000 : 0);
    rs_timeline_add(&result->timeline, 9990000000, RS_TIMELINE_FAILED, 1);
    char *text = text_of(result, 80, false);
    check_has(text, "▁\n");
    free(text), rs_result_destroy(result);
}

TEST(a_full_device_is_reported) {
    FILE *full = fopen("/dev/full", "w");
    setvbuf(full, NULL, _IONBF, 0);
    rs_result *result = sample_result();
    rs_terminal_look look = rs_terminal_look_of(full, false);
    CHECK(!look.color);
    CHECK_INT(rs_terminal_write(result, full, look), RS_EIO);
    rs_result_destroy(result);
}

TEST_MAIN()
