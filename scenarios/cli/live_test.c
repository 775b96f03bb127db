/* live_test.c: `run --live` in a real terminal, which is tmux: what is on its screen while a run
 * goes on, and what state it is in afterwards, whatever has ended the run.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/paint.h"
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#define LIVE  "run scenarios/cli/test/live.yaml --live "
#define SMOKE "run scenarios/smoke.yaml "
/* Of the terminal: its second screen is on, the cursor is shown, long lines are wrapped. */
#define PICTURE  "100"
#define AS_USUAL "011"
/* For what is to come within 20 s. */
#define LOOKS   1000
#define LOOK_MS 20
/* Reads all that the terminal reads: to its second screen, and back, and the end. */
#define RECORDER "exec grep --line-buffered -aoE \"[?]1049[hl]|exit=[0-9]+\""

static char script[128], screen[PROGRAM_TEXT];
static char record[128];   /* of when the terminal changes its screen; "": none is kept */
static unsigned terminals; /* opened so far: a server that is told to end takes its time */

/* ------------------------------------------------------------------ the terminal */

/* A server of the test's own, with nobody's settings. Its last output is `screen`. */
__attribute__((format(printf, 1, 2))) static int tmux(const char *format, ...) {
    char arguments[1024], command[1280];
    va_list list;
    va_start(list, format);
    vsnprintf(arguments, sizeof arguments, format, list);
    va_end(list);
    snprintf(command, sizeof command, "exec tmux -u -f /dev/null -L respawn-test.%d.%u %s 2>&1",
             (int)getpid(), terminals, arguments);
    FILE *output = popen(command, "r");
    CHECK(output != NULL);
    size_t length = fread(screen, 1, sizeof screen - 1, output);
    screen[length] = 0;
    return pclose(output);
}

/* What the terminal runs tells how respawn ended, and stays. `before` and `behind` stand around it.
 */
static void open_terminal(unsigned width, unsigned height, const char *before,
                          const char *arguments, const char *behind) {
    char text[2048];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(script, sizeof script, "%s", scratch("live.sh"));
    snprintf(text, sizeof text,
             "ulimit -c 0\ntrap : INT QUIT\nunset NO_COLOR\n%s\n"
             "%s/respawn %s\necho \"exit=$?\"\n%s\nsleep 100\n",
             before, build ? build : ".", arguments, behind);
    write_text(script, text);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("TMUX");
    terminals++;
    text[0] = 0;
    if (*record) snprintf(text, sizeof text, "\\; pipe-pane '" RECORDER " >%s'", record);
    if (tmux("new-session -d -x %u -y %u 'exec sh %s' %s", width, height, script, text) != 0)
        rs_test_fail(__FILE__, __LINE__, "no terminal: %s", screen);
}

static void close_terminal(void) {
    tmux("kill-server");
    unlink(script);
}

static void look(void) {
    CHECK_INT(tmux("capture-pane -p"), 0);
}

/* Until `part` is on the screen, or not any more. */
static void await_screen(const char *part, bool there) {
    for (int i = 0; i < LOOKS; i++) {
        look();
        if ((strstr(screen, part) != NULL) == there) return;
        sleep_ms(LOOK_MS);
    }
    rs_test_fail(__FILE__, __LINE__, "\"%s\" is %sthere:\n%s", part, there ? "not " : "", screen);
}

static void check_screen(const char *part) {
    if (!strstr(screen, part))
        rs_test_fail(__FILE__, __LINE__, "no \"%s\" on the screen:\n%s", part, screen);
}

static void await_state(const char *state) {
    for (int i = 0; i < LOOKS; i++) {
        tmux("display-message -p '#{alternate_on}#{cursor_flag}#{wrap_flag}'");
        if (strncmp(screen, state, strlen(state)) == 0) return;
        sleep_ms(LOOK_MS);
    }
    rs_test_fail(__FILE__, __LINE__, "the terminal's state is %s, not %s", screen, state);
}

