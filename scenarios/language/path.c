/* path.c: positions in the tree, and patterns over them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/path.h"

#include <stdio.h>
#include <string.h>

static const rs_plan_node *find_child(const rs_plan_node *node, const char *id, size_t length) {
    for (uint32_t i = 0; i < node->child_count; i++) {
        const char *candidate = node->children[i]->id;
        if (strncmp(candidate, id, length) == 0 && candidate[length] == 0) return node->children[i];
    }
    return NULL;
}

const rs_plan_node *rs_path_find(const rs_plan_node *root, const char *path) {
    const rs_plan_node *node = root;
    while (node && *path) {
        size_t length = strcspn(path, "/");
        node = length ? find_child(node, path, length) : NULL;
        path += length;
        if (*path && !*++path) return NULL; /* a slash at the end */
    }
    return node;
}

static size_t step_length(const char *text) {
    return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
}

bool rs_path_is_pattern(const char *text) {
    for (;;) {
        if (strcmp(text, "*") == 0 || strcmp(text, "**") == 0) return true;
        size_t length = step_length(text);
        if (length == 0) return false;
        text += length;
        if (!*text) return true;
        if (*text++ != '/') return false;
    }
}

/* The last step of `path`; what lies before it is the parent's path and a slash. */
static const char *last_step(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *rs_path_resolve(const rs_plan_node *root, const char *text) {
    size_t length = strlen(root->id);
    const char *rest = text + length;
    if (strncmp(text, root->id, length) != 0 || find_child(root, root->id, length)) return text;
    return *rest == 0 || strcmp(rest, "/**") == 0 ? rest : text;
}

/* Whether "**" ends `pattern`; *top is how much of it is the path of the topmost, and *with_top
 * whether that is meant too. */
static bool is_deep(const char *pattern, size_t *top, bool *with_top) {
    size_t length = strlen(pattern);
    if (length < 2 || strcmp(pattern + length - 2, "**") != 0) return false;
    *with_top = length > 2; /* a slash stands before it */
    *top = length - 2 - *with_top;
    return true;
}

bool rs_path_matches(const char *pattern, const char *path) {
    size_t length = strlen(pattern), top;
    bool with_top;
    if (is_deep(pattern, &top, &with_top)) {
        if (top == 0) return with_top || *path;
        return strncmp(pattern, path, top) == 0 && (path[top] == 0 || path[top] == '/');
    }
    if (length == 0 || pattern[length - 1] != '*') return strcmp(pattern, path) == 0;
    return strncmp(pattern, path, length - 1) == 0 && path[length - 1] != 0 &&
           strchr(path + length - 1, '/') == NULL;
}

/* ---- nodes ---- */

/* The node at the first `length` bytes of `path`. */
static const rs_plan_node *walk(const rs_plan_node *root, const char *path, size_t length) {
    const rs_plan_node *node = root;
    for (const char *end = path + length; node && path < end;) {
        size_t step = strcspn(path, "/");
        node = node->child ? node->child : find_child(node, path, step);
        path += step + 1;
    }
    return node;
}

const rs_plan_node *rs_path_role(const rs_plan_node *root, const char *role) {
    return walk(root, role, strlen(role));
}

typedef struct selection {
    const rs_plan_node **nodes;
    uint32_t size, count;
} selection;

static void add(selection *chosen, const rs_plan_node *node) {
    if (chosen->count < chosen->size) chosen->nodes[chosen->count] = node;
    chosen->count++;
}

static void add_below(selection *chosen, const rs_plan_node *node) {
    if (node->child) add(chosen, node->child);
    for (uint32_t i = 0; i < node->child_count; i++) {
        add(chosen, node->children[i]);
        add_below(chosen, node->children[i]);
    }
}

static void add_children(selection *chosen, const rs_plan_node *parent, const char *step) {
    if (parent->child) add(chosen, parent->child);
    for (uint32_t i = 0; i < parent->child_count; i++)
        if (strcmp(step, "*") == 0 || strcmp(step, parent->children[i]->id) == 0)
            add(chosen, parent->children[i]);
}

uint32_t rs_path_select(const rs_plan_node *root, const char *pattern, const rs_plan_node **nodes,
                        uint32_t size) {
    selection chosen = {.nodes = nodes, .size = size};
    const char *step = last_step(pattern);
    size_t top = (size_t)(step - pattern);
    bool with_top = false;
    bool deep = is_deep(pattern, &top, &with_top);
    const rs_plan_node *parent = walk(root, pattern, top);
    if (!*pattern || (deep && with_top && parent)) add(&chosen, *pattern ? parent : root);
    if (parent && deep)
        add_below(&chosen, parent);
    else if (parent && *pattern)
        add_children(&chosen, parent, step);
    return chosen.count;
}

void rs_path_general(const rs_plan_node *root, const char *path, char *text, size_t bytes) {
    const char *step = last_step(path);
    size_t top = step > path ? (size_t)(step - path) - 1 : 0;
    const rs_plan_node *parent = walk(root, path, top);
    bool is_child = *path && parent && parent->child && strcmp(path, root->id) != 0;
    if (is_child)
        snprintf(text, bytes, "%.*s*", (int)(step - path), path);
    else
        snprintf(text, bytes, "%s", path);
}

const char *rs_path_entries(const rs_plan_node *node) {
    const rs_worker *worker = node->worker;
    for (uint32_t i = 0; worker && worker->entries_of && i < worker->option_count; i++)
        if (strcmp(worker->options[i].key, worker->entries_of) == 0)
            return *(const char *const *)(const void *)((const char *)node->config +
                                                        worker->options[i].offset);
    return NULL;
}

uint32_t rs_path_count(const rs_plan_node *node) {
    uint32_t count = 1;
    for (uint32_t i = 0; i < node->child_count; i++) count += rs_path_count(node->children[i]);
    return count;
}
