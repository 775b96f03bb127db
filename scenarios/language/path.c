/* path.c: positions in the tree, and patterns over them.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/path.h"

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
        if (strcmp(text, "*") == 0) return true;
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

bool rs_path_matches(const char *pattern, const char *path) {
    size_t length = strlen(pattern);
    if (length == 0 || pattern[length - 1] != '*') return strcmp(pattern, path) == 0;
    return strncmp(pattern, path, length - 1) == 0 && path[length - 1] != 0 &&
           strchr(path + length - 1, '/') == NULL;
}

static const rs_plan_node *find_parent(const rs_plan_node *root, const char *pattern) {
    size_t length = (size_t)(last_step(pattern) - pattern);
    const rs_plan_node *node = root;
    while (node && length) {
        size_t step = strcspn(pattern, "/");
        node = find_child(node, pattern, step);
        pattern += step + 1;
        length -= step + 1;
    }
    return node;
}

uint32_t rs_path_select(const rs_plan_node *root, const char *pattern, const rs_plan_node **nodes,
                        uint32_t size) {
    const rs_plan_node *parent = find_parent(root, pattern);
    const char *step = last_step(pattern);
    if (!parent) return 0;
    if (parent->child) {
        if (size) nodes[0] = parent->child;
        return 1;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < parent->child_count; i++) {
        if (strcmp(step, "*") != 0 && strcmp(step, parent->children[i]->id) != 0) continue;
        if (count < size) nodes[count] = parent->children[i];
        count++;
    }
    return count;
}

uint32_t rs_path_count(const rs_plan_node *node) {
    uint32_t count = 1;
    for (uint32_t i = 0; i < node->child_count; i++) count += rs_path_count(node->children[i]);
    return count;
}