/* Faults have struck, and restarts were measured. */
static void await_picture(void) {
    await_screen(" back in ", true);
    await_state(PICTURE);
    look();
}

static void press(const char *key) {
    CHECK_INT(tmux("send-keys '%s'", key), 0);
}

/* ------------------------------------------------------------------ who runs in it */

static bool is_respawn(pid_t pid) {
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    bool read = fgets(name, sizeof name, file) != NULL;
    fclose(file);
    return read && strcmp(name, "respawn\n") == 0;
}

/* 0: it has none. */
static pid_t child_of(pid_t parent) {
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fscanf(file, "%d", &child) != 1) child = 0;
    fclose(file);
    return child;
}

static pid_t find_program(void) {
    CHECK_INT(tmux("display-message -p '#{pane_pid}'"), 0);
    pid_t pid = (pid_t)atoi(screen);
    while (pid > 0 && !is_respawn(pid)) pid = child_of(pid);
    CHECK(pid > 0);
    return pid;
}

static pid_t find_runtime(void) {
    pid_t pid = child_of(find_program());
    CHECK(pid > 0);
    return pid;
}

/* ------------------------------------------------------------------ sizes */

/* The n-th line of the screen, from 0. */
static const char *line_of(unsigned n) {
    static char line[2048];
    const char *at = screen;
    for (; n > 0; n--) {
        at = strchr(at, '\n');
        CHECK(at != NULL);
        at++;
    }
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return line;
}

/* The bar reaches from side to side, and the head is the first line: nothing has moved up. */
static void check_size(unsigned width) {
    if (strncmp(line_of(0), "live_test  storm  ", 18) != 0)
        rs_test_fail(__FILE__, __LINE__, "the head is not above all:\n%s", screen);
    CHECK_INT(rs_paint_columns(line_of(1)), width);
    check_screen("TREE");
    check_screen("LATENCY");
    check_screen("FAULTS");
    check_screen("reachable");
    check_screen("restarts");
    check_screen("calls");
    check_screen("messages");
}

static void check_whole_tree(void) {
    check_screen("arcade");
    check_screen("├─ tables");
    check_screen("│  └─ * × 30");
    check_screen("├─ registry");
    check_screen("   ├─ db");
    check_screen("   └─ web");
    check_screen("segv → tables/game-");
    check_screen("╵storm");
}

TEST(a_usual_terminal_shows_the_whole_tree) {
    open_terminal(80, 24, "", LIVE, "");
    await_picture();
    check_size(80);
    check_whole_tree();
    close_terminal();
}

TEST(a_small_one_shows_the_main_things) {
    open_terminal(40, 12, "", LIVE, "");
    await_picture();
    check_size(40);
    close_terminal();
}

TEST(a_large_one_is_filled) {
    open_terminal(200, 50, "", LIVE, "");
    await_picture();
    check_size(200);
    check_whole_tree();
    check_screen("detected");
    check_screen("served");
    close_terminal();
}

TEST(the_picture_follows_the_size_of_the_terminal) {
    open_terminal(120, 40, "", LIVE, "");
    await_picture();
    check_size(120);
    CHECK_INT(tmux("resize-window -x 40 -y 12"), 0);
    await_screen("served", false);
    await_picture();
    check_size(40);
    CHECK_INT(tmux("resize-window -x 100 -y 30"), 0);
    await_screen("╵storm", true);
    await_picture();
    check_size(100);
    check_whole_tree();
    close_terminal();
}

/* The line of progress, on the screen that was there before; and back. */
TEST(a_terminal_too_small_has_the_line_of_progress) {
    open_terminal(60, 6, "echo before", LIVE, "");
    await_screen(" restarts", true);
    await_screen("storm ", true);
    check_screen("before");
    await_state("0");
    CHECK_INT(tmux("resize-window -x 80 -y 24"), 0);
    await_picture();
    CHECK(!strstr(screen, "before"));
    check_size(80);
    CHECK_INT(tmux("resize-window -x 30 -y 24"), 0);
    await_state("0");
    await_screen(" of 100.2 s", true);
    CHECK(!strstr(screen, "TREE"));
    close_terminal();
}

