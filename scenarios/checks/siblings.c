/* siblings.c: the children that a supervisor of the plan has by name.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/checks/siblings.h"

#include "scenarios/engine/tree.h"

#include <string.h>

rs_siblings rs_siblings_of(const rs_checking *checking, uint32_t role) {
    const rs_shared *shared = checking->shared;
    uint32_t parent = role && role <= shared->planned ? shared->roles.at[role].parent : 0;
    if (!parent) return (rs_siblings){.count = 0};
    const char *path = rs_roles_path(&shared->roles, role);
    const rs_plan_node *supervisor =
        rs_tree_find(shared->plan->root, rs_roles_path(&shared->roles, parent));
    rs_siblings siblings = {supervisor, parent, supervisor ? supervisor->child_count : 0, 0};
    for (uint32_t i = 0; i < siblings.count; i++)
        if (strcmp(supervisor->children[i]->path, path) == 0) siblings.place = i;
    return siblings;
}

uint32_t rs_siblings_role(const rs_checking *checking, const rs_siblings *siblings,
                          uint32_t place) {
    return rs_roles_find(&checking->shared->roles, siblings->role,
                         siblings->supervisor->children[place]->id);
}

uint32_t rs_siblings_latest(const rs_checking *checking, const rs_siblings *siblings,
                            uint32_t place, uint32_t under, uint32_t index) {
    const rs_lives *lives = checking->lives;
    uint32_t role = rs_siblings_role(checking, siblings, place);
    uint32_t latest = role ? rs_lives_latest(lives, role, index) : RS_NEVER;
    return latest != RS_NEVER && lives->at[latest].supervisor == under ? latest : RS_NEVER;
}

uint32_t rs_siblings_living(const rs_checking *checking, const rs_siblings *siblings,
                            uint32_t place, uint32_t under, uint32_t index) {
    uint32_t latest = rs_siblings_latest(checking, siblings, place, under, index);
    bool lives = latest != RS_NEVER && checking->lives->at[latest].ended > index;
    return lives ? latest : RS_NEVER;
}
