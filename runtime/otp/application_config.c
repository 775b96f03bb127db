/* application_config.c: the callers' side of the environment.
 * Source: rule A7.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_ask.h"
#include "runtime/otp/packed_term.h"
#include "runtime/otp/shape.h"

#include <string.h>

/* ---------------------------------------------------------------- one value */

bool rs_application_get_env(rs_atom name, rs_atom key, rs_term *value) {
    const rs_application_request request = {
        .word = RS_APPLICATION_GET_ENV, .name = name, .key = key};
    uint32_t count;
    const uint64_t *words = rs_application_ask(&request, sizeof *words, &count, NULL);
    if (count) *value = rs_packed_term_read(words, count);
    return count != 0;
}

rs_term rs_application_set_env(rs_atom name, rs_atom key, rs_term value, bool persistent) {
    struct {
        rs_application_request head;
        uint64_t words[RS_PACKED_TERM_WORDS];
    } request = {
        .head = {
            .word = RS_APPLICATION_SET_ENV, .persistent = persistent, .name = name, .key = key}};
    request.head.count = rs_packed_term_write(value, request.words);
    if (rs_packed_term_is_cut(value, request.words, request.head.count))
        return rs_shape_pair(RS_ATOM(error), RS_ATOM(system_limit));
    return rs_application_ask_term(&request.head);
}

rs_term rs_application_unset_env(rs_atom name, rs_atom key, bool persistent) {
    const rs_application_request request = {
        .word = RS_APPLICATION_UNSET_ENV, .persistent = persistent, .name = name, .key = key};
    return rs_application_ask_term(&request);
}

/* ---------------------------------------------------------------- all values */

/* A copy of what RS_APPLICATION_GET_ALL_ENV is answered with, in the caller's memory. */
typedef struct picture {
    uint64_t *words;
    uint32_t count;
} picture;

static picture take_picture(rs_atom name) {
    const rs_application_request request = {.word = RS_APPLICATION_GET_ALL_ENV, .name = name};
    picture taken;
    const uint64_t *words = rs_application_ask(&request, sizeof *words, &taken.count, NULL);
    taken.words = rs_alloc((taken.count + 1) * sizeof *words);
    if (taken.count) memcpy(taken.words, words, taken.count * sizeof *words);
    return taken;
}

static void drop_picture(picture *taken) {
    rs_free(taken->words, (taken->count + 1) * sizeof *taken->words);
}

/* One value in a picture: its key, its count, its words. */
static const uint64_t *first_in(const picture *of) {
    return of->count ? of->words : NULL;
}

static const uint64_t *after(const picture *of, const uint64_t *value) {
    const uint64_t *next = value + 2 + value[1];
    return next < of->words + of->count ? next : NULL;
}

static const uint64_t *find_in(const picture *of, rs_atom key) {
    const uint64_t *value = first_in(of);
    while (value && value[0] != key) value = after(of, value);
    return value;
}

static bool are_equal(const uint64_t *a, const uint64_t *b) {
    return a[1] == b[1] && memcmp(a, b, (2 + a[1]) * sizeof *a) == 0;
}

static rs_term pair_of(const uint64_t *value) {
    return rs_shape_pair(value[0], rs_packed_term_read(value + 2, (uint32_t)value[1]));
}

/* What there is in one picture, compared with another. */
typedef enum difference { ANY, CHANGED, MISSING } difference;

static bool differs(const uint64_t *value, const picture *other, difference how) {
    const uint64_t *its = find_in(other, value[0]);
    if (how == ANY) return true;
    return how == MISSING ? !its : its && !are_equal(value, its);
}

