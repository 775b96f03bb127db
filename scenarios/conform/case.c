/* case.c: reading cases.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/case.h"

#include "scenarios/language/word.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MS UINT64_C(1000000)
/* Longer waits than this, some 34 years, are a slip. */
#define MS_MAX (INT64_C(1) << 40)
/* So deep may supervisors lie in one another. */
#define DEPTH_MAX 32
/* Longer ids and paths would be cut somewhere. */
#define ID_BYTES_MAX   63
#define PATH_BYTES_MAX 1023

typedef struct reader {
    const char *file;
    rs_pool *pool;
    char *message;
    char at[640]; /* where in the file: "root.children[2]" */
    rs_err err;
} reader;

static const char *const op_words[] = {
#define X(NAME, WORD) WORD,
    RS_CASE_OPS(X)
#undef X
        NULL};

const char *rs_case_op_word(rs_case_op op) {
    return op_words[op];
}

/* ---------------------------------------------------------------- errors */

/* refuse keeps the first error. Returns false. */
static bool refuse(reader *r, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool refuse(reader *r, const char *key, const char *format, ...) {
    if (r->err) return false;
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *dot = *r->at && key ? "." : "", *colon = *r->at || key ? ": " : "";
    snprintf(r->message, RS_CASE_MESSAGE, "%s: %s%s%s%s%s", r->file, r->at, dot, key ? key : "",
             colon, what);
    r->err = RS_EINVAL;
    return false;
}

/* A stranger's text goes to a terminal: short, and without what is no letter there. */
#define SHOWN 64

static const char *show(const char *text, char shown[SHOWN]) {
    size_t i = 0;
    for (; i < SHOWN - 4 && text[i]; i++) shown[i] = text[i] > ' ' && text[i] < 127 ? text[i] : '?';
    strcpy(&shown[i], text[i] ? "..." : "");
    return shown;
}

static bool refuse_word(reader *r, const char *key, const char *given, const char *const *words) {
    const char *nearest = rs_word_nearest(given, words);
    char shown[SHOWN];
    given = show(given, shown);
    if (nearest) return refuse(r, key, "there is no '%s' – did you mean '%s'?", given, nearest);
    char all[160] = "";
    for (size_t i = 0; words[i]; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", words[i]);
    return refuse(r, key, "there is no '%s', but %s", given, all);
}

static void *take(reader *r, size_t bytes) {
    void *taken = rs_pool_take(r->pool, bytes);
    if (taken) return taken;
    refuse(r, NULL, "is too large");
    r->err = RS_ENOMEM;
    return NULL;
}

/* enter goes to `key` or its element `index` (-1: to itself); the result is for leave. */
static size_t enter(reader *r, const char *key, int index) {
    size_t before = strlen(r->at);
    int used = snprintf(r->at + before, sizeof r->at - before, "%s%s", before ? "." : "", key);
    size_t now = before + (size_t)(used < 0 ? 0 : used);
    if (index >= 0 && now < sizeof r->at) snprintf(r->at + now, sizeof r->at - now, "[%d]", index);
    return before;
}

static void leave(reader *r, size_t before) {
    if (!r->err) r->at[before] = '\0';
}

/* ---------------------------------------------------------------- values */

static const char *text_of(reader *r, const json_t *object, const char *key, const char *fallback) {
    const json_t *value = json_object_get(object, key);
    if (!value) {
        if (!fallback) refuse(r, key, "is missing");
        return fallback;
    }
    const char *text = json_string_value(value);
    if (!text) refuse(r, key, "must be a text in quotes");
    return text;
}

static int64_t integer_of(reader *r, const json_t *object, const char *key, int64_t fallback) {
    const json_t *value = json_object_get(object, key);
    if (!value) return fallback;
    if (!json_is_integer(value)) refuse(r, key, "must be an integer");
    return json_integer_value(value);
}

static bool boolean_of(reader *r, const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_boolean(value)) refuse(r, key, "must be true or false");
    return json_is_true(value);
}

static const json_t *array_of(reader *r, const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (value && !json_is_array(value)) refuse(r, key, "must be a list in brackets");
    return value;
}

static bool is_id(const char *text) {
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return *text >= 'a' && *text <= 'z' && !text[length] && length <= ID_BYTES_MAX;
}

static const char *id_of(reader *r, const json_t *object, const char *key) {
    const char *id = text_of(r, object, key, NULL);
    char shown[SHOWN];
    if (id && !is_id(id))
        refuse(r, key,
               "'%s' is no id: a small letter, then small letters, digits and _, %d at most",
               show(id, shown), ID_BYTES_MAX);
    return id;
}

static const char *path_of(reader *r, const json_t *object, const char *key) {
    const char *path = text_of(r, object, key, NULL);
    if (path && (!*path || strlen(path) > PATH_BYTES_MAX))
        refuse(r, key, "must be ids joined by /, %d bytes at most", PATH_BYTES_MAX);
    return path;
}

static const char *reason_of(reader *r, const json_t *object) {
    const char *text = text_of(r, object, "reason", NULL);
    rs_term term = 0;
    char shown[SHOWN];
    if (!text) return NULL;
    rs_err err = rs_term_parse(text, &term);
    if (err == RS_ELIMIT) refuse(r, "reason", "'%s' is too long or too deep", show(text, shown));
    if (err != RS_OK)
        refuse(r, "reason", "'%s' is no term such as crash or {shutdown,x}", show(text, shown));
    rs_term_release(term);
    return text;
}

/* A word of `words`, by its number; any other as its atom, for the supervisor to refuse. */
static uint32_t word_of(reader *r, const json_t *object, const char *key, const char *const *words,
                        uint32_t fallback) {
    if (!json_object_get(object, key)) return fallback;
    const char *text = text_of(r, object, key, NULL);
    if (!text) return fallback;
    for (uint32_t i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0) return i;
    rs_atom atom = rs_atom_find(text);
    if (!atom) refuse(r, key, "is longer than %d bytes", RS_ATOM_BYTES_MAX);
    return (uint32_t)atom;
}

static uint64_t ms_of(reader *r, const json_t *object, const char *key) {
    int64_t ms = integer_of(r, object, key, 0);
    if (ms < 0 || ms > MS_MAX) refuse(r, key, "must be milliseconds, 0 or more");
    return (uint64_t)ms;
}

/* ---------------------------------------------------------------- nodes */

static bool shutdown_of(reader *r, const json_t *object, rs_case_node *node) {
    const json_t *value = json_object_get(object, "shutdown");
    node->shutdown_ns = node->is_supervisor ? RS_SHUTDOWN_INFINITY : 5000 * MS;
    if (!value) return true;
    if (json_is_integer(value)) {
        int64_t ms = json_integer_value(value);
        if (ms > MS_MAX || ms < -MS_MAX) return refuse(r, "shutdown", "is too long");
        node->shutdown_ns = ms < 0 ? rs_term_integer(ms) : (uint64_t)ms * MS;
        return true;
    }
    const char *text = json_string_value(value);
    if (!text)
        return refuse(r, "shutdown", "must be milliseconds, \"brutal_kill\" or \"infinity\"");
    rs_atom atom = rs_atom_find(text);
    if (strcmp(text, "brutal_kill") == 0)
        node->shutdown_ns = RS_BRUTAL_KILL;
    else if (strcmp(text, "infinity") == 0)
        node->shutdown_ns = RS_SHUTDOWN_INFINITY;
    else /* for the supervisor to refuse */
        node->shutdown_ns = RS_SHUTDOWN_WRONG | atom;
    return atom || refuse(r, "shutdown", "is longer than %d bytes", RS_ATOM_BYTES_MAX);
}

static bool attempts_of(reader *r, const json_t *list, rs_case_node *node) {
    if (!json_is_array(list)) return refuse(r, "init.fail_attempts", "must be a list of numbers");
    uint64_t *attempts = take(r, json_array_size(list) * sizeof *attempts);
    if (!attempts) return false;
    size_t i;
    json_t *value;
    json_array_foreach(list, i, value) {
        if (!json_is_integer(value) || json_integer_value(value) < 1)
            return refuse(r, "init.fail_attempts", "must be a list of numbers from 1");
        attempts[i] = (uint64_t)json_integer_value(value);
    }
    node->attempts = attempts;
    node->attempt_count = (uint32_t)json_array_size(list);
    return true;
}

static bool init_object_of(reader *r, const json_t *object, rs_case_node *node) {
    static const struct {
        const char *key;
        rs_case_init init;
    } kinds[] = {{"fail_first", RS_CASE_FAILS_FIRST},
                 {"fail_after_starts", RS_CASE_FAILS_AFTER_STARTS},
                 {"ignore_after_starts", RS_CASE_IGNORES_AFTER_STARTS}};
    const json_t *list = json_object_get(object, "fail_attempts");
    if (json_object_size(object) != 1) return refuse(r, "init", "has one key");
    if (list) {
        node->init = RS_CASE_FAILS_ATTEMPTS;
        return attempts_of(r, list, node);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!json_object_get(object, kinds[i].key)) continue;
        int64_t number = integer_of(r, object, kinds[i].key, 0);
        if (number < 0) return refuse(r, "init", "%s must be 0 or more", kinds[i].key);
        node->init = kinds[i].init;
        node->number = (uint64_t)number;
        return true;
    }
    return refuse(r, "init",
                  "must have fail_first, fail_attempts, fail_after_starts or ignore_after_starts");
}

