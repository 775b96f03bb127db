/* wrap.c: long lines for people.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/wrap.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS 80u
/* Narrower, and there is no room behind the indent. */
#define COLUMNS_MIN 40u
/* Where the plan's words end, and what they stand before begins. */
#define WORDS 9u
#define HANG  2u

uint32_t rs_wrap_width(FILE *out) {
    struct winsize size;
    bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    if (!known) return COLUMNS;
    return size.ws_col < COLUMNS_MIN ? COLUMNS_MIN : size.ws_col;
}

/* A character is a byte that goes on none. */
static uint32_t columns_of(const char *text, size_t bytes) {
    uint32_t columns = 0;
    for (size_t i = 0; i < bytes; i++) columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

static size_t skip_word(const char *text) {
    size_t spaces = strspn(text, " ");
    return spaces + strcspn(text + spaces, " ");
}

/* How many bytes fit into `columns`: whole words, at least one. */
static size_t fitting(const char *text, uint32_t columns) {
    size_t bytes = skip_word(text);
    for (size_t more; text[bytes]; bytes += more) {
        more = skip_word(text + bytes);
        if (columns_of(text, bytes + more) > columns) break;
    }
    return bytes;
}

void rs_wrap_put(const char *line, uint32_t width, FILE *out) {
    uint32_t begin = (uint32_t)strspn(line, " ");
    uint32_t indent = (begin ? begin : WORDS) + HANG;
    size_t bytes = fitting(line, width);
    fprintf(out, "%.*s\n", (int)bytes, line);
    for (line += bytes; line[strspn(line, " ")]; line += bytes) {
        line += strspn(line, " ");
        bytes = fitting(line, width > indent ? width - indent : 1);
        fprintf(out, "%*s%.*s\n", (int)indent, "", (int)bytes, line);
    }
}
