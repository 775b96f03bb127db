/* events_load.c: reads respawn.events/1.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/events_load.h"

#include "reports/formats/escape.h"
#include "reports/formats/fields.h"
#include "reports/restarts.h"
#include "reports/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Of a whole line that may have been cut, this much is looked at. */
#define HEAD_BYTES 256u

typedef struct rs_events_load_state {
    const char *name;
    FILE *problems;
    rs_result *result;
    rs_restarts *restarts;
    const char *runtime; /* who tells the story; NULL: it is not said */
    uint64_t line, told, unknown;
    int64_t last_ns;
    uint32_t problem_count;
    bool torn;
    char text[RS_EVENTS_LOAD_LINE_MAX];
} rs_events_load_state;

bool rs_events_load_is(const char *line) {
    return memmem(line, strnlen(line, HEAD_BYTES), RS_EVENTS_MARK, strlen(RS_EVENTS_MARK)) != NULL;
}

/* ------------------------------------------------------------------ problems */

static void tell(rs_events_load_state *load, uint64_t line, const char *why) {
    char safe[8 * 1024 + 1];
    if (load->problem_count++ >= RS_EVENTS_LOAD_PROBLEMS_MAX) return;
    rs_escape_terminal(why, safe, sizeof safe);
    fprintf(load->problems, "%s:%" PRIu64 ": %s\n", load->name, line, safe);
    if (load->problem_count == RS_EVENTS_LOAD_PROBLEMS_MAX)
        fprintf(load->problems, "%s: that is enough; what follows has not been read\n", load->name);
}

static void take_refusal(void *context, uint64_t line, const char *why) {
    tell(context, line, why);
}

__attribute__((format(printf, 2, 3))) static bool refuse(rs_events_load_state *load,
                                                         const char *format, ...) {
    char why[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    tell(load, load->line, why);
    return false;
}

/* ------------------------------------------------------------------ values */

static bool get_text(rs_events_load_state *load, const json_t *object, const char *key,
                     const char **text) {
    const json_t *value = json_object_get(object, key);
    *text = json_string_value(value);
    if (value && !*text) return refuse(load, "\"%s\" must be a text", key);
    return true;
}

static bool get_number(rs_events_load_state *load, const json_t *object, const char *key,
                       uint64_t most, uint64_t *number) {
    const json_t *value = json_object_get(object, key);
    *number = 0;
    if (!value || (rs_fields_get_u64(value, number) && *number <= most)) return true;
    return refuse(load, "\"%s\" must be a whole number from 0 to %" PRIu64, key, most);
}

static bool get_time(rs_events_load_state *load, const json_t *object, int64_t *time_ns) {
    const json_t *value = json_object_get(object, "t_ns");
    if (!value) return refuse(load, "\"t_ns\" is missing: nanoseconds since t = 0");
    if (!json_is_integer(value)) return refuse(load, "\"t_ns\" must be a whole number");
    *time_ns = json_integer_value(value);
    return true;
}

static bool get_stop(rs_events_load_state *load, const json_t *object, uint32_t *stop) {
    static const char *const words[] = {
        [RS_STOP_SHUTDOWN] = "shutdown",
        [RS_STOP_SIBLING] = "sibling",
        [RS_STOP_ESCALATION] = "escalation",
    };
    const char *text;
    if (!get_text(load, object, "stop", &text)) return false;
    for (uint32_t i = 0; text && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0) *stop = 1 + i;
    if (*stop) return true;
    return refuse(load, "\"stop\" must be \"shutdown\", \"sibling\" or \"escalation\"");
}

/* RS_EVENT_COUNT: none that this version knows. */
static rs_event_kind find_kind(const char *word) {
    for (uint32_t kind = 0; kind < RS_EVENT_COUNT; kind++)
        if (strcmp(rs_event_word((rs_event_kind)kind), word) == 0) return (rs_event_kind)kind;
    return RS_EVENT_COUNT;
}

/* ------------------------------------------------------------------ events */

/* What an event needs beside the time and its role. */
static bool is_complete(rs_events_load_state *load, const json_t *object,
                        rs_restarts_event *event) {
    uint64_t init_ns;
    if (event->kind == RS_EVENT_FAULT && event->cause == 0)
        return refuse(load, "a fault needs a \"cause\": its number, from 1, which all that follows "
                            "from it has as well");
    if (event->kind == RS_EVENT_STOPPING) return get_stop(load, object, &event->stop);
    if (!get_number(load, object, "init_ns", INT64_MAX, &init_ns)) return false;
    if (init_ns && (int64_t)init_ns > event->time_ns)
        return refuse(load, "init was entered (\"init_ns\" %" PRIu64 ") after it had returned",
                      init_ns);
    return true;
}

static bool get_event(rs_events_load_state *load, const json_t *object, rs_restarts_event *event) {
    uint64_t cause;
    if (!get_time(load, object, &event->time_ns) || !get_text(load, object, "role", &event->role) ||
        !get_text(load, object, "fault", &event->fault) ||
        !get_number(load, object, "incarnation", UINT32_MAX, &event->incarnation) ||
        !get_number(load, object, "cause", UINT32_MAX, &cause))
        return false;
    event->cause = (uint32_t)cause;
    if (!event->role || !*event->role)
        return refuse(load, "\"role\" is missing: the path of whom the event is about");
    return is_complete(load, object, event);
}

static void take_object(rs_events_load_state *load, const json_t *object) {
    rs_restarts_event event = {.line = load->line};
    const char *word;
    if (json_object_get(object, "call")) return; /* a client's; no event of the story */
    if (!get_text(load, object, "event", &word)) return;
    if (!word) {
        refuse(load, "\"event\" is missing: \"fault\", \"exit\", \"noticed\", \"started\", "
                     "\"reachable\", \"served\", …");
        return;
    }
    event.kind = find_kind(word);
    if (event.kind == RS_EVENT_COUNT) {
        load->unknown++;
    } else if (get_event(load, object, &event)) {
        load->told++;
        if (load->told == 1 || event.time_ns > load->last_ns) load->last_ns = event.time_ns;
        rs_restarts_add(load->restarts, &event);
    }
}

/* ------------------------------------------------------------------ lines */

static json_t *parse(rs_events_load_state *load, const char *text, bool is_whole) {
    json_error_t error;
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(object)) return object;
    if (!object && !is_whole)
        load->torn = true;
    else if (!object)
        refuse(load, "no JSON: %s, near column %d", error.text, error.column);
    else
        refuse(load, "must be an object, {…}");
    json_decref(object);
    return NULL;
}

