/* trust_test.c: real neighbours and real late clients, and what becomes of a run beside them. What
 * is asked is far beyond every threshold: seven of eight parts of a processor are gone, and
 * how fast the machine is does not matter.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#include <jansson.h>
#include <sched.h>
#include <sys/prctl.h>

#define DUEL       "run scenarios/cli/test/duel.yaml --set phases.steady=200ms "
#define NEIGHBOURS 7

static pid_t neighbours[NEIGHBOURS];
static cpu_set_t all_processors;

/* Ends with the test, whatever ends that. */
static _Noreturn void spin(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    for (volatile unsigned turns = 0;;) turns++;
}

/* They and the program share one processor from here on. */
static void begin_bother(unsigned count) {
    pid_t parent = getpid();
    cpu_set_t one;
    size_t first = 0;
    RS_ASSERT(sched_getaffinity(0, sizeof all_processors, &all_processors) == 0);
    while (!CPU_ISSET(first, &all_processors)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    RS_ASSERT(sched_setaffinity(0, sizeof one, &one) == 0);
    for (unsigned i = 0; i < count; i++) {
        neighbours[i] = fork();
        if (neighbours[i] == 0) spin(parent);
    }
}

static void end_bother(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        kill(neighbours[i], SIGKILL);
        waitpid(neighbours[i], NULL, 0);
    }
    sched_setaffinity(0, sizeof all_processors, &all_processors);
}

/* Nobody spins any more when checks begin. */
static int run_bothered(unsigned count, const char *arguments) {
    begin_bother(count);
    int status = run_program(arguments);
    end_bother(count);
    return status;
}

static json_t *load_result(const char *path) {
    json_t *result = json_load_file(path, 0, NULL);
    CHECK(result != NULL);
    unlink(path);
    return result;
}

static const json_t *find_condition(const json_t *result, const char *name) {
    const json_t *row;
    size_t index;
    json_array_foreach(json_object_get(result, "trust"), index, row) {
        if (strcmp(json_string_value(json_object_get(row, "condition")), name) == 0) return row;
    }
    rs_test_fail(__FILE__, __LINE__, "no condition %s", name);
    return NULL;
}

static bool is_spoiled(const json_t *result, const char *name) {
    return json_is_true(json_object_get(find_condition(result, name), "spoiled"));
}

/* ------------------------------------------------------------------ a busy neighbour */

TEST(a_busy_neighbour_spoils_a_gate) {
    char command[512], path[128];
    snprintf(path, sizeof path, "%s", scratch("result.json"));
    snprintf(command, sizeof command, DUEL "--export-json %s", path);
    CHECK_INT(run_bothered(NEIGHBOURS, command), 7);
    CHECK_SAYS(the_program.out, "passed, untrusted  'calls.throughput' cannot be trusted");
    CHECK_SAYS(the_program.out, "\n  ! busy_neighbour ");
    json_t *result = load_result(path);
    CHECK_STR(json_string_value(json_object_get(result, "status")), "untrusted");
    CHECK(is_spoiled(result, "busy_neighbour"));
    const json_t *row = find_condition(result, "busy_neighbour");
    CHECK(json_number_value(json_object_get(row, "observed")) > 0.7);
    CHECK(json_number_value(json_object_get(row, "threshold")) == 0.5);
    CHECK(!is_spoiled(result, "clock_step"));
    row = find_condition(result, "late_clients");
    CHECK(json_is_null(json_object_get(row, "observed"))); /* closed loops are never late */
    json_decref(result);
}

TEST(who_judges_no_timing_does_not_mind_a_neighbour) {
    CHECK_INT(run_bothered(NEIGHBOURS, DUEL "--set gate=[] --set 'expect=[calls.lost == 0]'"), 0);
    CHECK_SAYS(the_program.out, "duel  ✓ passed\n");
    CHECK_SAYS(the_program.out, "\n  ! busy_neighbour ");
}

