/* statem_script.h: reads the scripts of gen_statem/, and the traces that OTP left of them; see
 * gen_statem/README.md for both. Outside processes.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_STATEM_SCRIPT_H
#define RS_TEST_STATEM_SCRIPT_H

#include "runtime/base/test/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS_MAX    12
#define RULES_MAX    24
#define COMMANDS_MAX 24
#define PARTS_MAX    4

/* `set:t1:3:x` */
typedef struct phrase {
    const char *parts[PARTS_MAX];
    int count;
} phrase;

typedef struct rule {
    char state; /* '*': any */
    phrase event;
    int times; /* it holds so often; -1: always */
    phrase result;
    phrase actions[WORDS_MAX];
    int action_count;
} rule;

typedef struct script {
    const char *name;
    bool handle_event, state_enter, trap_exit;
    rule init; /* its result and actions */
    rule rules[RULES_MAX];
    int rule_count;
    phrase commands[COMMANDS_MAX];
    int command_count;
} script;

static inline bool is_word(const char *text, const char *word) {
    return text && strcmp(text, word) == 0;
}

/* text_of returns a whole file, to be freed. */
static inline char *text_of(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) rs_test_fail(__FILE__, __LINE__, "%s is missing", path);
    char *text = NULL;
    size_t bytes = 0;
    CHECK(getdelim(&text, &bytes, EOF, file) > 0);
    fclose(file);
    return text;
}

/* next_block cuts off what stands before the next empty line; NULL: no more. */
static inline char *next_block(char **rest) {
    char *block = *rest, *end = block ? strstr(block, "\n\n") : NULL;
    if (!end) {
        *rest = NULL;
        return block && *block ? block : NULL;
    }
    *end = '\0';
    *rest = end + 2;
    return block;
}

static inline phrase parse_phrase(char *word) {
    phrase it = {.count = 0};
    for (char *part; (part = strsep(&word, ":"));) {
        CHECK(it.count < PARTS_MAX);
        it.parts[it.count++] = part;
    }
    return it;
}

static inline void parse_result(rule *it, char *rest) {
    char *word = strsep(&rest, " ");
    CHECK(word != NULL);
    it->result = parse_phrase(word);
    while ((word = strsep(&rest, " "))) {
        CHECK(it->action_count < WORDS_MAX);
        it->actions[it->action_count++] = parse_phrase(word);
    }
}

static inline void parse_rule(rule *it, char *rest) {
    it->state = *strsep(&rest, " ");
    it->event = parse_phrase(strsep(&rest, " "));
    const char *times = strsep(&rest, " ");
    it->times = is_word(times, "*") ? -1 : atoi(times);
    parse_result(it, rest);
}

static inline void parse_mode(script *it, char *rest) {
    for (char *word; (word = strsep(&rest, " "));) {
        if (is_word(word, "handle_event_function")) it->handle_event = true;
        if (is_word(word, "state_enter")) it->state_enter = true;
        if (is_word(word, "trap_exit")) it->trap_exit = true;
    }
}

static inline void parse_line(script *it, char *rest) {
    const char *word = strsep(&rest, " ");
    if (is_word(word, "script")) it->name = rest;
    if (is_word(word, "mode")) parse_mode(it, rest);
    if (is_word(word, "init")) parse_result(&it->init, rest);
    if (is_word(word, "on")) {
        CHECK(it->rule_count < RULES_MAX);
        parse_rule(&it->rules[it->rule_count++], rest);
    }
    if (is_word(word, "do")) {
        CHECK(it->command_count < COMMANDS_MAX);
        it->commands[it->command_count++] = parse_phrase(rest);
    }
}

/* parse_script reads a block, of which it keeps pointers. false: it has no script. */
static inline bool parse_script(script *it, char *block) {
    *it = (script){0};
    for (char *line; (line = strsep(&block, "\n"));) parse_line(it, line);
    return it->name != NULL;
}

#endif