/* False at the end, and where it makes no sense to go on. */
static bool next_line(rs_events_load_state *load, FILE *stream, bool *is_whole) {
    errno = 0;
    if (!fgets(load->text, sizeof load->text, stream)) {
        if (ferror(stream)) refuse(load, "cannot be read: %s", strerror(errno));
        return false;
    }
    load->line++;
    size_t length = strlen(load->text);
    *is_whole = length && load->text[length - 1] == '\n';
    if (*is_whole || feof(stream)) return true;
    return refuse(load, "is longer than %u bytes, or has a NUL in it", RS_EVENTS_LOAD_LINE_MAX - 2);
}

static void take_lines(rs_events_load_state *load, FILE *stream) {
    for (bool is_whole;
         load->problem_count < RS_EVENTS_LOAD_PROBLEMS_MAX && next_line(load, stream, &is_whole);) {
        json_t *object = parse(load, load->text, is_whole);
        if (object) take_object(load, object);
        json_decref(object);
    }
}

/* ------------------------------------------------------------------ the header */

static bool check_format(rs_events_load_state *load, const json_t *object) {
    const char *format = json_string_value(json_object_get(object, "format"));
    size_t length = strlen(RS_EVENTS_FORMAT);
    if (format && strncmp(format, RS_EVENTS_FORMAT, length) == 0 &&
        (format[length] == 0 || format[length] == '.'))
        return true;
    return refuse(load, "the first line must have \"format\":\"" RS_EVENTS_FORMAT "\"");
}

/* What a scheme of random streams is worth is known of ours alone. */
static bool take_header(rs_events_load_state *load, const json_t *object) {
    static const rs_field fields[] = {
        {.key = "scenario", .type = RS_FIELD_TEXT, .offset = offsetof(rs_result, scenario)},
        {.key = "seed", .type = RS_FIELD_HEX, .offset = offsetof(rs_result, seed)},
        {.key = "clock", .type = RS_FIELD_TEXT, .offset = offsetof(rs_result, clock)},
        {.key = "scheduler", .type = RS_FIELD_TEXT, .offset = offsetof(rs_result, scheduler)},
        {.key = "threads", .type = RS_FIELD_U64, .offset = offsetof(rs_result, threads)},
        {.key = "t0", .type = RS_FIELD_TEXT, .offset = offsetof(rs_result, started_at)},
        {.key = NULL},
    };
    rs_reader reader = {.result = load->result, .texts = &load->result->texts};
    const char *runtime;
    if (!check_format(load, object) || !get_text(load, object, "runtime", &runtime)) return false;
    if (!rs_fields_read(&reader, object, fields, load->result))
        return refuse(load, "%s", reader.message);
    load->runtime = rs_result_text(load->result, runtime);
    if (!runtime || strcmp(runtime, "respawn") != 0) load->result->stream_scheme = NULL;
    return true;
}

static bool read_header(rs_events_load_state *load, const char *first) {
    load->line = 1;
    json_t *object = parse(load, first, true);
    bool read = object && take_header(load, object);
    json_decref(object);
    return read;
}

/* ------------------------------------------------------------------ the result */

static void conclude(rs_events_load_state *load) {
    rs_result *result = load->result;
    result->status = load->torn ? RS_RESULT_ABORTED : RS_RESULT_COMPLETE;
    result->reason = load->torn ? "its last line is cut off, so the story is not whole"
                                : "nothing is expected of events";
    result->about =
        rs_result_print(result, "Told by %s in %" PRIu64 " event%s.",
                        load->runtime ? load->runtime : "a runtime that does not say its name",
                        load->told, load->told == 1 ? "" : "s");
    if (load->told && load->last_ns > 0) result->elapsed_ns = (uint64_t)load->last_ns;
    if (load->unknown)
        rs_result_add_note(result, rs_result_print(result,
                                                   "%" PRIu64 " events are of kinds that this "
                                                   "version does not know",
                                                   load->unknown));
    rs_restarts_put(load->restarts, result);
}

static void read_story(rs_events_load_state *load, FILE *stream, const char *first) {
    if (!read_header(load, first)) return;
    take_lines(load, stream);
    rs_restarts_end(load->restarts);
    if (load->problem_count == 0) conclude(load);
}

rs_err rs_events_load(FILE *stream, const char *first, const char *name, FILE *problems,
                      rs_result **result) {
    rs_events_load_state *load = rs_rows_alloc(sizeof *load);
    load->name = name;
    load->problems = problems;
    load->result = rs_result_create_bare();
    load->restarts = rs_restarts_create(take_refusal, load);
    read_story(load, stream, first);
    bool fine = load->problem_count == 0;
    if (fine)
        *result = load->result;
    else
        rs_result_destroy(load->result);
    rs_restarts_destroy(load->restarts);
    free(load);
    if (fine) return RS_OK;
    return ferror(stream) ? RS_EIO : RS_ESYNTAX;
}