static bool init_of(reader *r, const json_t *object, rs_case_node *node) {
    const json_t *value = json_object_get(object, "init");
    const char *text = json_string_value(value);
    if (!value || (text && strcmp(text, "ok") == 0)) return true;
    if (text && strcmp(text, "ignore") == 0) {
        node->init = RS_CASE_IGNORES;
        return true;
    }
    if (json_is_object(value) && !node->is_supervisor) return init_object_of(r, value, node);
    return refuse(r, "init",
                  node->is_supervisor ? "must be \"ok\" or \"ignore\""
                                      : "must be \"ok\", \"ignore\" or an object");
}

static bool read_node(reader *r, const json_t *object, rs_case_node *node, int depth);

static bool children_of(reader *r, const json_t *object, rs_case_node *node, int depth) {
    bool simple = node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    const json_t *list = simple ? NULL : array_of(r, object, "children");
    const json_t *template = simple ? json_object_get(object, "template") : NULL;
    if (simple && !template) return refuse(r, "template", "is missing");
    uint32_t count = simple ? 1 : (uint32_t)json_array_size(list);
    rs_case_node *children = take(r, count * sizeof *children);
    if (!children) return false;
    for (uint32_t i = 0; i < count && !r->err; i++) {
        size_t before = simple ? enter(r, "template", -1) : enter(r, "children", (int)i);
        read_node(r, simple ? template : json_array_get(list, i), &children[i], depth + 1);
        leave(r, before);
    }
    if (!r->err && simple && children->is_supervisor)
        return refuse(r, "template", "must be a worker");
    node->children = children;
    node->child_count = count;
    return !r->err;
}

