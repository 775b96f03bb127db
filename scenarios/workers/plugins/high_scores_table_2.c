/* high_scores_table_2.c: the second version of high_scores_table, for upgrades while tables live:
 * scores, names and times lie apart. Finding a place then reads 8 bytes of each score instead of
 * 32, and every table that is changed shows that a state may have another layout.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"
#include "scenarios/workers/high_scores_table.h"

#include <string.h>

typedef rs_high_scores_table_2 table;

static void make_room(table *self) {
    if (self->scores) return;
    self->scores = rs_alloc(self->max_players * sizeof *self->scores);
    self->times_ns = rs_alloc(self->max_players * sizeof *self->times_ns);
    self->names = rs_alloc(self->max_players * sizeof *self->names);
}

/* ------------------------------------------------------------------ from the first version */

static void take_score(table *self, uint32_t place, const rs_score *score) {
    self->scores[place] = score->score;
    self->times_ns[place] = score->time_ns;
    memcpy(self->names[place], score->name, sizeof score->name);
}

/* The old array goes last: up to then the old table is whole. One whose scores are stored elsewhere
 * stays as it is: this version keeps them in memory. */
static rs_term code_change(const rs_old_state *old, void *state, rs_term extra) {
    const rs_high_scores_table *first = old->state;
    table *self = state;
    (void)extra;
    if (old->version != 1 || old->bytes != sizeof *first) return RS_ATOM(badarg);
    if (first->is_stored) return RS_ATOM(badarg);
    self->max_players = first->max_players;
    self->count = first->count;
    if (!first->scores) return RS_ATOM(ok);
    make_room(self);
    for (uint32_t i = 0; i < first->count; i++) take_score(self, i, &first->scores[i]);
    rs_free(first->scores, first->max_players * sizeof *first->scores);
    return RS_ATOM(ok);
}

/* ------------------------------------------------------------------ a score */

/* The first place whose score is lower: ties go behind. */
static uint32_t find_place(const table *self, int64_t score) {
    uint32_t low = 0, high = self->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (self->scores[middle] >= score)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last one falls off a full table. */
static void open_gap(table *self, uint32_t place) {
    uint32_t behind = self->count - place - (self->count == self->max_players);
    memmove(self->scores + place + 1, self->scores + place, behind * sizeof *self->scores);
    memmove(self->times_ns + place + 1, self->times_ns + place, behind * sizeof *self->times_ns);
    memmove(self->names + place + 1, self->names + place, behind * sizeof *self->names);
    if (self->count < self->max_players) self->count++;
}

static rs_next add_score(table *self, const rs_add_score *request) {
    rs_position answer = {0};
    uint32_t place = find_place(self, request->score);
    if (place < self->max_players) {
        rs_score score = {.score = request->score, .time_ns = rs_now_ns()};
        memcpy(score.name, request->name, RS_SCORE_NAME_BYTES - 1);
        make_room(self);
        open_gap(self, place);
        take_score(self, place, &score);
        rs_keep(self->count);
        answer.position = place + 1;
    }
    return rs_reply(&rs_position_type, &answer, sizeof answer);
}

/* ------------------------------------------------------------------ all scores */

static rs_next current_scores(const table *self) {
    uint32_t bytes = self->count * (uint32_t)sizeof(rs_score);
    rs_score *scores = bytes ? rs_alloc(bytes) : NULL;
    for (uint32_t i = 0; i < self->count; i++) {
        scores[i] = (rs_score){.score = self->scores[i], .time_ns = self->times_ns[i]};
        memcpy(scores[i].name, self->names[i], sizeof scores[i].name);
    }
    rs_next next = rs_reply(&rs_scores_type, scores, bytes);
    if (scores) rs_free(scores, bytes);
    return next;
}

/* ------------------------------------------------------------------ the server */

static rs_next init(void *state, const void *args, uint32_t bytes) {
    table *self = state;
    const rs_worker_args *start = args;
    const rs_high_scores_table_config *config = start->config;
    uint64_t max_players = start->argument ? start->argument : (uint64_t)config->max_players;
    (void)bytes;
    if (!max_players || max_players > RS_MAX_PLAYERS_MAX) return rs_stop(RS_ATOM(badarg));
    self->max_players = (uint32_t)max_players;
    rs_keep(0);
    return RS_INIT_OK;
}

static rs_next handle_call(void *state, rs_from from, const rs_message *request) {
    (void)from;
    if (request->type == &rs_add_score_type)
        return add_score(state, (const void *)request->payload);
    if (request->type == &rs_current_scores_type) return current_scores(state);
    return rs_stop(RS_ATOM(bad_request));
}

static const rs_gen_server server = {
    .name = "high_scores_table",
    .state_bytes = sizeof(table),
    .version = 2,
    .init = init,
    .handle_call = handle_call,
    .code_change = code_change,
};

RS_CODE_MODULE(&server);
