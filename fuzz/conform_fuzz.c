/* conform_fuzz.c: any text as a conformance case: it is read, or refused with a message that begins
 * with its name; what is read is a tree and actions that the runner could work with.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "scenarios/conform/case.h"

#include <string.h>

static void check_node(const rs_case_node *node) {
    RS_ASSERT(node->id && *node->id);
    RS_ASSERT(node->is_supervisor || node->child_count == 0);
    for (uint32_t i = 0; i < node->child_count; i++) check_node(&node->children[i]);
}

static void check_action(const rs_case_action *action) {
    RS_ASSERT((unsigned)action->op < RS_CASE_OP_COUNT);
    bool has_path = action->op != RS_CASE_SLEEP_MS && action->op != RS_CASE_STOP_ROOT;
    RS_ASSERT(!has_path == !action->path);
    if (action->op == RS_CASE_EXIT || action->op == RS_CASE_SIGNAL) RS_ASSERT(action->reason);
    if (action->op == RS_CASE_START_CHILD) check_node(action->child);
    for (uint32_t i = 0; i < action->exit_count; i++)
        RS_ASSERT(action->exits[i].id && action->exits[i].reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char message[RS_CASE_MESSAGE] = "";
    rs_pool pool;
    rs_case one;
    if (!rs_pool_init(&pool)) return 0;
    rs_err err = rs_case_parse(&one, "case", (const char *)data, size, &pool, message);
    if (err) {
        RS_ASSERT(strncmp(message, "case:", 5) == 0 && strlen(message) > 6);
    } else {
        check_node(&one.root);
        for (uint32_t i = 0; i < one.action_count; i++) check_action(&one.actions[i]);
    }
    rs_case_fini(&one);
    rs_pool_fini(&pool);
    return 0;
}
