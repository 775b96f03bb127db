/* events.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/events.h"

#include "reports/formats/escape.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Three escaped texts at six bytes a byte, and the keys and numbers around them. */
#define LINE_BYTES_MAX (4u * 6u * RS_EVENTS_TEXT_MAX + 1000u)
_Static_assert(LINE_BYTES_MAX < RS_EVENTS_BUFFER_BYTES, "a line fits the empty buffer");

static void append(rs_events *events, const char *bytes, size_t length) {
    memcpy(events->buffer + events->used, bytes, length);
    events->used += length;
}

#define APPEND(EVENTS, LITERAL) append(EVENTS, LITERAL, sizeof(LITERAL) - 1)

static void append_u64(rs_events *events, uint64_t value) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
    } while ((value /= 10) > 0);
    append(events, digits + at, sizeof digits - at);
}

static void append_i64(rs_events *events, int64_t value) {
    if (value < 0) APPEND(events, "-");
    append_u64(events, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void append_hex(rs_events *events, uint64_t value) {
    char digits[16];
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdef"[value % 16];
    } while ((value /= 16) > 0);
    append(events, digits + at, sizeof digits - at);
}

static bool needs_escape(const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at >= 0x7f || *at == '"' || *at == '\\') return true;
    return false;
}

/* Plain ASCII, which nearly all roles and reasons are, is copied as it is. */
static void append_text(rs_events *events, const char *text) {
    size_t length = strnlen(text, RS_EVENTS_TEXT_MAX + 1);
    APPEND(events, "\"");
    if (length <= RS_EVENTS_TEXT_MAX && !needs_escape(text)) {
        append(events, text, length);
    } else {
        char *to = events->buffer + events->used;
        events->used += rs_escape_json(text, to, 6 * RS_EVENTS_TEXT_MAX);
    }
    APPEND(events, "\"");
}

static void append_key_text(rs_events *events, const char *key, const char *text) {
    if (!text) return;
    append(events, key, strlen(key));
    append_text(events, text);
}

static void append_key_count(rs_events *events, const char *key, uint64_t value) {
    if (value == 0) return;
    append(events, key, strlen(key));
    append_u64(events, value);
}

static void append_key_hex(rs_events *events, const char *key, uint64_t value) {
    append(events, key, strlen(key));
    APPEND(events, "\"0x");
    append_hex(events, value);
    APPEND(events, "\"");
}

static void append_key_time(rs_events *events, const char *key, int64_t value) {
    append(events, key, strlen(key));
    append_i64(events, value);
}

static void append_key_event(rs_events *events, const char *key, rs_event_kind event) {
    append_key_text(events, key, rs_event_word(event));
}

static void make_room(rs_events *events) {
    if (events->used + LINE_BYTES_MAX > RS_EVENTS_BUFFER_BYTES) rs_events_flush(events);
}

static void end_line(rs_events *events) {
    APPEND(events, "}\n");
    events->lines++;
}

void rs_events_init(rs_events *events, int fd, const rs_events_header *header) {
    events->fd = fd;
    events->error = 0;
    events->used = 0;
    events->lines = 0;
    APPEND(events, "{\"format\":\"" RS_EVENTS_FORMAT "\"");
#define X(TYPE, KEY, MEMBER, ABOUT) append_key_##TYPE(events, ",\"" KEY "\":", header->MEMBER);
    RS_EVENTS_HEADER_KEYS(X)
#undef X
    end_line(events);
}

void rs_events_add(rs_events *events, const rs_events_line *line) {
    make_room(events);
    size_t begin = events->used;
#define X(TYPE, KEY, MEMBER, ABOUT) append_key_##TYPE(events, ",\"" KEY "\":", line->MEMBER);
    RS_EVENTS_LINE_KEYS(X)
#undef X
    events->buffer[begin] = '{'; /* where the first key has its comma */
    end_line(events);
}

#define CALL ",\"call\":"

void rs_events_add_call(rs_events *events, const rs_events_call *call) {
    make_room(events);
    APPEND(events, "{\"t_ns\":");
    append_i64(events, call->time_ns);
    append_key_text(events, CALL, call->load);
    append_key_count(events, ",\"client\":", call->client);
    append_key_text(events, ",\"reason\":", call->reason);
    end_line(events);
}

bool rs_events_is_call(const char *line) {
    static const char begin[] = "{\"t_ns\":";
    if (strncmp(line, begin, sizeof begin - 1) != 0) return false;
    line += sizeof begin - 1;
    return strncmp(line + strspn(line, "-0123456789"), CALL, sizeof CALL - 1) == 0;
}

static void write_all(rs_events *events) {
    size_t done = 0;
    while (done < events->used && !events->error) {
        ssize_t written = write(events->fd, events->buffer + done, events->used - done);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR)
            events->error = written == 0 ? ENOSPC : errno;
    }
}

rs_err rs_events_flush(rs_events *events) {
    write_all(events);
    events->used = 0; /* after an error there is nowhere to put it */
    return events->error ? RS_EIO : RS_OK;
}