/* A list of those values in `of` that differ so from those in `other`, or of their keys. */
static rs_term list_where(const picture *of, const picture *other, difference how, bool keys) {
    size_t bytes = (of->count + 1) * sizeof(rs_term);
    rs_term *found = rs_alloc(bytes);
    uint32_t count = 0;
    for (const uint64_t *value = first_in(of); value; value = after(of, value))
        if (differs(value, other, how)) found[count++] = keys ? value[0] : pair_of(value);
    rs_term list = rs_term_list(count, found);
    for (uint32_t i = 0; i < count; i++) rs_term_release(found[i]);
    rs_free(found, bytes);
    return list;
}

rs_term rs_application_get_all_env(rs_atom name) {
    picture now = take_picture(name);
    rs_term list = list_where(&now, &now, ANY, false);
    drop_picture(&now);
    return list;
}

/* ---------------------------------------------------------------- config_change */

/* An application that ran before the change, with the environment that it had. */
typedef struct affected {
    rs_atom name;
    const rs_application *application;
    picture before;
} affected;

/* Returns {error,_} as one element more of `errors`, which it takes; 0: none yet. */
static rs_term add_error(rs_term errors, rs_term answer) {
    bool wrapped = rs_term_is_pair(answer, RS_ATOM(error));
    rs_term reason = wrapped ? rs_term_element(answer, 1) : answer;
    if (wrapped) rs_term_release(answer);
    uint32_t count = rs_term_size(errors);
    rs_term *all = rs_alloc((count + 1) * sizeof *all);
    all[0] = reason;
    for (uint32_t i = 0; i < count; i++) all[i + 1] = rs_term_element(errors, i);
    rs_term longer = rs_term_list(count + 1, all);
    for (uint32_t i = 0; i <= count; i++) rs_term_release(all[i]);
    rs_free(all, (count + 1) * sizeof *all);
    rs_term_release(errors);
    return longer;
}

static bool is_empty(rs_term list) {
    return rs_term_size(list) == 0;
}

/* Returns what config_change did; ok when there is nothing to tell. */
static rs_term tell_change(const affected *one) {
    const rs_application *its = one->application;
    picture now = take_picture(one->name);
    rs_term changed = list_where(&now, &one->before, CHANGED, false);
    rs_term new = list_where(&now, &one->before, MISSING, false);
    rs_term removed = list_where(&one->before, &now, MISSING, true);
    bool nothing = is_empty(changed) && is_empty(new) && is_empty(removed);
    rs_term answer = RS_ATOM(ok);
    if (!nothing && its->config_change)
        answer = its->config_change(its->args, changed, new, removed);
    rs_term_release(changed);
    rs_term_release(new);
    rs_term_release(removed);
    drop_picture(&now);
    return answer;
}

/* Those that run; *count says how many. */
static affected *take_running(uint32_t *count) {
    const rs_application_request request = {.word = RS_APPLICATION_WHICH};
    const rs_application_entry *entries =
        rs_application_ask(&request, sizeof *entries, count, NULL);
    affected *all = rs_alloc((*count + 1) * sizeof *all);
    for (uint32_t i = 0; i < *count; i++)
        all[i] = (affected){.name = entries[i].name, .application = entries[i].application};
    for (uint32_t i = 0; i < *count; i++) all[i].before = take_picture(all[i].name);
    return all;
}

static rs_term tell_all(const affected *all, uint32_t count) {
    rs_term errors = 0;
    for (uint32_t i = 0; i < count; i++) {
        rs_term answer = tell_change(&all[i]);
        if (answer != RS_ATOM(ok)) errors = add_error(errors, answer);
    }
    return errors ? rs_shape_pair(RS_ATOM(error), errors) : RS_ATOM(ok);
}

rs_term rs_application_config_change(const rs_config *config) {
    const rs_application_request request = {.word = RS_APPLICATION_CHANGE, .config = config};
    uint32_t count;
    affected *all = take_running(&count);
    rs_term answer = rs_application_ask_term(&request);
    if (answer == RS_ATOM(ok)) answer = tell_all(all, count);
    for (uint32_t i = 0; i < count; i++) drop_picture(&all[i].before);
    rs_free(all, (count + 1) * sizeof *all);
    return answer;
}
