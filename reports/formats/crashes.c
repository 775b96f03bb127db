/* crashes.c: crash reports as JSON lines. Keys are OTP's words where OTP has one.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/crashes.h"

#include "reports/formats/fields.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

const char *rs_crashes_kind(uint32_t kind) {
    static const char *const words[] = {"message", "cast", "call", "EXIT", "DOWN"};
    return kind < sizeof words / sizeof *words ? words[kind] : "message";
}

const char *rs_crashes_signal(int signal) {
    switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGABRT: return "SIGABRT";
    default: return NULL;
    }
}

/* ------------------------------------------------------------------ members; nothing is left out
 */

static void put_text(json_t *object, const char *key, const char *text) {
    if (text && *text) json_object_set_new(object, key, rs_fields_text(text));
}

/* Reports lie where a process that went wild could write: no text is trusted to end, and no count
 * to be one that was written. */
#define PUT_CHARS(OBJECT, KEY, CHARS) put_chars(OBJECT, KEY, CHARS, sizeof(CHARS))

static void put_chars(json_t *object, const char *key, const char *chars, size_t size) {
    char text[RS_CRASH_STATE_BYTES + 1];
    size_t length = strnlen(chars, size < sizeof text ? size : sizeof text - 1);
    memcpy(text, chars, length);
    text[length] = 0;
    put_text(object, key, text);
}

static uint32_t at_most(uint32_t count, uint32_t most) {
    return count < most ? count : most;
}

static void put_number(json_t *object, const char *key, uint64_t value) {
    if (value) json_object_set_new(object, key, rs_fields_u64(value));
}

static void put_flag(json_t *object, const char *key, bool flag) {
    if (flag) json_object_set_new(object, key, json_true());
}

static void put_time(json_t *object, int64_t time_ns) {
    json_object_set_new(object, "t_ns", json_integer(time_ns));
}

/* As terms print it: index and generation. */
static void put_pid(json_t *object, const char *key, uint64_t pid) {
    char text[40];
    snprintf(text, sizeof text, "<%" PRIu64 ".%" PRIu64 ">", pid >> 4 & 0xfffffff, pid >> 32);
    if (pid) json_object_set_new(object, key, json_string(text));
}

static void put_array(json_t *object, const char *key, json_t *array) {
    if (json_array_size(array))
        json_object_set_new(object, key, array);
    else
        json_decref(array);
}

/* ------------------------------------------------------------------ parts */

static json_t *message_json(const rs_crash_message *message) {
    json_t *object = json_object();
    put_text(object, "kind", rs_crashes_kind(message->kind));
    PUT_CHARS(object, "type", message->type);
    put_pid(object, "from", message->from);
    put_number(object, "bytes", message->bytes);
    PUT_CHARS(object, "term", message->term);
    return object;
}

static void put_messages(json_t *object, const char *key, const rs_crash_message *messages,
                         uint32_t count) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < count; i++) json_array_append_new(array, message_json(&messages[i]));
    put_array(object, key, array);
}

static void put_links(json_t *object, const rs_crashes_line *line) {
    json_t *array = json_array();
    uint32_t count = at_most(line->report->link_count, RS_CRASH_LINKS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const rs_crash_link *link = &line->report->links[i];
        json_t *one = json_object();
        put_pid(one, "pid", link->pid);
        put_text(one, "role", line->links[i]);
        PUT_CHARS(one, "registered_name", link->name);
        json_array_append_new(array, one);
    }
    put_array(object, "links", array);
}

static void put_ends(json_t *object, const rs_crashes_line *line) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < line->end_count; i++) {
        json_t *one = json_object();
        put_time(one, line->ends[i].time_ns);
        put_number(one, "incarnation", line->ends[i].incarnation);
        put_text(one, "reason", line->ends[i].reason);
        json_array_append_new(array, one);
    }
    put_number(object, "ended_before", line->ended);
    put_array(object, "ends", array);
}

