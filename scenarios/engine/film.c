/* film.c: what a trace is made of.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/film.h"

#include "reports/rows.h"
#include "scenarios/engine/map.h"

#include <stdlib.h>
#include <string.h>

static size_t turns_bytes(const rs_film *film) {
    return sizeof(rs_film_turn) * film->reel_turns * RS_FILM_REELS;
}

static size_t events_bytes(const rs_film *film) {
    return sizeof(rs_film_event) * film->events;
}

static bool init_part(const rs_film *film, rs_film_part *part, rs_larder *larder) {
    part->turns = rs_map_create(larder, turns_bytes(film));
    part->events = rs_map_create(larder, events_bytes(film));
    part->reels[0].number = 1;
    part->code_count = 1;
    return part->turns && part->events;
}

bool rs_film_init(rs_film *film, uint32_t slots, uint64_t turns, rs_larder *larder) {
    uint64_t in_reel = turns / slots / RS_FILM_REELS;
    *film = (rs_film){.slots = slots, .reel_turns = in_reel ? (uint32_t)in_reel : 1};
    film->events = film->reel_turns * RS_FILM_REELS / RS_FILM_EVENTS_SHARE;
    film->parts = rs_map_create(larder, sizeof *film->parts * slots);
    for (uint32_t i = 0; film->parts && i < slots; i++)
        if (!init_part(film, &film->parts[i], larder)) return false;
    return film->parts != NULL;
}

void rs_film_fini(rs_film *film, rs_larder *larder) {
    for (uint32_t i = 0; film->parts && i < film->slots; i++) {
        rs_map_destroy(larder, film->parts[i].turns, turns_bytes(film), RS_MAP_UNKNOWN);
        rs_map_destroy(larder, film->parts[i].events, events_bytes(film), RS_MAP_UNKNOWN);
    }
    if (film->slots)
        rs_map_destroy(larder, film->parts, sizeof *film->parts * film->slots, RS_MAP_UNKNOWN);
}

/* ------------------------------------------------------------------ keeping */

static rs_film_part *part_of(const rs_film *film, uint32_t core) {
    return &film->parts[core % film->slots];
}

/* The oldest in which nothing happened; where all are telling, the oldest. */
static uint32_t choose_reel(const rs_film_part *part) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < RS_FILM_REELS; i++) {
        const rs_film_reel *reel = &part->reels[i], *other = &part->reels[best];
        bool duller =
            reel->telling != other->telling ? other->telling : reel->number < other->number;
        if (duller) best = i;
    }
    return best;
}

/* Unused ones have the number 0. */
static void begin_reel(const rs_film *film, rs_film_part *part) {
    uint64_t happened = rs_load(&film->happened, rs_relaxed);
    uint64_t number = part->reels[part->reel].number + 1;
    part->reels[part->reel].telling = happened != part->happened;
    part->reel = choose_reel(part);
    part->happened = happened;
    rs_film_reel *reel = &part->reels[part->reel];
    rs_tally(&part->lost, rs_load(&reel->count, rs_relaxed));
    rs_store(&reel->count, 0, rs_relaxed);
    rs_compiler_barrier(); /* before anything is written over what it counted */
    reel->number = number;
    reel->telling = false;
}

void rs_film_add_turn(rs_film *film, const rs_film_turn *turn) {
    rs_film_part *part = part_of(film, turn->core);
    if (rs_load(&part->reels[part->reel].count, rs_relaxed) == film->reel_turns)
        begin_reel(film, part);
    rs_film_reel *reel = &part->reels[part->reel];
    uint32_t count = rs_load(&reel->count, rs_relaxed);
    part->turns[(size_t)part->reel * film->reel_turns + count] = *turn;
    /* release: should the child end here, what is counted has been written. */
    rs_store(&reel->count, count + 1, rs_release);
}

static uint16_t add_code(rs_film_part *part, const void *key, const char *module) {
    if (part->code_count == RS_FILM_CODES_MAX) return 0;
    rs_film_code *code = &part->codes[part->code_count];
    *code = (rs_film_code){.key = key, .is_entry = module == NULL};
    if (module) memcpy(code->name, module, strnlen(module, sizeof code->name - 1));
    return (uint16_t)part->code_count++;
}

uint16_t rs_film_code_of(rs_film *film, uint32_t core, rs_entry *entry, const char *module) {
    rs_film_part *part = part_of(film, core);
    const void *key = entry ? (const void *)(uintptr_t)entry : module;
    if (!key) return 0;
    for (uint32_t i = 1; i < part->code_count; i++)
        if (part->codes[i].key == key) return (uint16_t)i;
    return add_code(part, key, entry ? NULL : module);
}

