/* source.c: reads the source tree, and blanks what is no code.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/source.h"

#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const houses[] = {"runtime", "reports", "scenarios", "bench", "fuzz"};

static rs_sources *loading; /* nftw has no context */
static size_t root_length;

char *rs_source_read(const char *path) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;
    if (!file) return NULL;
    if (getdelim(&text, &size, '\0', file) < 0) { /* empty: text is allocated all the same */
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

/* Behind the string, character or comment that begins at `at`; `at` itself when none does. */
static const char *skip_no_code(const char *at) {
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    if (at[0] == '/' && at[1] == '/') return at + strcspn(at, "\n");
    if (*at != '"' && *at != '\'') return at;
    const char *end = at + 1;
    while (*end && *end != *at && *end != '\n') end += end[0] == '\\' && end[1] ? 2 : 1;
    return *end == *at ? end + 1 : end;
}

static char *blank_no_code(const char *text) {
    char *code = strdup(text);
    for (const char *at = text; *at;) {
        const char *end = skip_no_code(at);
        for (const char *blank = at; blank < end; blank++)
            if (*blank != '\n') code[blank - text] = ' ';
        at = end > at ? end : at + 1;
    }
    return code;
}

rs_source rs_source_make(const char *path, const char *text) {
    return (rs_source){.path = strdup(path), .text = strdup(text), .code = blank_no_code(text)};
}

void rs_source_free(rs_source *source) {
    free(source->path);
    free(source->text);
    free(source->code);
}

static bool is_source(const char *path) {
    const char *dot = strrchr(path, '.');
    static const char *const endings[] = {".c", ".h", ".cc", ".pml", NULL};
    for (const char *const *ending = endings; dot && *ending; ending++)
        if (strcmp(dot, *ending) == 0) return true;
    return false;
}

static int visit(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info;
    (void)where;
    if (kind != FTW_F || !is_source(path)) return 0;
    char *text = rs_source_read(path);
    rs_source *items = realloc(loading->items, (loading->count + 1) * sizeof *items);
    if (!text || !items) return 1;
    loading->items = items;
    items[loading->count++] = rs_source_make(path + root_length, text);
    free(text);
    return 0;
}

static int by_path(const void *left, const void *right) {
    return strcmp(((const rs_source *)left)->path, ((const rs_source *)right)->path);
}

bool rs_sources_load(rs_sources *sources, const char *root) {
    *sources = (rs_sources){NULL, 0};
    loading = sources;
    root_length = strlen(root) + 1;
    for (size_t i = 0; i < sizeof houses / sizeof *houses; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", root, houses[i]);
        if (nftw(path, visit, 16, FTW_PHYS) != 0) return false;
    }
    if (sources->count) qsort(sources->items, sources->count, sizeof *sources->items, by_path);
    return true;
}

void rs_sources_free(rs_sources *sources) {
    for (size_t i = 0; i < sources->count; i++) rs_source_free(&sources->items[i]);
    free(sources->items);
}

int rs_source_line(const char *start, const char *at) {
    int line = 1;
    for (; start < at; start++) line += *start == '\n';
    return line;
}

static bool is_name(char letter) {
    return isalnum((unsigned char)letter) || letter == '_';
}

const char *rs_source_find(const char *from, const char *word) {
    size_t length = strlen(word);
    for (const char *at = from; (at = strstr(at, word)); at += length)
        if ((at == from || !is_name(at[-1])) && !is_name(at[length])) return at;
    return NULL;
}
