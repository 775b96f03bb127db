/* checking.c: the checks look at a run that is over.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/checking.h"

#include "runtime/base/units.h"
#include "scenarios/engine/sometimes.h"
#include "scenarios/engine/tree.h"
#include "scenarios/language/path.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ time and place */

const char *rs_checking_path(const rs_checking *checking, uint32_t role) {
    const char *path = role ? rs_roles_path(&checking->shared->roles, role) : "";
    return role && !*path ? checking->shared->plan->root->id : path;
}

static uint64_t time_of(const rs_checking *checking, uint32_t index) {
    const rs_history *history = checking->history;
    if (index > checking->stop) index = checking->stop;
    if (index >= history->count) index = history->count - 1;
    return history->count ? history->at[index].time_ns : 0;
}

int64_t rs_checking_since(const rs_checking *checking, uint32_t index) {
    return rs_shared_since(checking->shared, time_of(checking, index));
}

uint64_t rs_checking_between(const rs_checking *checking, uint32_t from, uint32_t to) {
    uint64_t begin_ns = time_of(checking, from), end_ns = time_of(checking, to);
    return end_ns > begin_ns ? end_ns - begin_ns : 0;
}

const char *rs_checking_took(const rs_checking *checking, uint32_t from, uint32_t to, char *text,
                             size_t bytes) {
    return rs_units_format_duration(rs_checking_between(checking, from, to), text, bytes);
}

/* ------------------------------------------------------------------ one entry as a sentence */

static const char *fault_of(const rs_checking *checking, const rs_history_entry *entry) {
    uint32_t fault = entry->cause ? rs_blow_fault(entry->cause) : UINT32_MAX;
    const rs_plan *plan = checking->shared->plan;
    return fault < plan->fault_count ? plan->faults[fault].id : "none of the plan";
}

static const char *stop_word(uint32_t detail) {
    switch (detail) {
    case RS_STOP_SIBLING: return "with the one that died";
    case RS_STOP_ESCALATION: return "because its supervisor gives up";
    default: return "in good order";
    }
}

static const char *left_word(uint32_t detail) {
    switch (detail) {
    case RS_LEFT_UNSUPERVISED: return "is left alive, and no living supervisor knows it";
    case RS_LEFT_UNREACHABLE: return "is left alive, and neither name nor registry leads to it";
    case RS_LEFT_STALE_ENTRY: return "is dead, and a registry still leads to it";
    default: return "is dead, and still has its name";
    }
}

static void say_event(const rs_checking *checking, const rs_history_entry *entry, char *text,
                      size_t bytes) {
    const char *reason = rs_history_reason(checking->history, entry);
    switch (entry->kind) {
    case RS_EVENT_FAULT:
        snprintf(text, bytes, "is hit by fault '%s'", fault_of(checking, entry));
        break;
    case RS_EVENT_EXIT: snprintf(text, bytes, "ends: %s", reason); break;
    case RS_EVENT_NOTICED: snprintf(text, bytes, "is missed by its supervisor"); break;
    case RS_EVENT_STOPPING:
        snprintf(text, bytes, "is told to stop, %s", stop_word(entry->detail));
        break;
    case RS_EVENT_STARTED: snprintf(text, bytes, "is started"); break;
    case RS_EVENT_INIT_FAILED: snprintf(text, bytes, "does not start: %s", reason); break;
    case RS_EVENT_REACHABLE: snprintf(text, bytes, "can be reached"); break;
    case RS_EVENT_SERVED: snprintf(text, bytes, "answers its first request"); break;
    case RS_EVENT_ESCALATED: snprintf(text, bytes, "gives up: too many restarts"); break;
    case RS_EVENT_NOT_DUE: snprintf(text, bytes, "is not started again by its supervisor"); break;
    default: snprintf(text, bytes, "%s", left_word(entry->detail)); break;
    }
}

/* Who has no role is a client, or another of the harness's own. */
static const char *name_of(const rs_checking *checking, uint64_t pid, char *text, size_t bytes) {
    uint32_t life = rs_lives_find(checking->lives, pid);
    if (life == RS_NEVER) return "somebody without a role";
    snprintf(text, bytes, "%s#%u", rs_checking_path(checking, checking->lives->at[life].role),
             checking->lives->at[life].incarnation);
    return text;
}

static void say_ask(const rs_checking *checking, const rs_history_entry *entry, char *text,
                    size_t bytes) {
    const char *why = rs_history_reason(checking->history, entry);
    char callee[RS_FINDING_PATH_BYTES];
    snprintf(text, bytes, "client %u has called %s: %s", entry->number,
             name_of(checking, entry->peer, callee, sizeof callee), *why ? why : "answered");
}