void rs_film_add_event(rs_film *film, const rs_film_event *event) {
    rs_film_part *part = part_of(film, event->core);
    rs_add(&film->happened, 1, rs_relaxed);
    rs_spin_lock(&part->lock);
    uint64_t count = rs_load(&part->event_count, rs_relaxed);
    part->events[count % film->events] = *event;
    /* release: as for turns. */
    rs_store(&part->event_count, count + 1, rs_release);
    rs_spin_unlock(&part->lock);
}

/* ------------------------------------------------------------------ reading */

/* Those that are kept lie in memory in the order in which they were told, but for the ends of
 * rings: so the order in which they were gathered breaks ties. */
typedef struct sorted {
    const void *one;
    uint64_t time_ns;
    size_t order;
} sorted;

static int earlier(const void *a, const void *b) {
    const sorted *x = a, *y = b;
    if (x->time_ns != y->time_ns) return x->time_ns < y->time_ns ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* Owner: free() it; takes `all`. */
static const void **sort(sorted *all, size_t count) {
    const void **at = rs_rows_alloc(sizeof *at * (count + 1));
    qsort(all, count, sizeof *all, earlier);
    for (size_t i = 0; i < count; i++) at[i] = all[i].one;
    free(all);
    return at;
}

static int begun_earlier(const void *a, const void *b) {
    const rs_film_reel *x = *(const rs_film_reel *const *)a, *y = *(const rs_film_reel *const *)b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static size_t gather_turns(const rs_film *film, const rs_film_part *part, sorted *all,
                           size_t used) {
    const rs_film_reel *reels[RS_FILM_REELS];
    for (uint32_t i = 0; i < RS_FILM_REELS; i++) reels[i] = &part->reels[i];
    qsort(reels, RS_FILM_REELS, sizeof *reels, begun_earlier);
    for (uint32_t i = 0; i < RS_FILM_REELS; i++) {
        const rs_film_turn *turn =
            &part->turns[(size_t)(reels[i] - part->reels) * film->reel_turns];
        uint32_t count = rs_load(&reels[i]->count, rs_acquire);
        for (uint32_t k = 0; k < count; k++, used++)
            all[used] = (sorted){&turn[k], turn[k].from_ns, used};
    }
    return used;
}

rs_film_turns rs_film_sort_turns(const rs_film *film) {
    size_t room = (size_t)film->slots * film->reel_turns * RS_FILM_REELS;
    sorted *all = rs_rows_alloc(sizeof *all * (room + 1));
    rs_film_turns turns = {0};
    for (uint32_t i = 0; i < film->slots; i++) {
        turns.count = gather_turns(film, &film->parts[i], all, turns.count);
        turns.lost += rs_load(&film->parts[i].lost, rs_relaxed);
    }
    turns.at = (const rs_film_turn **)(void *)sort(all, turns.count);
    return turns;
}

/* Where something was overwritten, the oldest may be half of one that the child was writing when
 * it ended. */
static uint64_t oldest_event(const rs_film *film, uint64_t count) {
    return count > film->events ? count - film->events + 1 : 0;
}

/* From when on every part has kept all: earlier ones would be a story with holes. */
static uint64_t whole_from(const rs_film *film) {
    uint64_t from_ns = 0;
    for (uint32_t i = 0; i < film->slots; i++) {
        const rs_film_part *part = &film->parts[i];
        uint64_t oldest = oldest_event(film, rs_load(&part->event_count, rs_acquire));
        const rs_film_event *event = &part->events[oldest % film->events];
        if (oldest && event->time_ns > from_ns) from_ns = event->time_ns;
    }
    return from_ns;
}

static size_t gather_events(const rs_film *film, const rs_film_part *part, uint64_t from_ns,
                            sorted *all, size_t used) {
    uint64_t count = rs_load(&part->event_count, rs_acquire);
    for (uint64_t i = oldest_event(film, count); i < count; i++) {
        const rs_film_event *event = &part->events[i % film->events];
        if (event->time_ns < from_ns) continue;
        all[used] = (sorted){event, event->time_ns, used};
        used++;
    }
    return used;
}

rs_film_events rs_film_sort_events(const rs_film *film) {
    sorted *all = rs_rows_alloc(sizeof *all * ((size_t)film->slots * film->events + 1));
    uint64_t from_ns = whole_from(film), total = 0;
    rs_film_events events = {0};
    for (uint32_t i = 0; i < film->slots; i++) {
        events.count = gather_events(film, &film->parts[i], from_ns, all, events.count);
        total += rs_load(&film->parts[i].event_count, rs_acquire);
    }
    events.lost = total - events.count;
    events.at = (const rs_film_event **)(void *)sort(all, events.count);
    return events;
}

const char *rs_film_name(const rs_film *film, const rs_film_turn *turn) {
    const rs_film_part *part = part_of(film, turn->core);
    return turn->code < part->code_count ? part->codes[turn->code].name : "";
}
