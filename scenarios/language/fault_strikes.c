/* fault_strikes.c: blows that are written down.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_strikes.h"

#include "runtime/base/units.h"
#include "scenarios/language/path.h"
#include "scenarios/language/phase.h"
#include "scenarios/language/section.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNTAX "write a time and whom, such as 310ms tables/game-7#1"

/* ---- one strike ---- */

static void refuse(rs_reader *reader, const rs_document_node *item, const char *why) {
    rs_reader_problem(reader, item->place, "strike '%.60s': %s", item->text, why);
}

static bool read_incarnation(const char *digits, uint32_t *incarnation) {
    size_t length = strspn(digits, "0123456789");
    if (length == 0 || length > 9 || digits[length]) return false;
    *incarnation = (uint32_t)strtoul(digits, NULL, 10);
    return *incarnation > 0;
}

static bool is_pattern(const char *role) {
    const char *slash = strrchr(role, '/');
    const char *last = slash ? slash + 1 : role;
    return strcmp(last, "*") == 0 || strcmp(last, "**") == 0;
}

/* What is wrong with the role of a strike of `fault`; NULL: nothing. */
static const char *check_role(rs_reader *reader, const rs_plan_fault *fault, const char *role) {
    const rs_plan_node *root = reader->plan->root;
    if (is_pattern(role)) return "it is at one role, with its whole path";
    if (fault->how && fault->how->aim == RS_AIM_RUNTIME)
        return rs_plan_memory_format(reader->memory, "%s hits no role; write the time alone",
                                     fault->how->name);
    if (!root || !fault->pattern) return NULL; /* reported already */
    if (!rs_path_matches(fault->pattern, role))
        return rs_plan_memory_format(reader->memory, "'%.60s' does not name this role",
                                     fault->crash);
    return rs_path_role(root, role) ? NULL : "the tree has no such role";
}

static void read_role(rs_reader *reader, const rs_document_node *item, const rs_plan_fault *fault,
                      char *text, rs_plan_strike *strike) {
    const rs_plan_node *root = reader->plan->root;
    char *number = strrchr(text, '#');
    const char *why = NULL;
    if (number) *number = 0;
    strike->role = root ? rs_path_resolve(root, text) : text;
    if (!*text)
        why = SYNTAX;
    else if (number && !read_incarnation(number + 1, &strike->incarnation))
        why = "behind # stands which incarnation, from 1";
    else
        why = check_role(reader, fault, strike->role);
    if (why) refuse(reader, item, why);
}

/* Faults end with the phase they are in, or where the last phase begins. */
static void check_time(rs_reader *reader, const rs_document_node *item, const rs_plan_fault *fault,
                       uint64_t at_ns) {
    const rs_plan *plan = reader->plan;
    if (!reader->has_phases || (fault->during < 0 && plan->phase_count < 2)) return;
    uint64_t begin_ns, end_ns;
    rs_phase_window(plan, fault->during, &begin_ns, &end_ns);
    if (at_ns >= begin_ns && at_ns < end_ns) return;
    char begin[RS_UNITS_TEXT_BYTES], end[RS_UNITS_TEXT_BYTES];
    rs_reader_problem(reader, item->place,
                      "strike '%.60s': this fault strikes from %s to %s after the start of the run",
                      item->text, rs_units_format_duration(begin_ns, begin, sizeof begin),
                      rs_units_format_duration(end_ns, end, sizeof end));
}

static void read_strike(rs_reader *reader, const rs_document_node *item, const rs_plan_fault *fault,
                        rs_plan_strike *strike) {
    const char *whole = rs_reader_text(reader, item, "a strike"), *why;
    if (!whole) return;
    char *text = rs_plan_memory_copy(reader->memory, whole, strlen(whole));
    char *space = strchr(text, ' ');
    if (space) *space = 0;
    if (rs_units_parse_duration(text, &strike->at_ns, &why) != RS_OK) {
        refuse(reader, item, SYNTAX);
        return;
    }
    check_time(reader, item, fault, strike->at_ns);
    if (space) read_role(reader, item, fault, space + 1, strike);
}

/* ---- the list ---- */

static int compare(const void *a, const void *b) {
    const rs_plan_strike *one = *(rs_plan_strike *const *)a, *other = *(rs_plan_strike *const *)b;
    if (one->at_ns != other->at_ns) return one->at_ns < other->at_ns ? -1 : 1;
    return one < other ? -1 : one > other; /* as written */
}

static const rs_plan_strike *sort(rs_reader *reader, const rs_plan_strike *strikes,
                                  uint32_t count) {
    const rs_plan_strike **order = rs_plan_memory_array(reader->memory, count, sizeof *order);
    rs_plan_strike *sorted = rs_plan_memory_array(reader->memory, count, sizeof *sorted);
    for (uint32_t i = 0; i < count; i++) order[i] = &strikes[i];
    qsort(order, count, sizeof *order, compare);
    for (uint32_t i = 0; i < count; i++) sorted[i] = *order[i];
    return sorted;
}

void rs_fault_strikes_read(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    fault->trigger = RS_PLAN_STRIKES;
    if (!rs_reader_list_of(reader, value, "'strikes'", RS_FAULT_STRIKES_MAX)) return;
    rs_plan_strike *strikes = rs_plan_memory_array(reader->memory, value->count, sizeof *strikes);
    for (uint32_t i = 0; i < value->count; i++)
        read_strike(reader, value->entries[i].value, fault, &strikes[i]);
    fault->strikes = sort(reader, strikes, value->count);
    fault->strike_count = value->count;
}

int rs_fault_strikes_print(const rs_plan_strike *strike, const char *root, char *text,
                           size_t bytes) {
    if (!strike->role) return snprintf(text, bytes, "%" PRIu64 "ns", strike->at_ns);
    const char *role = *strike->role ? strike->role : root;
    if (!strike->incarnation) return snprintf(text, bytes, "%" PRIu64 "ns %s", strike->at_ns, role);
    return snprintf(text, bytes, "%" PRIu64 "ns %s#%u", strike->at_ns, role, strike->incarnation);
}
