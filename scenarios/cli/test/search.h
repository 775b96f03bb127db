/* search.h: what tests of `explore`, `replay` and `merge` share.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_TEST_SEARCH_H
#define RS_CLI_TEST_SEARCH_H

#include "runtime/base/test/test.h"
#include "scenarios/cli/program.h"

#define TWO_OWNERS "scenarios/cli/test/two_owners.yaml"
#define SURVIVOR   "scenarios/cli/test/survivor.yaml"
#define SLOW_START "scenarios/cli/test/slow_start.yaml"

static inline void remove_tree(const char *directory) {
    char text[256];
    snprintf(text, sizeof text, "rm -rf %s", directory);
    CHECK_INT(system(text), 0);
}

/* What the search prints behind "traces". */
static inline const char *traces(void) {
    static char text[4][32];
    static unsigned next;
    char *word = text[next++ % 4];
    const char *at = strstr(the_program.out, "traces");
    CHECK(at != NULL);
    CHECK_INT(sscanf(at, "traces %16s", word), 1);
    return word;
}

static inline size_t count(const char *text, const char *part) {
    size_t times = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) times++;
    return times;
}

/* Rewrites the file with the first `from` replaced. */
static inline void change(const char *path, const char *from, const char *to) {
    static char text[PROGRAM_TEXT], changed[PROGRAM_TEXT];
    read_text(path, text);
    const char *at = strstr(text, from);
    CHECK(at != NULL);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    write_text(path, changed);
}

/* With a plugin whose fault `vanish` ends the program. */
static inline const char *with_words(const char *arguments) {
    static char text[1024];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(text, sizeof text, "%s --plugin %s/tests/words_good.so", arguments,
             build ? build : ".");
    return text;
}

#endif