static bool supervisor_of(reader *r, const json_t *object, rs_case_node *node, int depth) {
    static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                             "simple_one_for_one", NULL};
    static const char *const rules[] = {"never", "any_significant", "all_significant", NULL};
    node->strategy = (rs_strategy)word_of(r, object, "strategy", strategies, RS_ONE_FOR_ONE);
    node->auto_shutdown = (rs_auto_shutdown)word_of(r, object, "auto_shutdown", rules, 0);
    node->intensity = integer_of(r, object, "intensity", 1);
    node->period_s = integer_of(r, object, "period", 5);
    return !r->err && children_of(r, object, node, depth);
}

static bool read_node(reader *r, const json_t *object, rs_case_node *node, int depth) {
    static const char *const kinds[] = {"worker", "supervisor", NULL};
    static const char *const restarts[] = {"permanent", "transient", "temporary", NULL};
    if (!json_is_object(object)) return refuse(r, NULL, "must be an object in braces");
    if (depth > DEPTH_MAX) return refuse(r, NULL, "lies more than %d levels deep", DEPTH_MAX);
    const char *kind = text_of(r, object, "kind", depth ? "worker" : "supervisor");
    node->id = id_of(r, object, "id");
    node->is_supervisor = kind && strcmp(kind, "supervisor") == 0;
    if (kind && !node->is_supervisor && strcmp(kind, "worker") != 0)
        return refuse_word(r, "kind", kind, kinds);
    node->restart = (rs_restart)word_of(r, object, "restart", restarts, RS_PERMANENT);
    node->significant = boolean_of(r, object, "significant");
    node->traps_exit = boolean_of(r, object, "traps_exit");
    node->terminate_delay_ns = ms_of(r, object, "terminate_delay_ms") * MS;
    if (!shutdown_of(r, object, node) || !init_of(r, object, node) || r->err) return false;
    return !node->is_supervisor || supervisor_of(r, object, node, depth);
}

/* ---------------------------------------------------------------- actions */

static bool exits_of(reader *r, const json_t *object, rs_case_action *action) {
    const json_t *list = array_of(r, object, "exits");
    if (!list) return refuse(r, "exits", "is missing");
    size_t count = json_array_size(list);
    rs_case_exit *exits = take(r, count * sizeof *exits);
    for (size_t i = 0; i < count && !r->err; i++) {
        size_t before = enter(r, "exits", (int)i);
        exits[i].id = id_of(r, json_array_get(list, i), "id");
        exits[i].reason = reason_of(r, json_array_get(list, i));
        leave(r, before);
    }
    action->exits = exits;
    action->exit_count = (uint32_t)count;
    return !r->err;
}

/* Under simple_one_for_one only its id is read. */
static bool child_of(reader *r, const json_t *object, rs_case_action *action) {
    rs_case_node *child = take(r, sizeof *child);
    if (!child) return false;
    size_t before = enter(r, "child", -1);
    read_node(r, json_object_get(object, "child"), child, 1);
    leave(r, before);
    action->child = child;
    return !r->err;
}