static void say_passage(const rs_checking *checking, const rs_history_entry *entry, char *text,
                        size_t bytes) {
    char one[RS_FINDING_PATH_BYTES], other[RS_FINDING_PATH_BYTES];
    snprintf(text, bytes, "%s %s %s, %s", name_of(checking, entry->pid, one, sizeof one),
             rs_history_word(entry->kind), entry->word ? entry->word : "",
             name_of(checking, entry->peer, other, sizeof other));
}

static void say_call(const rs_checking *checking, const rs_history_entry *entry, char *text,
                     size_t bytes) {
    const char *why = rs_history_reason(checking->history, entry);
    const char *word = entry->word ? entry->word : "";
    switch (entry->kind) {
    case RS_HISTORY_END:
        snprintf(text, bytes, "client %u has done %s: %s", entry->number, word,
                 *why ? why : "answered");
        break;
    case RS_HISTORY_ASK: say_ask(checking, entry, text, bytes); break;
    case RS_HISTORY_TOLD:
        snprintf(text, bytes, "a client is told %s: %lld, place %u", word, (long long)entry->ref,
                 entry->number);
        break;
    default: say_passage(checking, entry, text, bytes); break;
    }
}

static bool is_of_role(const rs_history_entry *entry) {
    return entry->kind < RS_EVENT_COUNT || entry->kind == RS_HISTORY_LEFT;
}

void rs_checking_print(const rs_checking *checking, uint32_t index, char *text, size_t bytes) {
    const rs_history_entry *entry = &checking->history->at[index];
    char what[RS_FINDING_LINE_BYTES];
    if (is_of_role(entry))
        say_event(checking, entry, what, sizeof what);
    else
        say_call(checking, entry, what, sizeof what);
    double s = (double)rs_shared_since(checking->shared, entry->time_ns) / 1e9;
    if (is_of_role(entry))
        snprintf(text, bytes, "t=%.6fs %s#%u %s", s, rs_checking_path(checking, entry->role),
                 entry->incarnation, what);
    else
        snprintf(text, bytes, "t=%.6fs %s", s, what);
}

/* ------------------------------------------------------------------ findings */

/* Looked for only where something is amiss: few lives are. */
bool rs_checking_is_held(const rs_checking *checking, uint32_t life) {
    const rs_history *history = checking->history;
    const rs_plan *plan = checking->shared->plan;
    if (life == RS_NEVER) return false;
    for (uint32_t i = checking->begin; i < history->count; i++) {
        const rs_history_entry *entry = &history->at[i];
        bool is_its = entry->kind == RS_EVENT_FAULT && entry->cause &&
                      entry->pid == checking->lives->at[life].pid;
        if (is_its && plan->faults[rs_blow_fault(entry->cause)].how->hangs) return true;
    }
    return false;
}

static bool is_told(const rs_checking *checking, const char *place) {
    const rs_findings *findings = &checking->shared->findings;
    for (uint32_t i = findings->count; i-- > 0 && findings->at[i].check == checking->check;)
        if (strcmp(findings->at[i].place, place) == 0) return true;
    return false;
}

/* The next one, at the place of `role`; NULL when there is enough to read. */
static rs_finding *add_finding(rs_checking *checking, uint32_t role) {
    rs_findings *findings = &checking->shared->findings;
    char place[sizeof(rs_finding){0}.place];
    rs_path_general(checking->shared->plan->root, rs_checking_path(checking, role), place,
                    sizeof place);
    bool told = is_told(checking, place), enough = checking->found >= RS_FINDINGS_OF_CHECK_MAX;
    if ((told && enough) || findings->count == RS_FINDINGS_MAX) {
        findings->omitted++;
        findings->untold += !told;
        return NULL;
    }
    checking->found++;
    rs_finding *finding = &findings->at[findings->count++];
    snprintf(finding->path, sizeof finding->path, "%s", rs_checking_path(checking, role));
    snprintf(finding->place, sizeof finding->place, "%s", place);
    return finding;
}

rs_finding *rs_checking_find(rs_checking *checking, uint32_t role, uint32_t index,
                             const char *format, ...) {
    rs_finding *finding = add_finding(checking, role);
    if (!finding) return NULL;
    int64_t since_ns = rs_checking_since(checking, index);
    finding->check = checking->check;
    finding->time_ns = since_ns > 0 ? (uint64_t)since_ns : 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding->text, sizeof finding->text, format, arguments);
    va_end(arguments);
    return finding;
}

/* Where an event belongs; RS_FINDING_EVENTS_MAX when it is told already. */
static uint32_t place_in(const rs_finding *finding, uint32_t index) {
    uint32_t place = finding->event_count;
    while (place > 0 && finding->events[place - 1].index >= index) place--;
    bool told = place < finding->event_count && finding->events[place].index == index;
    return told ? RS_FINDING_EVENTS_MAX : place;
}