/* ------------------------------------------------------------------ ways out */

static void check_restored(const char *status) {
    await_screen(status, true);
    await_state(AS_USUAL);
    CHECK_INT(tmux("capture-pane -p -S -"), 0);
    check_screen("before\n");
    CHECK(!strstr(screen, "LATENCY"));
    close_terminal();
}

TEST(in_the_end_there_is_the_summary_and_no_picture) {
    open_terminal(80, 24, "echo before", LIVE "--set phases.storm=1500ms", "");
    await_picture();
    await_screen("exit=0", true);
    CHECK_INT(tmux("capture-pane -p -S -"), 0);
    check_screen("live_test  ✓ passed\n");
    check_screen("\nRESTARTS ");
    check_restored("exit=0");
}

TEST(ctrl_c_leaves_the_terminal_as_it_was) {
    open_terminal(80, 24, "echo before", LIVE, "");
    await_picture();
    press("C-c");
    await_screen("exit=6", true);
    CHECK_INT(tmux("capture-pane -p -S -"), 0);
    check_screen("respawn: interrupted\n");
    check_screen("aborted");
    check_restored("exit=6");
}

/* The child is held, so that the first one cannot have ended the run. */
TEST(a_second_ctrl_c_does_so_too) {
    open_terminal(80, 24, "echo before", LIVE, "");
    await_picture();
    CHECK_INT(kill(find_runtime(), SIGSTOP), 0);
    press("C-c");
    sleep_ms(300);
    await_state(PICTURE);
    press("C-c");
    check_restored("exit=6");
}

TEST(a_child_that_is_killed_leaves_no_picture) {
    open_terminal(80, 24, "echo before", LIVE, "");
    await_picture();
    CHECK_INT(kill(find_runtime(), SIGKILL), 0);
    await_screen("exit=6", true);
    CHECK_INT(tmux("capture-pane -p -S -"), 0);
    check_screen("ended by signal 9");
    check_restored("exit=6");
}

TEST(ctrl_backslash_leaves_the_terminal_as_it_was) {
    open_terminal(80, 24, "echo before", LIVE, "");
    await_picture();
    press("C-\\");
    check_restored("exit=131");
}

TEST(a_program_that_aborts_leaves_the_terminal_as_it_was) {
    open_terminal(80, 24, "echo before", LIVE, "");
    await_picture();
    CHECK_INT(kill(find_program(), SIGABRT), 0);
    check_restored("exit=134");
}

TEST(a_terminal_that_hangs_up_ends_the_run) {
    open_terminal(80, 24, "", LIVE, "");
    await_picture();
    pid_t parent = find_program(), child = find_runtime();
    tmux("kill-server");
    for (int i = 0; i < 200 && (is_running(parent) || is_running(child)); i++) sleep_ms(50);
    CHECK(!is_running(parent) && !is_running(child));
    unlink(script);
}

/* Ctrl-Z gives the terminal back for as long as the shell has it. */
TEST(ctrl_z_takes_the_picture_along) {
    open_terminal(80, 24, "set -m\necho before", LIVE, "echo stopped\nread answer\nfg\necho over");
    await_picture();
    press("C-z");
    await_screen("stopped", true);
    await_state(AS_USUAL);
    CHECK(!strstr(screen, "LATENCY"));
    press("Enter");
    await_picture();
    check_size(80);
    press("C-c");
    check_restored("over");
}

/* ------------------------------------------------------------------ when there is no picture */

TEST(without_a_terminal_nothing_is_said) {
    CHECK_EXIT(SMOKE "--live", 0);
    CHECK_STR(the_program.err, "");
    CHECK_SAYS(the_program.out, "smoke  ✓ passed\n");
    CHECK(!strchr(the_program.out, '\x1b'));
}