static bool op_of(reader *r, const json_t *object, rs_case_action *action) {
    const char *word = text_of(r, object, "op", NULL);
    if (!word) return false;
    for (uint32_t i = 0; i < RS_CASE_OP_COUNT; i++) {
        if (strcmp(op_words[i], word) != 0) continue;
        action->op = (rs_case_op)i;
        return true;
    }
    return refuse_word(r, "op", word, op_words);
}

static bool read_action(reader *r, const json_t *object, rs_case_action *action) {
    if (!json_is_object(object)) return refuse(r, NULL, "must be an object in braces");
    if (!op_of(r, object, action)) return false;
    switch (action->op) {
    case RS_CASE_EXIT:
    case RS_CASE_SIGNAL:
        action->path = path_of(r, object, "path");
        action->reason = reason_of(r, object);
        break;
    case RS_CASE_BURST:
        action->path = path_of(r, object, "sup");
        return exits_of(r, object, action);
    case RS_CASE_START_CHILD:
        action->path = path_of(r, object, "sup");
        return child_of(r, object, action);
    case RS_CASE_TERMINATE_CHILD:
    case RS_CASE_RESTART_CHILD:
    case RS_CASE_DELETE_CHILD:
        action->path = path_of(r, object, "sup");
        action->id = id_of(r, object, "id");
        break;
    case RS_CASE_COUNT_CHILDREN: action->path = path_of(r, object, "sup"); break;
    case RS_CASE_SLEEP_MS: action->ms = ms_of(r, object, "ms"); break;
    case RS_CASE_STOP_ROOT:
    case RS_CASE_OP_COUNT: break;
    }
    return !r->err;
}

static void read_actions(reader *r, const json_t *object, rs_case *one) {
    const json_t *list = array_of(r, object, "actions");
    size_t count = json_array_size(list);
    rs_case_action *actions = take(r, count * sizeof *actions);
    for (size_t i = 0; i < count && !r->err; i++) {
        size_t before = enter(r, "actions", (int)i);
        read_action(r, json_array_get(list, i), &actions[i]);
        leave(r, before);
    }
    one->actions = actions;
    one->action_count = (uint32_t)count;
}

/* ---------------------------------------------------------------- the file */

static void read_case(reader *r, const json_t *object, rs_case *one) {
    if (!json_is_object(object)) {
        refuse(r, NULL, "a case is an object in braces");
        return;
    }
    if (integer_of(r, object, "format", 1) != 1) refuse(r, "format", "must be 1");
    one->name = text_of(r, object, "name", "unnamed");
    for (const char *at = one->name; at && *at; at++)
        if ((unsigned char)*at < ' ') refuse(r, "name", "must be one line");
    const json_t *root = json_object_get(object, "root");
    if (!root) refuse(r, "root", "is missing");
    if (r->err) return;
    size_t before = enter(r, "root", -1);
    read_node(r, root, &one->root, 0);
    if (!one->root.is_supervisor) refuse(r, "kind", "the root must be a supervisor");
    leave(r, before);
    if (!r->err) read_actions(r, object, one);
}

static rs_err refuse_json(const reader *r, const json_error_t *error) {
    snprintf(r->message, RS_CASE_MESSAGE, "%s:%d:%d: %s", r->file, error->line, error->column,
             error->text);
    return RS_ESYNTAX;
}

static rs_err read_json(reader *r, json_t *json, const json_error_t *error, rs_case *one) {
    *one = (rs_case){.json = json};
    if (!json) return refuse_json(r, error);
    read_case(r, json, one);
    return r->err;
}

rs_err rs_case_parse(rs_case *one, const char *name, const char *text, size_t bytes, rs_pool *pool,
                     char message[RS_CASE_MESSAGE]) {
    json_error_t error;
    reader r = {.file = name, .pool = pool, .message = message};
    return read_json(&r, json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error), &error, one);
}

rs_err rs_case_read(rs_case *one, const char *path, rs_pool *pool, char message[RS_CASE_MESSAGE]) {
    json_error_t error;
    reader r = {.file = path, .pool = pool, .message = message};
    *one = (rs_case){0};
    FILE *file = fopen(path, "r");
    if (!file) {
        snprintf(message, RS_CASE_MESSAGE, "%s: %s", path, strerror(errno));
        return RS_EIO;
    }
    int first = getc(file);
    if (first == EOF) {
        snprintf(message, RS_CASE_MESSAGE, "%s: %s", path,
                 ferror(file) ? strerror(errno) : "the file is empty");
        fclose(file);
        return RS_EIO;
    }
    ungetc(first, file);
    json_t *json = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    fclose(file);
    return read_json(&r, json, &error, one);
}

void rs_case_fini(rs_case *one) {
    if (one->json) json_decref(one->json);
    *one = (rs_case){0};
}
