/* list.h: intrusive doubly linked ring. A node knows its neighbours, so leaving is O(1) without
 * knowing the list. An initialised node or head points at itself; zeroed is "in no list".
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LIST_H
#define RS_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct rs_list {
    struct rs_list *next, *prev;
} rs_list;

#define RS_CONTAINER(NODE, TYPE, MEMBER) ((TYPE *)(void *)((char *)(NODE)-offsetof(TYPE, MEMBER)))

static inline void rs_list_init(rs_list *head) {
    head->next = head->prev = head;
}
static inline bool rs_list_empty(const rs_list *head) {
    return head->next == head;
}
static inline void rs_list_append(rs_list *head, rs_list *node) {
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

static inline void rs_list_remove(rs_list *node) {
    node->prev->next = node->next;
    node->next->prev = node->prev;
    node->next = node->prev = NULL;
}

#endif