static void put_frames(json_t *object, const rs_crashes_line *line) {
    const rs_crash_frames *frames = &line->report->frames;
    json_t *array = json_array();
    char address[24];
    put_text(object, "signal", rs_crashes_signal(frames->signal));
    snprintf(address, sizeof address, "0x%" PRIx64, frames->address);
    if (frames->signal == SIGSEGV || frames->signal == SIGBUS) put_text(object, "address", address);
    uint32_t count = at_most(frames->count, RS_CRASH_FRAMES_MAX);
    for (uint32_t i = 0; i < count; i++)
        if (line->frames[i]) json_array_append_new(array, rs_fields_text(line->frames[i]));
    put_array(object, "backtrace", array);
}

static void put_process(json_t *object, const rs_crashes_line *line) {
    const rs_crash_report *report = line->report;
    put_pid(object, "pid", report->pid);
    PUT_CHARS(object, "registered_name", report->name);
    PUT_CHARS(object, "module", report->module);
    put_text(object, "initial_call", line->entry);
    put_pid(object, "parent", report->parent);
    put_pid(object, "group", report->group);
    put_flag(object, "starting", report->starting);
    put_flag(object, "interrupted", report->interrupted);
    put_flag(object, "trap_exit", report->trap_exit);
    put_number(object, "cause", line->cause);
    put_text(object, "fault", line->fault);
}

static void put_messages_of(json_t *object, const rs_crash_report *report) {
    if (report->has_message)
        json_object_set_new(object, "last_message", message_json(&report->message));
    put_messages(object, "messages_before", report->recent,
                 at_most(report->recent_count, RS_CRASH_RECENT_MAX));
    put_number(object, "message_queue_len", report->queued);
    put_messages(object, "messages", report->queue,
                 at_most(report->queue_count, RS_CRASH_QUEUE_MAX));
    PUT_CHARS(object, "state", report->state);
}

static void put_relations(json_t *object, const rs_crashes_line *line) {
    put_number(object, "linked", line->report->linked);
    put_links(object, line);
    put_number(object, "monitors", line->report->monitors);
    put_number(object, "monitored_by", line->report->monitored_by);
    put_number(object, "arena_bytes", line->report->arena_bytes);
    put_number(object, "arena_limit_bytes", line->report->arena_limit_bytes);
}

/* ------------------------------------------------------------------ lines */

static rs_err write_line(FILE *stream, json_t *object) {
    int failed = json_dumpf(object, stream, JSON_COMPACT);
    json_decref(object);
    return failed || fputc('\n', stream) == EOF ? RS_EIO : RS_OK;
}

rs_err rs_crashes_begin(FILE *stream, const rs_crashes_header *header) {
    json_t *object = json_object();
    char seed[24];
    snprintf(seed, sizeof seed, "0x%" PRIx64, header->seed);
    put_text(object, "format", RS_CRASHES_FORMAT);
    put_text(object, "scenario", header->scenario);
    put_text(object, "seed", seed);
    put_text(object, "clock", header->clock);
    return write_line(stream, object);
}

rs_err rs_crashes_add(FILE *stream, const rs_crashes_line *line) {
    json_t *object = json_object();
    put_time(object, line->time_ns);
    PUT_CHARS(object, "reason", line->report->reason);
    put_text(object, "role", line->role);
    put_number(object, "incarnation", line->incarnation);
    put_flag(object, "native", line->report->native);
    put_process(object, line);
    put_messages_of(object, line->report);
    put_frames(object, line);
    put_relations(object, line);
    put_ends(object, line);
    return write_line(stream, object);
}

rs_err rs_crashes_count(FILE *stream, const char *reason, uint64_t count, uint64_t told) {
    json_t *object = json_object();
    put_text(object, "reason", reason);
    json_object_set_new(object, "count", rs_fields_u64(count));
    json_object_set_new(object, "told", rs_fields_u64(told));
    return write_line(stream, object);
}
