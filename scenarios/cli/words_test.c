/* words_test.c: words that plugins bring, of those built with the tree and of the example, which is
 * built as a stranger would: elsewhere, with nothing but headers.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#define EXAMPLE   "scenarios/workers/plugins/example"
#define ARGUMENTS 2048

static const char *build_folder(void) {
    const char *build = getenv("RESPAWN_BUILD");
    return build ? build : ".";
}

/* A command line with a plugin that the build has made. */
static const char *with(const char *command, const char *name) {
    static char arguments[ARGUMENTS];
    int length = snprintf(arguments, sizeof arguments, "%s --plugin %s/tests/%s.so", command,
                          build_folder(), name);
    RS_ASSERT(length < ARGUMENTS);
    return arguments;
}

static void write_scenario(const char *path, const char *runtime, const char *worker,
                           const char *fault) {
    char text[1024];
    snprintf(text, sizeof text,
             "scenario: words\n"
             "runtime: { %s }\n"
             "tree: { id: app, intensity: 100, children: [{ id: a, worker: %s }] }\n"
             "phases: { on: 100ms, off: 100ms }\n"
             "faults: [{ id: f, crash: a, how: %s, every: 30ms }]\n",
             runtime, worker, fault);
    write_text(path, text);
}

/* ------------------------------------------------------------------ all three kinds */

TEST(what_a_plugin_brings_is_listed) {
    CHECK_EXIT(with("list", "words_good"), 0);
    CHECK_SAYS(the_program.out, " idler ");
    CHECK_SAYS(the_program.out, "  ends it with the reason surprise");
    CHECK_SAYS(the_program.out, "  who came last runs first");
    CHECK_EXIT("list", 0);
    CHECK(!strstr(the_program.out, "idler"));
}

TEST(what_a_plugin_brings_is_validated_and_run) {
    char command[256];
    const char *path = scratch("words.yaml");
    write_scenario(path, "scheduler: lifo, clock: virtual", "idler", "surprise");
    snprintf(command, sizeof command, "validate %s", path);
    CHECK_EXIT(with(command, "words_good"), 0);
    snprintf(command, sizeof command, "run %s --verify-determinism", path);
    CHECK_EXIT(with(command, "words_good"), 0);
    CHECK_SAYS(the_program.out, "virtual clock · lifo");
    CHECK_SAYS(the_program.out, "surprise → a");
    CHECK_SAYS(the_program.out, "3  surprise");
    CHECK_SAYS(the_program.out, "words_good.so --seed 1"); /* the command that repeats it */
    unlink(path);
}

TEST(who_names_words_that_a_plugin_has_is_told_of_the_flag) {
    char command[256];
    const char *path = scratch("words.yaml");
    write_scenario(path, "scheduler: lifo", "idler", "surprise");
    snprintf(command, sizeof command, "run %s", path);
    CHECK_EXIT(command, 2);
    CHECK_SAYS(the_program.err, ":2:23: unknown scheduler 'lifo'");
    CHECK_SAYS(the_program.err, ":3:62: unknown worker 'idler'");
    CHECK_SAYS(the_program.err, ":5:34: unknown fault 'surprise'");
    const char *at = the_program.err;
    for (int i = 0; i < 3; i++) {
        at = strstr(at, "One of your own comes with --plugin FILE");
        CHECK(at++ != NULL);
    }
    unlink(path);
}

/* ------------------------------------------------------------------ refusals */

TEST(plugins_of_other_headers_are_refused) {
    CHECK_EXIT(with("list", "words_version"), 2);
    CHECK_SAYS(the_program.err, "words_version.so was built for version 2 of the plugins' "
                                "interface, and this respawn has version 1: build it from this "
                                "one's headers");
    CHECK_EXIT(with("run scenarios/smoke.yaml", "words_size"), 2);
    CHECK_SAYS(the_program.err, "words_size.so was built for another respawn (rs_worker is ");
}

