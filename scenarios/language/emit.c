/* emit.c: a document as YAML again.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/emit.h"

#include "scenarios/language/utf8.h"

#include <string.h>

/* What one line may have behind its key. */
#define LINE_MAX 96u

/* ------------------------------------------------------------------ scalars */

/* Plain scalars come from plain ones, so only what means something inside of brackets counts. */
static bool stays_plain(const rs_document_node *scalar) {
    return scalar->plain && *scalar->text && !strpbrk(scalar->text, ",[]{}?:\"'#\n");
}

/* The rest of what YAML reads as a break or as no text at all; all of three bytes. */
static unsigned is_unreadable(const char *text) {
    static const struct {
        const char *bytes;
        unsigned code;
    } all[] = {{"\xe2\x80\xa8", 0x2028},
               {"\xe2\x80\xa9", 0x2029},
               {"\xef\xbb\xbf", 0xfeff},
               {"\xef\xbf\xbe", 0xfffe},
               {"\xef\xbf\xbf", 0xffff}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strncmp(text, all[i].bytes, 3) == 0) return all[i].code;
    return 0;
}

/* Writes the character at `text` and returns its length. */
static size_t emit_character(const char *text, FILE *out) {
    size_t step = rs_utf8_step(text, strlen(text));
    unsigned code = is_unreadable(text);
    if (step && rs_utf8_is_control(text, step)) code = (unsigned char)text[step - 1];
    if (*text == '"' || *text == '\\') fputc('\\', out);
    if (*text == '\n')
        fputs("\\n", out);
    else if (*text == '\t')
        fputs("\\t", out);
    else if (code)
        fprintf(out, "\\u%04X", code);
    else
        fwrite(text, 1, step ? step : 1, out);
    return step ? step : 1;
}

static void emit_quoted(const char *text, FILE *out) {
    fputc('"', out);
    while (*text) text += emit_character(text, out);
    fputc('"', out);
}

static void emit_scalar(const rs_document_node *scalar, FILE *out) {
    if (stays_plain(scalar))
        fputs(scalar->text, out);
    else
        emit_quoted(scalar->text, out);
}

static void emit_key(const char *key, FILE *out) {
    size_t length = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    if (*key && !key[length])
        fputs(key, out);
    else
        emit_quoted(key, out);
    fputc(':', out);
}

/* ------------------------------------------------------------------ on one line */

/* The width of `node` on one line, at most one more than LINE_MAX. */
static size_t width_of(const rs_document_node *node) {
    if (node->kind == RS_DOCUMENT_SCALAR) return strlen(node->text) + (stays_plain(node) ? 0 : 2);
    size_t width = 4;
    for (uint32_t i = 0; i < node->count && width <= LINE_MAX; i++) {
        const rs_document_entry *entry = &node->entries[i];
        width += 2 + (entry->key ? strlen(entry->key) + 2 : 0) + width_of(entry->value);
    }
    return width;
}

static bool is_flat(const rs_document_node *node) {
    for (uint32_t i = 0; i < node->count; i++) {
        const rs_document_node *value = node->entries[i].value;
        if (value->kind == RS_DOCUMENT_LIST && value->count && !is_flat(value)) return false;
        if (value->kind == RS_DOCUMENT_MAPPING && value->count) return false;
    }
    return width_of(node) <= LINE_MAX;
}

static void emit_flow(const rs_document_node *node, FILE *out) {
    bool is_list = node->kind == RS_DOCUMENT_LIST;
    if (node->kind == RS_DOCUMENT_SCALAR) {
        emit_scalar(node, out);
        return;
    }
    fputs(is_list ? "[" : "{", out);
    for (uint32_t i = 0; i < node->count; i++) {
        fputs(i ? ", " : is_list ? "" : " ", out);
        if (!is_list) emit_key(node->entries[i].key, out);
        if (!is_list) fputc(' ', out);
        emit_flow(node->entries[i].value, out);
    }
    fputs(is_list ? "]" : node->count ? " }" : "}", out);
}

/* ------------------------------------------------------------------ blocks */

static void emit_block(const rs_document_node *node, int depth, bool begun, FILE *out);

static bool is_inline(const rs_document_node *node) {
    return node->kind == RS_DOCUMENT_SCALAR || node->kind == RS_DOCUMENT_BROKEN || is_flat(node);
}

static void emit_value(const rs_document_node *node, int depth, bool in_list, FILE *out) {
    if (is_inline(node)) {
        if (!in_list) fputc(' ', out);
        emit_flow(node, out);
        fputc('\n', out);
        return;
    }
    bool joins = in_list && node->kind == RS_DOCUMENT_MAPPING;
    if (!joins) fputc('\n', out);
    emit_block(node, depth, joins, out);
}

/* `begun`: the first line stands behind the dash of a list. */
static void emit_block(const rs_document_node *node, int depth, bool begun, FILE *out) {
    bool is_list = node->kind == RS_DOCUMENT_LIST;
    for (uint32_t i = 0; i < node->count; i++) {
        if (i || !begun) fprintf(out, "%*s", 2 * depth, "");
        if (is_list)
            fputs("- ", out);
        else
            emit_key(node->entries[i].key, out);
        emit_value(node->entries[i].value, depth + 1, is_list, out);
    }
}

/* Sections are set apart by an empty line. */
void rs_document_emit(const rs_document_node *document, FILE *out) {
    for (uint32_t i = 0; i < document->count; i++) {
        const rs_document_entry *entry = &document->entries[i];
        if (i && !is_inline(entry->value)) fputc('\n', out);
        emit_key(entry->key, out);
        emit_value(entry->value, 1, false, out);
    }
}
