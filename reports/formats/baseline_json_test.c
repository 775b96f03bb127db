/* baseline_json_test.c: a baseline comes back as it was, and a stranger's is not believed.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/baseline_json.h"
#include "reports/formats/sample.h"
#include "runtime/base/test/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char message[512];

static char *write_text(const rs_baseline *baseline) {
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    CHECK_INT(rs_baseline_json_write(baseline, stream), RS_OK);
    fclose(stream);
    return text;
}

static rs_err read_text(const char *text, rs_baseline *baseline) {
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    *message = 0;
    *baseline = (rs_baseline){.texts = {NULL}};
    rs_err err = rs_baseline_json_load(stream, "b.json", baseline, message, sizeof message);
    fclose(stream);
    return err;
}

/* Two sessions with numbers of every kind. Owner: free() it. */
static char *sample_text(void) {
    rs_baseline baseline = {.texts = {NULL}};
    rs_result *result = sample_result();
    char why[256] = "";
    result->gate.count = 0;
    rs_result_add_gate(result, "calls.throughput");
    rs_result_add_gate(result, "restart.reachable.p50");
    rs_result_add_gate(result, "restart.served.p50");
    rs_result_add_setting(result, "tree.children.\"odd\"", "1,\n2");
    CHECK(rs_baseline_add(&baseline, result, "b.json", why, sizeof why));
    result->seed = 1;
    CHECK(rs_baseline_add(&baseline, result, "b.json", why, sizeof why));
    rs_result_destroy(result);
    char *text = write_text(&baseline);
    rs_baseline_fini(&baseline);
    return text;
}

TEST(a_baseline_survives_a_round_trip) {
    rs_baseline baseline;
    char *text = sample_text();
    CHECK_INT(read_text(text, &baseline), RS_OK);
    CHECK_INT(baseline.sessions.count, 2);
    char *again = write_text(&baseline);
    CHECK_STR(again, text);
    CHECK(strstr(text, "\"values\":[\"never\"]") && strstr(text, "\"values\":[null]"));
    free(text);
    free(again);
    rs_baseline_fini(&baseline);
}

/* ------------------------------------------------------------------ strangers */

/* Sets `key` of what `path` leads to ("session", "gate", "scenario") to the JSON `value`; NULL
 * takes it away. */
static void check_refused(const char *at, const char *key, const char *value, const char *says) {
    rs_baseline baseline;
    char *text = sample_text();
    json_t *root = json_loads(text, 0, NULL);
    json_t *session = json_array_get(json_object_get(root, "sessions"), 1);
    json_t *gate = json_array_get(json_object_get(session, "gate"), 1);
    json_t *object = strcmp(at, "root") == 0      ? root
                     : strcmp(at, "session") == 0 ? session
                     : strcmp(at, "gate") == 0    ? gate
                                                  : json_object_get(session, at);
    if (value)
        json_object_set_new(object, key, json_loads(value, JSON_DECODE_ANY, NULL));
    else
        json_object_del(object, key);
    char *changed = json_dumps(root, 0);
    CHECK_INT(read_text(changed, &baseline), RS_ESYNTAX);
    if (!strstr(message, says)) rs_test_fail(__FILE__, __LINE__, "%s: %s", says, message);
    rs_baseline_fini(&baseline);
    json_decref(root);
    free(changed);
    free(text);
}

TEST(what_is_no_baseline_is_refused_by_its_place) {
    check_refused("root", "format", "\"respawn.result/1.0\"", "b.json: format: must be");
    check_refused("root", "sessions", "{}", "b.json: sessions: must be an array");
    check_refused("session", "clock", "\"sun\"", "sessions[1].clock: must be \"real\"");
    check_refused("session", "started_at", NULL, "sessions[1].started_at: is missing");
    check_refused("session", "seed", "12", "sessions[1].seed: must be text like");
    check_refused("session", "machine", "[]", "sessions[1].machine: must be an object");
    check_refused("session", "build", NULL, "sessions[1].build: must be an object");
    check_refused("scenario", "hash", NULL, "sessions[1].scenario: must have a name and a hash");
    check_refused("session", "settings", "[{\"key\":\"a\"}]", "must have a key and a value");
    check_refused("session", "settings", "7", "sessions[1].settings: must be an array");
    check_refused("session", "gate", "[]", "sessions[1].gate: must be an array of 1 to 5");
    check_refused("session", "gate", "[1,2,3,4,5,6]", "sessions[1].gate: must be an array");
}

TEST(a_gate_is_what_this_program_knows) {
    check_refused("gate", "name", "\"calls.nonsense\"", "sessions[1].gate[1].name: must be a");
    check_refused("gate", "name", NULL, "sessions[1].gate[1].name: must be a");
    check_refused("gate", "unit", "\"bytes\"", "sessions[1].gate[1].unit: is not that");
    check_refused("gate", "better", "\"higher\"", "sessions[1].gate[1].better: is not that");
    check_refused("gate", "values", "[1,2]", "gate[1].values: must be as many as");
    check_refused("gate", "values", "[-1]", "gate[1].values: must be numbers from 0 on");
    check_refused("gate", "values", "[\"often\"]", "gate[1].values: must be numbers from 0 on");
    check_refused("gate", "values", "[]", "gate[1].values: must be an array");
}

TEST(every_cut_is_refused) {
    rs_baseline baseline;
    char *text = sample_text();
    for (size_t length = strlen(text) - 2; length > 0; length -= length > 40 ? 37 : 1) {
        text[length] = 0;
        CHECK_INT(read_text(text, &baseline), RS_ESYNTAX);
        CHECK(strncmp(message, "b.json:", 7) == 0);
        rs_baseline_fini(&baseline);
    }
    free(text);
}

TEST(there_is_an_end_to_sessions) {
    rs_baseline baseline;
    char *text = sample_text(), *end;
    json_t *root = json_loads(text, 0, NULL), *sessions = json_object_get(root, "sessions");
    while (json_array_size(sessions) < 1001)
        json_array_append(sessions, json_array_get(sessions, 0));
    end = json_dumps(root, 0);
    CHECK_INT(read_text(end, &baseline), RS_ESYNTAX);
    CHECK(strstr(message, "sessions: must be an array of 0 to 1000") != NULL);
    rs_baseline_fini(&baseline);
    json_decref(root);
    free(text);
    free(end);
}

TEST(a_full_disk_is_reported) {
    rs_baseline baseline;
    char *text = sample_text();
    CHECK_INT(read_text(text, &baseline), RS_OK);
    FILE *stream = fopen("/dev/full", "w");
    setvbuf(stream, NULL, _IONBF, 0);
    CHECK_INT(rs_baseline_json_write(&baseline, stream), RS_EIO);
    fclose(stream);
    free(text);
    rs_baseline_fini(&baseline);
}

TEST_MAIN()