TEST(words_that_make_no_sense_are_refused) {
    static const struct {
        const char *name, *says;
    } wrong[] = {
        {"words_taken", "brings a worker 'echo', and respawn has one already"},
        {"words_empty", "has an empty RS_VOCABULARY"},
        {"words_option", "has an option 'restart' of 'idler', which is a key of every child"},
        {"words_server", "has a worker 'other' without a server of that name"},
        {"words_weak", "has a fault 'surprise' that does not strike"},
        {"words_half", "has a scheduler 'lifo' that lacks one of"},
        {"words_name", "has a worker 'Idler': a name is lower-case letters, digits and _"},
        {"odd_silent", "says not what it is: write RS_VOCABULARY(…)"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_EXIT(with("list workers", wrong[i].name), 2);
        CHECK_SAYS(the_program.err, wrong[i].says);
        CHECK_STR(the_program.out, "");
    }
}

TEST(the_same_words_come_once) {
    char command[ARGUMENTS];
    snprintf(command, sizeof command, "%s", with("list", "words_good"));
    CHECK_EXIT(with(command, "words_good"), 2);
    CHECK_SAYS(the_program.err, "brings a worker 'idler', and respawn has one already");
}

/* ------------------------------------------------------------------ the example, elsewhere */

static void sh(const char *command) {
    int status = system(command);
    if (status != 0) rs_test_fail(__FILE__, __LINE__, "`%s` ends with %d", command, status);
}

static bool has_compiler(const char *compiler) {
    char command[64];
    snprintf(command, sizeof command, "command -v %s >/dev/null", compiler);
    return system(command) == 0;
}

static void build_and_run(const char *compiler) {
    char command[ARGUMENTS], folder[64];
    const char *source = getenv("RESPAWN_SOURCE");
    snprintf(folder, sizeof folder, "/tmp/respawn-plugin.%d", (int)getpid());
    snprintf(command, sizeof command,
             "rm -rf %s && cp -r %s %s && make -s -C %s CC=%s CFLAGS='-O2 -Wall -Wextra -Werror' "
             "RESPAWN=%s",
             folder, EXAMPLE, folder, folder, compiler, source ? source : ".");
    sh(command);
    snprintf(command, sizeof command, "list workers --plugin %s/counter.so", folder);
    CHECK_EXIT(command, 0);
    CHECK_SAYS(the_program.out, "  counts, and forgets how far");
    CHECK_SAYS(the_program.out, "count_time:");
    snprintf(command, sizeof command, "run %s/counter.yaml --plugin %s/counter.so", folder, folder);
    CHECK_EXIT(command, 0);
    CHECK_SAYS(the_program.out, "visits         counter, permanent");
    CHECK_SAYS(the_program.out, "sigsegv");
    snprintf(command, sizeof command,
             "run %s/counter.yaml --plugin %s/counter.so --set runtime.clock=virtual "
             "--verify-determinism",
             folder, folder);
    CHECK_EXIT(command, 0);
    snprintf(command, sizeof command,
             "sweep %s/counter.yaml --plugin %s/counter.so --set runtime.clock=virtual "
             "--vary tree.children.sales.count_time=1ms,\"uniform(1ms, 2ms)\"",
             folder, folder);
    CHECK_EXIT(command, 0);
    CHECK_SAYS(the_program.out, "uniform(1ms, 2ms)");
    snprintf(command, sizeof command, "validate %s/counter.yaml", folder);
    CHECK_EXIT(command, 2);
    CHECK_SAYS(the_program.err, "unknown worker 'counter'");
    CHECK_SAYS(the_program.err, "--plugin FILE");
    snprintf(command, sizeof command, "rm -rf %s", folder);
    sh(command);
}

TEST(the_example_is_built_elsewhere_by_gcc_and_runs) {
    if (has_compiler("gcc")) build_and_run("gcc");
}

TEST(the_example_is_built_elsewhere_by_clang_and_runs) {
    if (has_compiler("clang")) build_and_run("clang");
}

TEST_MAIN()
