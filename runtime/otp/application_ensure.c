/* application_ensure.c: an application after all that it needs. Each step is a call of its own, so
 * that the controller never waits.
 * Source: rule A3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_ask.h"
#include "runtime/otp/shape.h"

#include <string.h>

/* A way down the dependencies: each frame is about to start the one above it. */
typedef struct frame {
    struct frame *below;
    rs_atom name;
    const rs_application *application;
    const char *const *next; /* which it needs, not yet looked at */
} frame;

typedef struct walk {
    frame *top;
    frame *started; /* the newest first */
    uint32_t started_count;
    rs_restart type;
    rs_term failure; /* {App,Reason}, the caller's */
} walk;

static void push(frame **at, rs_atom name, const rs_application *application) {
    frame *made = rs_alloc(sizeof *made);
    *made = (frame){*at, name, application, application ? application->applications : NULL};
    *at = made;
}

static void pop(frame **at) {
    frame *gone = *at;
    *at = gone->below;
    rs_free(gone, sizeof *gone);
}

/* [App,…,App]: the way from `name` back to it. */
static rs_term name_circle(const frame *top, rs_atom name) {
    uint32_t count = 2, at;
    for (const frame *one = top; one->name != name; one = one->below) count++;
    rs_term *names = rs_alloc(count * sizeof *names);
    at = count;
    names[--at] = name;
    for (const frame *one = top; at > 0; one = one->below) names[--at] = one->name;
    rs_term list = rs_term_list(count, names);
    rs_free(names, count * sizeof *names);
    return rs_shape_pair(rs_shape_word("circular_dependencies"), list);
}

static bool is_on_way(const frame *top, rs_atom name) {
    while (top && top->name != name) top = top->below;
    return top != NULL;
}

/* {"no such file or directory","App.app"}, as OTP has it. */
static rs_term no_such_file(rs_atom name) {
    static const char why[] = "no such file or directory";
    char file[RS_ATOM_BYTES_MAX + sizeof ".app"];
    size_t length = strlen(rs_atom_text(name));
    memcpy(file, rs_atom_text(name), length);
    memcpy(file + length, ".app", sizeof ".app");
    return rs_shape_pair(rs_term_text(why, sizeof why - 1),
                         rs_term_text(file, (uint32_t)length + 4));
}

/* Takes the reference to `reason`. */
static void fail(walk *way, rs_atom name, rs_term reason) {
    way->failure = rs_shape_pair(name, reason);
}

static bool is_optional(const rs_application *application, const char *name) {
    const char *const *one = application->optional_applications;
    while (one && *one && strcmp(*one, name) != 0) one++;
    return one && *one;
}

/* Nothing is to be done for one that runs, whatever has become of those that it needs. */
static void descend(walk *way, rs_atom name, bool is_needed) {
    const rs_application_request request = {.word = RS_APPLICATION_ONE, .name = name};
    rs_application_entry entry = rs_application_ask_entry(&request);
    if (entry.runs) return;
    if (!entry.application && is_needed)
        fail(way, name, no_such_file(name));
    else if (entry.application && is_on_way(way->top, name))
        fail(way, name, name_circle(way->top, name));
    else if (entry.application)
        push(&way->top, name, entry.application);
}

/* All that the top needs is there. */
static void start_top(walk *way) {
    rs_atom name = way->top->name;
    rs_term answer = rs_application_start(way->top->application, way->type);
    if (answer == RS_ATOM(ok)) {
        push(&way->started, name, NULL);
        way->started_count++;
    } else if (!rs_application_ask_refused(answer, RS_ATOM(already_started))) {
        fail(way, name, rs_term_element(answer, 1));
    }
    rs_term_release(answer);
    pop(&way->top);
}

static void step(walk *way) {
    const char *const *next = way->top->next;
    if (!next || !*next) {
        start_top(way);
        return;
    }
    way->top->next++;
    descend(way, rs_shape_word(*next), !is_optional(way->top->application, *next));
}

static rs_term tell_started(walk *way) {
    uint32_t at = way->started_count;
    rs_term *names = rs_alloc((at + 1) * sizeof *names);
    for (const frame *one = way->started; one; one = one->below) names[--at] = one->name;
    rs_term list = rs_term_list(way->started_count, names);
    rs_free(names, (way->started_count + 1) * sizeof *names);
    return rs_shape_pair(RS_ATOM(ok), list);
}

static rs_term tell_failure(walk *way) {
    for (const frame *one = way->started; one; one = one->below)
        rs_term_release(rs_application_stop(one->name));
    return rs_shape_pair(RS_ATOM(error), way->failure);
}

/* A3 */
rs_term rs_application_ensure_all_started(const rs_application *application, rs_restart type) {
    rs_atom name = rs_shape_word(application->name);
    rs_term refusal = rs_application_ask_load(application);
    walk way = {.type = type};
    if (refusal)
        fail(&way, name, rs_term_element(refusal, 1));
    else
        descend(&way, name, true);
    rs_term_release(refusal);
    while (way.top && !way.failure) step(&way);
    rs_term answer = way.failure ? tell_failure(&way) : tell_started(&way);
    while (way.top) pop(&way.top);
    while (way.started) pop(&way.started);
    return answer;
}