void rs_checking_tell(const rs_checking *checking, rs_finding *finding, uint32_t index) {
    if (!finding || index == RS_NEVER || index >= checking->history->count) return;
    if (finding->event_count == RS_FINDING_EVENTS_MAX) return;
    uint32_t place = place_in(finding, index);
    if (place == RS_FINDING_EVENTS_MAX) return;
    rs_finding_event *at = &finding->events[place];
    memmove(at + 1, at, sizeof *at * (finding->event_count++ - place));
    at->index = index;
    rs_checking_print(checking, index, at->text, sizeof at->text);
}

/* Backwards, so that it is the latest of much. */
void rs_checking_tell_role(const rs_checking *checking, rs_finding *finding, uint32_t role,
                           uint32_t from, uint32_t to) {
    const rs_history *history = checking->history;
    if (to >= history->count) to = history->count ? history->count - 1 : 0;
    for (uint32_t i = to; finding && history->count && i >= from; i--) {
        const rs_history_entry *entry = &history->at[i];
        if (entry->role == role && is_of_role(entry)) rs_checking_tell(checking, finding, i);
        if (i == 0 || finding->event_count == RS_FINDING_EVENTS_MAX) return;
    }
}

/* The blow that ended it: the last one on the way from its end backwards. */
static uint32_t find_blow(const rs_checking *checking, const rs_life *life) {
    for (uint32_t i = life->ended; i != RS_NEVER && i-- > life->started;) {
        const rs_history_entry *entry = &checking->history->at[i];
        if (entry->kind == RS_EVENT_FAULT && entry->pid == life->pid) return i;
    }
    return RS_NEVER;
}

void rs_checking_tell_life(const rs_checking *checking, rs_finding *finding, uint32_t number) {
    if (!finding || number == RS_NEVER) return;
    const rs_life *life = &checking->lives->at[number];
    rs_checking_tell(checking, finding, life->started);
    rs_checking_tell(checking, finding, find_blow(checking, life));
    if (life->ended > checking->stop) return; /* with all the others */
    rs_checking_tell(checking, finding, life->stopping);
    rs_checking_tell(checking, finding, life->ended);
    rs_checking_tell(checking, finding, life->not_due);
}

/* A registry's successor may know less. */
static void tell_registry(const rs_checking *checking, rs_finding *finding, uint32_t role) {
    uint32_t latest = rs_lives_latest(checking->lives, role, checking->stop);
    for (uint32_t i = checking->lives->first[role]; i != RS_NEVER && i != latest;
         i = checking->lives->at[i].next)
        if (checking->lives->at[i].next == latest) {
            rs_checking_tell_life(checking, finding, i);
            rs_checking_tell(checking, finding, checking->lives->at[latest].started);
        }
}

void rs_checking_tell_registries(const rs_checking *checking, rs_finding *finding) {
    const rs_shared *shared = checking->shared;
    for (uint32_t role = 1; finding && role <= shared->planned; role++) {
        const rs_plan_node *node =
            rs_tree_find(shared->plan->root, rs_roles_path(&shared->roles, role));
        if (node && node->worker && node->worker->entries_of)
            tell_registry(checking, finding, role);
    }
}

/* ------------------------------------------------------------------ all of them */

static uint32_t find_stage(const rs_history *history, rs_stage stage) {
    for (uint32_t i = 0; i < history->count; i++)
        if (history->at[i].kind == RS_HISTORY_STAGE && history->at[i].detail == (uint32_t)stage)
            return i;
    return history->count;
}

static uint32_t parent_of(const void *context, uint32_t role) {
    return ((const rs_shared *)context)->roles.at[role].parent;
}

static void look(rs_checking *checking) {
    rs_shared *shared = checking->shared;
    for (uint32_t i = 0; i < shared->check_count; i++) {
        checking->check = shared->checks[i].check;
        checking->time_ns = shared->checks[i].time_ns;
        checking->found = 0;
        checking->check->run(checking);
    }
    shared->findings.looked = true;
}

void rs_checking_all(rs_shared *shared) {
    const rs_history *history = shared->history;
    rs_lives lives;
    if (!history) return;
    shared->findings.overrun = history->overrun;
    if (history->overrun) return;
    rs_lives_init(&lives, history, rs_roles_count(&shared->roles), parent_of, shared);
    rs_checking checking = {.shared = shared,
                            .history = history,
                            .lives = &lives,
                            .begin = find_stage(history, RS_STAGE_RUN),
                            .stop = find_stage(history, RS_STAGE_RELEASE)};
    rs_sometimes_look(&checking);
    look(&checking);
    rs_lives_fini(&lives);
}
