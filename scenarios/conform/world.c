/* world.c: see world.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rs_world_init(rs_world *world, const rs_case *one, rs_pool *pool) {
    *world = (rs_world){.one = one, .pool = pool};
    world->places = rs_pool_take(pool, (RS_WORLD_PLACES_MAX + 1) * sizeof *world->places);
    world->lines = rs_pool_take(pool, RS_WORLD_LINES_MAX * sizeof *world->lines);
    world->buckets = rs_pool_take(pool, RS_WORLD_BUCKETS * sizeof(rs_life *));
    if (!world->places || !world->lines || !world->buckets) return false;
    world->root = rs_world_place(world, NULL, one->root.id);
    return world->root != NULL;
}

/* ---------------------------------------------------------------- positions and lives */

static rs_place *add_place(rs_world *world, rs_place *parent, const char *id) {
    rs_place *place = rs_pool_take(world->pool, sizeof *place);
    if (!place || world->place_count == RS_WORLD_PLACES_MAX) {
        world->overflowed = true;
        return NULL;
    }
    *place = (rs_place){.world = world, .parent = parent, .number = ++world->place_count};
    place->id = rs_pool_print(world->pool, "%s", id);
    place->path = parent ? rs_pool_print(world->pool, "%s/%s", parent->path, id) : place->id;
    world->places[place->number] = place;
    if (!parent) return place;
    place->next = parent->children;
    parent->children = place;
    return place;
}

rs_place *rs_world_place(rs_world *world, rs_place *parent, const char *id) {
    rs_place *place = parent ? parent->children : world->root;
    while (place && strcmp(place->id, id) != 0) place = place->next;
    return place ? place : add_place(world, parent, id);
}

rs_place *rs_world_find(const rs_world *world, const char *path) {
    for (uint32_t number = 1; number <= world->place_count; number++)
        if (strcmp(world->places[number]->path, path) == 0) return world->places[number];
    return NULL;
}

static rs_life **bucket_of(const rs_world *world, rs_pid pid) {
    return &world->buckets[(pid * UINT64_C(0x9e3779b97f4a7c15)) >> 48];
}

rs_life *rs_world_life(const rs_world *world, rs_pid pid) {
    rs_life *life = *bucket_of(world, pid);
    while (life && life->pid != pid) life = life->next;
    return life;
}

void rs_world_died(rs_life *life) {
    life->is_dead = true;
    life->place->world->living--;
}

void rs_world_born(rs_place *place, rs_pid pid, bool is_supervisor) {
    rs_world *world = place->world;
    rs_life *life = rs_pool_take(world->pool, sizeof *life);
    if (!life) return;
    *life = (rs_life){.place = place,
                      .pid = pid,
                      .incarnation = ++place->starts,
                      .is_supervisor = is_supervisor,
                      .before = world->lives,
                      .next = *bucket_of(world, pid)};
    world->lives = *bucket_of(world, pid) = life;
    world->living++;
    place->pid = pid;
    place->is_supervisor = is_supervisor;
    rs_world_say(world, "start %s #%llu", place->path, (unsigned long long)life->incarnation);
}

/* ---------------------------------------------------------------- terms */

/* A term's text grows in a buffer of its own; what does not fit is cut. */
typedef struct writer {
    const rs_world *world;
    char text[1024];
    size_t length;
} writer;

static void put(writer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(writer *out, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int used =
        vsnprintf(out->text + out->length, sizeof out->text - out->length, format, arguments);
    va_end(arguments);
    out->length += used < 0 ? 0 : (size_t)used;
    if (out->length >= sizeof out->text) out->length = sizeof out->text - 1;
}

static void put_pid(writer *out, rs_pid pid) {
    const rs_life *life = rs_world_life(out->world, pid);
    if (life)
        put(out, "%s#%llu", life->place->path, (unsigned long long)life->incarnation);
    else
        put(out, "<pid>");
}

static void put_term(writer *out, rs_term term);

static void put_row(writer *out, rs_term row, const char *brackets) {
    put(out, "%c", brackets[0]);
    for (uint32_t i = 0; i < rs_term_size(row); i++) {
        rs_term element = rs_term_element(row, i);
        if (i) put(out, ",");
        put_term(out, element);
        rs_term_release(element);
    }
    put(out, "%c", brackets[1]);
}

/* As Erlang's own words, without quotes. */
static void put_term(writer *out, rs_term term) {
    switch (rs_term_kind(term)) {
    case RS_TAG_INTEGER: put(out, "%lld", (long long)rs_term_to_integer(term)); break;
    case RS_TAG_ATOM: put(out, "%s", rs_atom_text(term)); break;
    case RS_TAG_PID: put_pid(out, term); break;
    case RS_TAG_TUPLE: put_row(out, term, "{}"); break;
    case RS_TAG_LIST: put_row(out, term, "[]"); break;
    default: put(out, "?"); break;
    }
}

const char *rs_world_term(rs_world *world, rs_term term) {
    writer out = {.world = world};
    put_term(&out, term);
    return rs_pool_print(world->pool, "%s", out.text);
}

/* ---------------------------------------------------------------- lines */

static rs_line *add_line(rs_world *world) {
    if (world->line_count == RS_WORLD_LINES_MAX || world->pool->overflowed) {
        world->overflowed = true;
        return NULL;
    }
    world->line_total++;
    rs_line *line = &world->lines[world->line_count++];
    *line = (rs_line){0};
    return line;
}

void rs_world_say(rs_world *world, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    rs_line *line = add_line(world);
    if (line) line->text = rs_pool_print(world->pool, "%s", text);
}

void rs_world_say_of(rs_life *life, const char *word, uint32_t rank, rs_term reason) {
    rs_world *world = life->place->world;
    rs_line *line = add_line(world);
    if (!line) return;
    const char *text =
        rs_pool_print(world->pool, "%s %s #%llu %s", word, life->place->path,
                      (unsigned long long)life->incarnation, rs_world_term(world, reason));
    *line = (rs_line){.incarnation = life->incarnation, .rank = rank, .text = text};
    if (!life->is_supervisor && life->place->is_dynamic) line->place = life->place;
}

static int compare(const void *a, const void *b) {
    const rs_line *x = a, *y = b;
    int by_path = strcmp(x->place->path, y->place->path);
    if (by_path) return by_path;
    if (x->incarnation != y->incarnation) return x->incarnation < y->incarnation ? -1 : 1;
    return (int)x->rank - (int)y->rank;
}

/* Whose run a line belongs to; NULL: none's. */
static const rs_place *run_of(const rs_line *line) {
    return line->place ? line->place->parent : NULL;
}

/* Children of one simple_one_for_one supervisor stop in parallel: each maximal run of their lines
 * is sorted. The leading lines of the action's own target are no part of one. */
static void sort_runs(rs_world *world, const rs_place *target) {
    uint32_t at = 0;
    while (at < world->line_count && target && world->lines[at].place == target) at++;
    while (at < world->line_count) {
        const rs_place *run = run_of(&world->lines[at]);
        uint32_t end = at + 1;
        while (run && end < world->line_count && run_of(&world->lines[end]) == run) end++;
        if (run) qsort(&world->lines[at], end - at, sizeof *world->lines, compare);
        at = end;
    }
}

void rs_world_flush(rs_world *world, const rs_place *target, FILE *out) {
    sort_runs(world, target);
    for (uint32_t i = 0; i < world->line_count; i++) fprintf(out, "%s\n", world->lines[i].text);
    world->line_count = 0;
}
