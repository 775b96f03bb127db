/* list.h: intrusive doubly linked list of one pointer: to its first node, NULL when empty. Nodes
 * form a ring, so both ends and leaving are O(1). SPDX-License-Identifier: MIT
 */
#ifndef RS_LIST_H
#define RS_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rs_list {
    struct rs_list *next, *prev;
} rs_list;

#define RS_CONTAINER(NODE, TYPE, MEMBER) ((TYPE *)(void *)((char *)(NODE)-offsetof(TYPE, MEMBER)))

/* rs_list_append puts a node, which is in no list, behind the last one. */
static inline void rs_list_append(rs_list **list, rs_list *node) {
    rs_list *first = *list;
    if (!first) {
        *list = node->next = node->prev = node;
        return;
    }
    node->prev = first->prev;
    node->next = first;
    first->prev->next = node;
    first->prev = node;
}

/* rs_list_remove takes out a node of the list. */
static inline void rs_list_remove(rs_list **list, rs_list *node) {
    rs_list *next = node->next;
    node->prev->next = next;
    next->prev = node->prev;
    if (*list == node) *list = next == node ? NULL : next;
}

/* rs_list_after returns the node behind `node`, rs_list_before the one before it; NULL: none. */
static inline rs_list *rs_list_after(rs_list *list, const rs_list *node) {
    return node->next == list ? NULL : node->next;
}
static inline rs_list *rs_list_before(rs_list *list, const rs_list *node) {
    return node == list ? NULL : node->prev;
}
static inline rs_list *rs_list_last(rs_list *list) {
    return list ? list->prev : NULL;
}

#endif
