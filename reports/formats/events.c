/* events.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/events.h"

#include "reports/formats/escape.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
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

/* A text of RS_EVENTS_TEXT_MAX bytes at most. */
static void append_escaped(rs_events *events, const char *text) {
    char *to = events->buffer + events->used;
    events->used += rs_escape_json(text, to, 6 * RS_EVENTS_TEXT_MAX + 1);
}

/* A longer one; not amid a character. */
static void append_cut(rs_events *events, const char *text) {
    char cut[RS_EVENTS_TEXT_MAX + 1];
    size_t length = RS_EVENTS_TEXT_MAX;
    for (int i = 0; i < 3 && ((unsigned char)text[length] & 0xc0) == 0x80; i++) length--;
    memcpy(cut, text, length);
    cut[length] = 0;
    append_escaped(events, cut);
}

/* Plain ASCII, which nearly all roles and reasons are, is copied as it is. */
static void append_text(rs_events *events, const char *text) {
    size_t length = strnlen(text, RS_EVENTS_TEXT_MAX + 1);
    APPEND(events, "\"");
    if (length > RS_EVENTS_TEXT_MAX)
        append_cut(events, text);
    else if (needs_escape(text))
        append_escaped(events, text);
    else
        append(events, text, length);
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

static void end_line(rs_events *events) {
    APPEND(events, "}\n");
    events->lines++;
}

void rs_events_init(rs_events *events, int fd, const rs_events_header *header) {
    struct stat info;
    events->fd = fd;
    events->may_wait = fstat(fd, &info) == 0 && !S_ISREG(info.st_mode);
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
    rs_events_make_room(events, RS_EVENTS_FOREVER);
    size_t begin = events->used;
#define X(TYPE, KEY, MEMBER, ABOUT) append_key_##TYPE(events, ",\"" KEY "\":", line->MEMBER);
    RS_EVENTS_LINE_KEYS(X)
#undef X
    events->buffer[begin] = '{'; /* where the first key has its comma */
    end_line(events);
}

#define CALL ",\"call\":"

void rs_events_add_call(rs_events *events, const rs_events_call *call) {
    rs_events_make_room(events, RS_EVENTS_FOREVER);
    APPEND(events, "{\"t_ns\":");
    append_i64(events, call->time_ns);
    append_key_text(events, CALL, call->load);
    APPEND(events, ",\"client\":"); /* the first is 0 */
    append_u64(events, call->client);
    append_key_text(events, ",\"reason\":", call->reason);
    end_line(events);
}

bool rs_events_is_call(const char *line) {
    static const char begin[] = "{\"t_ns\":";
    if (strncmp(line, begin, sizeof begin - 1) != 0) return false;
    line += sizeof begin - 1;
    return strncmp(line + strspn(line, "-0123456789"), CALL, sizeof CALL - 1) == 0;
}

/* ------------------------------------------------------------------ writing */

/* What goes wrong is for write(2) to tell. */
static bool is_ready(const rs_events *events, int wait_ms) {
    struct pollfd fd = {.fd = events->fd, .events = POLLOUT};
    int ready = 1;
    while (events->may_wait && (ready = poll(&fd, 1, wait_ms)) < 0 && errno == EINTR) continue;
    return ready != 0;
}

/* A pipe that is ready takes a page without waiting; whole lines if one ends there. */
static size_t count_next(const rs_events *events, size_t done) {
    size_t left = events->used - done;
    const char *begin = events->buffer + done;
    if (!events->may_wait || left <= PIPE_BUF) return left;
    const char *end = memrchr(begin, '\n', PIPE_BUF);
    return end ? (size_t)(end - begin) + 1 : PIPE_BUF;
}

static size_t write_next(rs_events *events, size_t done) {
    ssize_t written = write(events->fd, events->buffer + done, count_next(events, done));
    if (written > 0) return (size_t)written;
    if (written == 0 || errno != EINTR) events->error = written == 0 ? ENOSPC : errno;
    return 0;
}

bool rs_events_write(rs_events *events, int wait_ms) {
    size_t done = 0;
    while (done < events->used && !events->error && is_ready(events, wait_ms)) {
        done += write_next(events, done);
        if (wait_ms != RS_EVENTS_FOREVER) wait_ms = 0;
    }
    if (events->error) done = events->used; /* there is nowhere to put it */
    events->used -= done;
    memmove(events->buffer, events->buffer + done, events->used);
    return events->used == 0;
}

static bool has_room(const rs_events *events) {
    return events->used + LINE_BYTES_MAX <= RS_EVENTS_BUFFER_BYTES;
}

bool rs_events_make_room(rs_events *events, int wait_ms) {
    if (!has_room(events)) rs_events_write(events, wait_ms);
    return has_room(events);
}

rs_err rs_events_flush(rs_events *events) {
    rs_events_write(events, RS_EVENTS_FOREVER);
    return events->error ? RS_EIO : RS_OK;
}
