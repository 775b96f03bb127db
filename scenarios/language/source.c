/* source.c: the bytes of a scenario file.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/source.h"

#include "scenarios/language/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t hash_bytes(const char *bytes, size_t length) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return hash;
}

static void advance(rs_place *place, char first) {
    bool is_newline = first == '\n';
    place->line += is_newline;
    place->column = is_newline ? 1 : place->column + 1;
}

static bool is_allowed_control(char c) {
    return c == '\n' || c == '\r' || c == '\t';
}

/* check_text finds the first byte that is no text. One is enough: the rest would be noise. */
static bool check_text(const rs_source *source, rs_diagnostics *diagnostics) {
    rs_place place = {source->file, 1, 1};
    for (size_t at = 0, step; at < source->length; at += step) {
        const char *text = source->bytes + at;
        step = rs_utf8_step(text, source->length - at);
        if (!step) {
            rs_diagnostic_add(diagnostics, place, "byte 0x%02x is not UTF-8", (unsigned char)*text);
            return false;
        }
        if (rs_utf8_is_control(text, step) && !is_allowed_control(*text)) {
            rs_diagnostic_add(diagnostics, place, "control character 0x%02x in a text file",
                              (unsigned char)text[step - 1]);
            return false;
        }
        advance(&place, *text);
    }
    return true;
}

bool rs_source_check(const char *file, const char *bytes, size_t length,
                     rs_diagnostics *diagnostics, rs_source *source) {
    rs_place whole = {file, 0, 0};
    *source = (rs_source){file, bytes, length, hash_bytes(bytes, length)};
    if (length == 0) rs_diagnostic_add(diagnostics, whole, "the file is empty");
    if (length > RS_SOURCE_BYTES_MAX)
        rs_diagnostic_add(diagnostics, whole, "larger than 8 MiB: this is no scenario");
    if (length == 0 || length > RS_SOURCE_BYTES_MAX) return false;
    if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        source->bytes += 3;
        source->length -= 3;
    }
    return check_text(source, diagnostics);
}

/* read_all reads up to one byte beyond the limit; -1 with errno set when it cannot. */
static ssize_t read_all(int file, char *bytes, size_t size) {
    size_t used = 0;
    while (used < size) {
        ssize_t got = read(file, bytes + used, size - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        used += (size_t)got;
    }
    return (ssize_t)used;
}

static bool fail(rs_diagnostics *diagnostics, const char *path) {
    const char *why = errno == ENOENT   ? "no such file"
                      : errno == EISDIR ? "is a directory, not a scenario file"
                                        : strerror(errno);
    rs_diagnostic_add(diagnostics, (rs_place){path, 0, 0}, "%s", why);
    return false;
}

bool rs_source_read(const char *path, rs_plan_memory *memory, rs_diagnostics *diagnostics,
                    rs_source *source) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail(diagnostics, path);
    struct stat about;
    bool is_sized = fstat(file, &about) == 0 && S_ISREG(about.st_mode);
    size_t size = RS_SOURCE_BYTES_MAX + 1; /* pipes have no size */
    if (is_sized && about.st_size < RS_SOURCE_BYTES_MAX) size = (size_t)about.st_size + 1;
    char *bytes = rs_plan_memory_take(memory, size);
    ssize_t length = read_all(file, bytes, size);
    int saved = errno;
    close(file);
    errno = saved;
    if (length < 0) return fail(diagnostics, path);
    return rs_source_check(path, bytes, (size_t)length, diagnostics, source);
}