TEST(what_a_neighbour_fails_is_not_failed) {
    CHECK_INT(
        run_bothered(NEIGHBOURS, DUEL "--set gate=[] --set 'expect=[calls.throughput > 1000M/s]'"),
        7);
    CHECK_SAYS(the_program.out, "inconclusive, untrusted  'calls.throughput > 1000M/s' cannot be");
    CHECK_INT(
        run_bothered(NEIGHBOURS, DUEL "--set gate=[] --set 'expect=[calls.throughput > 1/s]'"), 0);
}

TEST(what_is_wrong_beside_a_neighbour_is_wrong) {
    CHECK_INT(run_bothered(NEIGHBOURS, DUEL "--set 'expect=[calls.answered == 0]'"), 1);
    CHECK_SAYS(the_program.out, "failed, untrusted");
}

TEST(ab_names_what_spoiled_its_gate) {
    CHECK_INT(run_bothered(NEIGHBOURS,
                           "ab scenarios/cli/test/duel.yaml --set phases.steady=100ms --budget "
                           "1s --a-set runtime.costs.work=10ns"),
              7);
    CHECK_SAYS(the_program.out, "not trustworthy: too many repetitions are spoiled: busy_neighbour "
                                "in ");
}

TEST(virtual_time_has_no_neighbours) {
    char command[512], path[128];
    snprintf(path, sizeof path, "%s", scratch("result.json"));
    snprintf(command, sizeof command, DUEL "--set runtime.clock=virtual --export-json %s", path);
    CHECK_INT(run_bothered(NEIGHBOURS, command), 0);
    CHECK(!strstr(the_program.out, "TRUST"));
    json_t *result = load_result(path);
    CHECK_INT(json_array_size(json_object_get(result, "trust")), 0);
    json_decref(result);
}

/* ------------------------------------------------------------------ the harness itself */

#define OPEN(LOAD, EXPECT)                                                                         \
    "scenario: open\nruntime: { threads: 1 }\n"                                                    \
    "tree: { id: top, strategy: one_for_one, children: [" LOAD                                     \
    "phases: { run: 1s, off: 500ms }\nexpect: ['" EXPECT "']\n"

static int run_text(const char *text, unsigned count, const char *json) {
    char path[128], command[512];
    snprintf(path, sizeof path, "%s", scratch("open.yaml"));
    snprintf(command, sizeof command, "run %s --export-json %s", path, json);
    write_text(path, text);
    int status = run_bothered(count, command);
    unlink(path);
    return status;
}

/* Their processor is somebody else's for milliseconds at a time; an echo takes microseconds. */
TEST(late_clients_spoil_latency) {
    char path[128];
    snprintf(path, sizeof path, "%s", scratch("result.json"));
    int status = run_text(OPEN("{ id: left, worker: echo }] }\nload: [{ id: all, target: left, "
                               "clients: 8, rate: 2k/s, timeout: 5s }]\n",
                               "calls.latency.p99 < 1us"),
                          NEIGHBOURS, path);
    json_t *result = load_result(path);
    CHECK_INT(status, 7);
    CHECK(is_spoiled(result, "late_tail"));
    CHECK(!is_spoiled(result, "unsent_requests"));
    json_decref(result);
}

/* One client with one request at a time sends a hundred a second at most, and a thousand are due.
 */
TEST(requests_that_were_never_sent_spoil_latency) {
    char path[128];
    snprintf(path, sizeof path, "%s", scratch("result.json"));
    int status = run_text(OPEN("{ id: left, worker: service, service_time: 10ms }] }\n"
                               "load: [{ id: all, target: left, clients: 1, rate: 1k/s, timeout: "
                               "1s }]\n",
                               "calls.latency.p50 < 1h"),
                          0, path);
    json_t *result = load_result(path);
    CHECK_INT(status, 7);
    CHECK(is_spoiled(result, "unsent_requests"));
    CHECK(json_number_value(
              json_object_get(find_condition(result, "unsent_requests"), "observed")) > 0.5);
    json_decref(result);
}

TEST_MAIN()