TEST(a_terminal_that_cannot_move_its_cursor_has_the_line_of_progress) {
    open_terminal(80, 24, "export TERM=dumb", LIVE, "");
    await_screen(" restarts", true);
    await_state("0");
    CHECK(!strstr(screen, "TREE"));
    close_terminal();
}

/* The picture goes where the line of progress goes; the summary does not mix with it. */
TEST(the_summary_may_go_to_a_file) {
    char arguments[512], text[PROGRAM_TEXT];
    const char *path = scratch("live.out");
    snprintf(arguments, sizeof arguments, LIVE "--set phases.storm=1500ms >%s", path);
    open_terminal(80, 24, "echo before", arguments, "");
    await_picture();
    check_restored("exit=0");
    read_text(path, text);
    CHECK_SAYS(text, "live_test  ✓ passed\n");
    CHECK(!strchr(text, '\x1b'));
    unlink(path);
}

TEST(quiet_and_live_contradict_each_other) {
    CHECK_EXIT(SMOKE "--live --quiet", 2);
    CHECK_STR(the_program.err, "respawn: --live and --quiet: one shows what the other keeps away; "
                               "leave one of them out\n");
    CHECK_STR(the_program.out, "");
    CHECK_EXIT("sweep scenarios/smoke.yaml --live", 2);
    CHECK_SAYS(the_program.err, "unknown flag '--live'");
    CHECK_EXIT("run --help", 0);
    CHECK_SAYS(the_program.out, "  --live ");
}

/* ------------------------------------------------------------------ colours, clocks, repetitions
 */

static bool has_colour(const char *before, const char *flags) {
    char arguments[256];
    snprintf(arguments, sizeof arguments, LIVE "%s", flags);
    open_terminal(80, 24, before, arguments, "");
    await_picture();
    CHECK_INT(tmux("capture-pane -p -e"), 0);
    bool found = strstr(screen, "\x1b[") != NULL;
    close_terminal();
    return found;
}

TEST(colours_are_there_unless_they_are_unwanted) {
    CHECK(has_colour("", ""));
    CHECK(!has_colour("", "--no-color"));
    CHECK(!has_colour("export NO_COLOR=1", ""));
}

/* Two clients ask once in a while, so that a thousand simulated hours take longer than a look. */
TEST(a_virtual_run_shows_simulated_time) {
    open_terminal(100, 24, "echo before", LIVE "--set runtime.clock=virtual --set phases.storm=48h",
                  "");
    await_screen(" simulated s a second", true);
    await_picture();
    check_screen("  simulated ");
    check_screen(" of 172800.2 s");
    press("C-c");
    check_restored("exit=6");
}

static void check_record(const char *expected) {
    static char text[PROGRAM_TEXT];
    for (int i = 0; i < LOOKS; i++) {
        read_text(record, text);
        if (strstr(text, "exit=")) break;
        sleep_ms(LOOK_MS);
    }
    CHECK_STR(text, expected);
    unlink(record);
}

TEST(the_picture_stays_from_one_repetition_to_the_next) {
    snprintf(record, sizeof record, "%s", scratch("live.record"));
    open_terminal(80, 24, "echo before", LIVE "--repeat 3 --set phases.storm=500ms", "");
    await_screen(" of 3", true);
    await_screen("exit=0", true);
    check_record("?1049h\n?1049l\nexit=0\n");
    check_restored("exit=0");
}

/* Nothing of it is part of the run. */
TEST(who_is_looked_at_does_the_same) {
    open_terminal(80, 24, "",
                  LIVE "--set runtime.clock=virtual --set phases.storm=5s --verify-determinism",
                  "");
    await_screen("exit=0", true);
    await_state(AS_USUAL);
    CHECK_INT(tmux("capture-pane -p -S -"), 0);
    check_screen("every event and every call was the same");
    close_terminal();
}

TEST_MAIN()
