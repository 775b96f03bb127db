/* consumer.h: what is written goes to the programs that it is for, and what they understood comes
 * back.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONSUMER_H
#define RS_CONSUMER_H

#include "reports/formats/format.h"
#include "reports/rows.h"
#include "runtime/base/test/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

/* Debian's own, since its modules are for it alone: another may stand before it in PATH. */
#define PYTHON "/usr/bin/python3 -B "

/* What `format` writes of `result`, `*length` bytes; NULL: nobody asks. Owner: free() it. */
static inline char *text_of_result(const rs_format *format, const rs_result *result,
                                   size_t *length) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    CHECK_INT(format->write(result, stream), RS_OK);
    fclose(stream);
    if (length) *length = bytes;
    return text;
}

/* Writes `result` to a new file; its path is left in `path`. */
static inline void write_result(const rs_format *format, const rs_result *result, char path[32]) {
    strcpy(path, "/tmp/respawn-test.XXXXXX");
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    FILE *file = fdopen(fd, "w");
    CHECK_INT(format->write(result, file), RS_OK);
    CHECK_INT(fclose(file), 0);
}

/* What `command`, a shell's, prints; it must end with 0. Owner: free() it. */
static inline char *read_from(const char *command) {
    char *text = NULL;
    size_t length = 0;
    FILE *pipe = popen(command, "r"), *copy = open_memstream(&text, &length);
    CHECK(pipe && copy);
    for (int c; (c = getc(pipe)) != EOF;) putc(c, copy);
    fclose(copy);
    int status = pclose(pipe);
    if (status != 0) rs_test_fail(__FILE__, __LINE__, "%s: status %d\n%s", command, status, text);
    return text;
}

/* What `command` prints of the file "$FILE", which holds `result`. Owner: free() it. */
static inline char *consume(const rs_format *format, const rs_result *result, const char *command) {
    char path[32];
    write_result(format, result, path);
    setenv("FILE", path, 1);
    char *text = read_from(command);
    unlink(path);
    return text;
}

/* The same as JSON. Owner: json_decref it. */
static inline json_t *consume_json(const rs_format *format, const rs_result *result,
                                   const char *command) {
    json_error_t error;
    char *text = consume(format, result, command);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) rs_test_fail(__FILE__, __LINE__, "%s in:\n%s", error.text, text);
    free(text);
    return json;
}

/* The text `key` of `object`; "(none)" when there is none. */
static inline const char *text_in(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "(none)";
}

/* The number `key` of `object`, which must be there. */
static inline double number_in(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value)) rs_test_fail(__FILE__, __LINE__, "no number '%s'", key);
    return json_number_value(value);
}

#endif
