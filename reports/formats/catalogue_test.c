/* catalogue_test.c: what holds for every format there is.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/escape.h"
#include "reports/formats/sample.h"
#include "reports/formats/test/consumer.h"
#include "reports/formats/test/hostile.h"

/* Of an existing file, so much is looked at before it is overwritten. */
#define HEAD_BYTES 256u

typedef struct written {
    char *text;
    size_t length;
} written;

static written write_out(const rs_format *format, const rs_result *result) {
    written out;
    out.text = text_of_result(format, result, &out.length);
    return out;
}

static void for_each(void (*check)(const rs_format *format, written out)) {
    rs_result *results[] = {sample_result(), rs_result_create(), hostile_result()};
    for (size_t i = 0; rs_formats[i]; i++)
        for (size_t r = 0; r < sizeof results / sizeof *results; r++) {
            written out = write_out(rs_formats[i], results[r]);
            check(rs_formats[i], out);
            free(out.text);
        }
    for (size_t r = 0; r < sizeof results / sizeof *results; r++) rs_result_destroy(results[r]);
}

static void check_line_end(const rs_format *format, written out) {
    if (out.length == 0 || out.text[out.length - 1] != '\n')
        rs_test_fail(__FILE__, __LINE__, "%s ends within a line", format->name);
}

TEST(every_format_writes_every_result) {
    for_each(check_line_end);
}

TEST(formats_are_found_by_name) {
    for (size_t i = 0; rs_formats[i]; i++)
        CHECK(rs_format_find(rs_formats[i]->name) == rs_formats[i]);
    CHECK(rs_format_find("xls") == NULL);
}

static void check_mark(const rs_format *format, written out) {
    size_t head = out.length < HEAD_BYTES ? out.length : HEAD_BYTES;
    if (format->mark && !memmem(out.text, head, format->mark, strlen(format->mark)))
        rs_test_fail(__FILE__, __LINE__, "%s: no '%s' in its head", format->name, format->mark);
}

/* Whatever the run was called, its file may be overwritten by the next one. */
TEST(the_mark_of_a_format_is_in_its_head) {
    for_each(check_mark);
}

/* A format overwrites its own files only: no head holds the mark of another. */
TEST(no_format_takes_another_for_its_own) {
    rs_result *result = sample_result();
    for (size_t i = 0; rs_formats[i]; i++) {
        written out = write_out(rs_formats[i], result);
        size_t head = out.length < HEAD_BYTES ? out.length : HEAD_BYTES;
        for (size_t k = 0; rs_formats[k]; k++) {
            const char *mark = rs_formats[k]->mark;
            if (k != i && mark && memmem(out.text, head, mark, strlen(mark)))
                rs_test_fail(__FILE__, __LINE__, "%s would overwrite %s", rs_formats[k]->name,
                             rs_formats[i]->name);
        }
        free(out.text);
    }
    rs_result_destroy(result);
}

/* No control characters, which draw on terminals, and no broken UTF-8. JSON, and the page around
 * it, need not escape those of them that are not ASCII's first 32: it is for programs. */
static void check_plain(const rs_format *format, written out) {
    CHECK_INT(strlen(out.text), out.length);
    bool is_json = strcmp(format->extension, "json") == 0 || strcmp(format->extension, "html") == 0;
    uint32_t code = 0;
    size_t length;
    for (const char *at = out.text; (length = rs_escape_next(at, &code)) > 0; at += length) {
        bool plain = code == '\n' || code == '\r' || code >= 0x20;
        bool visible = is_json || code < 0x7f || code >= 0xa0;
        if (!plain || !visible || code == UINT32_MAX)
            rs_test_fail(__FILE__, __LINE__, "%s lets \\x%02x through", format->name, *at & 0xff);
    }
}

TEST(no_format_lets_control_characters_through) {
    for_each(check_plain);
}

TEST(every_format_tells_when_the_device_is_full) {
    rs_result *result = sample_result();
    for (size_t i = 0; rs_formats[i]; i++) {
        FILE *full = fopen("/dev/full", "w");
        setvbuf(full, NULL, _IONBF, 0);
        CHECK_INT(rs_formats[i]->write(result, full), RS_EIO);
        fclose(full);
    }
    rs_result_destroy(result);
}

TEST_MAIN()
