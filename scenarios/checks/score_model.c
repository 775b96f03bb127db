/* score_model.c: what a process should keep that puts values in order.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/score_model.h"

#include "reports/rows.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- one list */

/* Behind all that are as good. */
static uint32_t place_of(const rs_score_list *list, int64_t value) {
    uint32_t place = 0;
    while (place < list->count && list->at[place] >= value) place++;
    return place;
}

static void make_room(rs_score_list *list, uint32_t count) {
    if (count <= list->room) return;
    uint32_t room = count < 16 ? 16 : 2 * count;
    int64_t *at = rs_rows_alloc(sizeof *at * room);
    if (list->count) memcpy(at, list->at, sizeof *at * list->count);
    free(list->at);
    list->at = at;
    list->room = room;
}

static void insert(rs_score_list *list, uint32_t place, int64_t value) {
    make_room(list, list->count + 1);
    memmove(list->at + place + 1, list->at + place, sizeof *list->at * (list->count - place));
    list->at[place] = value;
    list->count++;
}

static void copy(rs_score_list *to, const rs_score_list *from) {
    make_room(to, from->count);
    if (from->count) memcpy(to->at, from->at, sizeof *to->at * from->count);
    to->count = from->count;
    to->refuted = from->refuted;
}

/* ---------------------------------------------------------------- who lives */

void rs_score_model_fini(rs_score_model *model) {
    free(model->kept.at);
    free(model->lost.at);
    *model = (rs_score_model){0};
}

/* The one that is not refuted is what there was; of two it may have been either. One that lives on
 * beside its successor keeps what is not known any more. */
void rs_score_model_live(rs_score_model *model, uint32_t life) {
    uint32_t before = model->life;
    if (before == life + 1) return;
    rs_score_list *kept = &model->kept, *lost = &model->lost;
    if (before > life + 1 || (!kept->refuted && !lost->refuted && lost->count))
        model->doubted = true;
    if (before && kept->refuted && !lost->refuted) copy(kept, lost);
    kept->refuted = before == 0;
    lost->refuted = false;
    lost->count = 0;
    model->life = life + 1;
}

void rs_score_model_doubt(rs_score_model *model) {
    model->doubted = true;
}

/* ---------------------------------------------------------------- what clients are told */

static void follow_add(rs_score_list *list, const rs_history_entry *told, uint32_t room) {
    int64_t value = (int64_t)told->ref;
    uint32_t place = place_of(list, value);
    uint32_t expected = room && place >= room ? 0 : place + 1;
    if (list->refuted) return;
    list->refuted = told->number != expected;
    if (list->refuted || !expected) return;
    insert(list, place, value);
    if (room && list->count > room) list->count = room;
}

const char *rs_score_model_add(rs_score_model *model, const rs_history_entry *told) {
    if (told->cause) model->room = told->cause;
    if (model->room && told->number > model->room)
        return "says that it has put a score at a place beyond its bound";
    if (model->doubted) return NULL;
    follow_add(&model->kept, told, model->room);
    follow_add(&model->lost, told, model->room);
    if (!model->kept.refuted || !model->lost.refuted) return NULL;
    model->doubted = true;
    return "says that it has put a score at another place than it has by what was answered before";
}

static bool is_ordered(const rs_history_entry *items, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if ((int64_t)items[i - 1].ref < (int64_t)items[i].ref) return false;
    return true;
}

static bool is_equal(const rs_score_list *list, const rs_history_entry *items, uint32_t count) {
    if (list->refuted || list->count != count) return false;
    for (uint32_t i = 0; i < count; i++)
        if (list->at[i] != (int64_t)items[i].ref) return false;
    return true;
}

/* From here on that is what there is. */
static void learn(rs_score_model *model, const rs_history_entry *items, uint32_t count) {
    make_room(&model->lost, count);
    for (uint32_t i = 0; i < count; i++) model->lost.at[i] = (int64_t)items[i].ref;
    model->lost.count = count;
    model->lost.refuted = false;
    model->kept.refuted = true;
    model->doubted = false;
}

const char *rs_score_model_compare(rs_score_model *model, const rs_history_entry *told,
                                   uint32_t left) {
    const rs_history_entry *items = told + 1;
    uint32_t count = told->number < left ? told->number : left - 1;
    bool known = !model->doubted;
    bool as_kept = is_equal(&model->kept, items, count);
    bool as_lost = is_equal(&model->lost, items, count);
    learn(model, items, count);
    if (!is_ordered(items, count)) return "tells scores that are not in order";
    if (model->room && count > model->room) return "tells more scores than its bound";
    if (known && !as_kept && !as_lost)
        return "tells other scores than those that were answered before";
    return NULL;
}
