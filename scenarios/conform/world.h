/* world.h: what a running case remembers: the positions of its tree, who lived there, and the
 * trace. A position is a role of the runtime: its number is the role's. Thread: the runtime's only
 * one; all of it may be called inside the runtime. SPDX-License-Identifier: MIT
 */
#ifndef RS_CONFORM_WORLD_H
#define RS_CONFORM_WORLD_H

#include "scenarios/conform/case.h"

#include <stdio.h>

typedef struct rs_world rs_world;

/* A position: `root/s2/w5`, whoever is there. */
typedef struct rs_place {
    rs_world *world;
    struct rs_place *parent; /* NULL: the root */
    const char *id, *path;
    uint32_t number;                  /* from 1 */
    uint64_t attempts, starts;        /* over the whole case */
    rs_pid pid;                       /* the latest that started; 0: none yet */
    bool is_supervisor, is_simple;    /* the latest */
    bool is_dynamic;                  /* a child of simple_one_for_one */
    struct rs_place *children, *next; /* the latest first */
} rs_place;

/* One process that has started. */
typedef struct rs_life {
    rs_place *place;
    rs_pid pid;
    uint64_t incarnation;
    bool is_supervisor, is_dead;
    struct rs_life *before; /* the one that started before */
    struct rs_life *next;   /* in its bucket */
} rs_life;

#define RS_WORLD_BUCKETS 65536u

/* A line of the trace. Lines of parallel children of one supervisor may be put in order. */
typedef struct rs_line {
    const rs_place *place; /* NULL: the line stays where it is */
    uint64_t incarnation;
    uint32_t rank;
    const char *text;
} rs_line;

#define RS_WORLD_PLACES_MAX 65536u
#define RS_WORLD_LINES_MAX  1048576u /* of one action */

struct rs_world {
    const rs_case *one;
    rs_pool *pool;
    rs_place **places; /* by number */
    uint32_t place_count;
    rs_life *lives;    /* the latest first */
    rs_life **buckets; /* by pid */
    uint64_t living;
    rs_line *lines; /* of the action */
    uint32_t line_count;
    uint64_t line_total; /* of the case */
    rs_place *root;
    bool overflowed; /* more happened than there is room for: the trace is not whole */
};

/* rs_world_init returns false when the pool is full. */
bool rs_world_init(rs_world *world, const rs_case *one, rs_pool *pool);

/* rs_world_place returns the position `id` below `parent` (NULL: a root), making it; NULL when
 * there is no room. */
rs_place *rs_world_place(rs_world *world, rs_place *parent, const char *id);

/* rs_world_find returns the position of `path`, or NULL. */
rs_place *rs_world_find(const rs_world *world, const char *path);

/* rs_world_life returns whose pid it is, or NULL. */
rs_life *rs_world_life(const rs_world *world, rs_pid pid);

/* rs_world_died notes that it is dead. */
void rs_world_died(rs_life *life);

/* rs_world_born notes that `pid` has started at `place`. */
void rs_world_born(rs_place *place, rs_pid pid, bool is_supervisor);

/* rs_world_say adds a line that stays where it is. */
void rs_world_say(rs_world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* rs_world_say_of adds the line `word PATH #N REASON` about `life`, which may be put in order among
 * those of its siblings when they stop in parallel. */
void rs_world_say_of(rs_life *life, const char *word, uint32_t rank, rs_term reason);

/* rs_world_term returns a term's text: pids as PATH#N, child records as `child`. */
const char *rs_world_term(rs_world *world, rs_term term);

/* rs_world_flush prints the action's lines to `out`, in their order, and forgets them. `target` is
 * the position of exit and signal, or NULL. */
void rs_world_flush(rs_world *world, const rs_place *target, FILE *out);

#endif
