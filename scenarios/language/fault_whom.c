/* fault_whom.c: whom a fault hits.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_whom.h"

#include "scenarios/language/path.h"
#include "scenarios/language/section.h"

#include <string.h>

/* More at one instant than a tree has processes. */
#define PICK_MAX 100000000u

const char *rs_fault_whom_pattern(rs_reader *reader, rs_place place, const char *key,
                                  const char *text) {
    const rs_plan_node *root = reader->plan->root, *unused[1];
    if (!rs_path_is_pattern(text)) {
        rs_reader_problem(
            reader, place,
            "'%s' '%.60s': write a path such as shop/db, the last step may be * or **", key, text);
        return NULL;
    }
    if (!root) return NULL;
    const char *pattern = rs_path_resolve(root, text);
    if (rs_path_select(root, pattern, unused, 0)) return pattern;
    rs_tree_unknown_path(reader, place, strcmp(key, "crash") == 0 ? "victim" : "path", text);
    return NULL;
}

static bool is_aimed(const rs_plan_fault *fault) {
    return !fault->how || fault->how->aim == RS_AIM_PROCESS || fault->how->aim == RS_AIM_ROLE;
}

static void read_crash(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault) {
    const rs_document_node *value = rs_reader_get(mapping, "crash");
    if (!is_aimed(fault)) {
        if (value)
            rs_reader_problem(reader, value->place, "'crash': %s is not aimed at processes; %s",
                              fault->how->name,
                              fault->how->aim == RS_AIM_MAIL ? "write 'mail'" : "leave it out");
        return;
    }
    value = rs_reader_need(reader, mapping, "crash", "a fault");
    fault->crash = value ? rs_reader_text(reader, value, "'crash'") : NULL;
    if (fault->crash)
        fault->pattern = rs_fault_whom_pattern(reader, value->place, "crash", fault->crash);
}

static void read_pick(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    fault->pick_value = 1;
    const char *text = value ? rs_reader_text(reader, value, "'pick'") : NULL;
    if (text && fault->how && fault->how->aim == RS_AIM_RUNTIME)
        rs_reader_problem(reader, value->place,
                          "'pick': %s is not aimed at processes; leave it out", fault->how->name);
    if (!text || strcmp(text, "one") == 0) return;
    size_t length = strlen(text);
    if (strcmp(text, "all") == 0)
        fault->pick = RS_PLAN_PICK_ALL;
    else if (length && text[length - 1] == '%') {
        fault->pick = RS_PLAN_PICK_SHARE;
        rs_reader_share(reader, value, "'pick'", &fault->pick_value);
    } else if (*text >= '0' && *text <= '9') {
        fault->pick = RS_PLAN_PICK_COUNT;
        rs_reader_count(reader, value, "'pick'", 0, PICK_MAX, &fault->pick_value);
    } else
        rs_reader_problem(reader, value->place,
                          "'pick' '%.60s': write one, all, a number, or a share such as 10%%",
                          text);
}

void rs_fault_whom_read(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault) {
    read_crash(reader, mapping, fault);
    read_pick(reader, rs_reader_get(mapping, "pick"), fault);
}
