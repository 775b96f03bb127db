/* alive.c: whoever asked for the tree has it until they stop it.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/checking.h"

#define ROOT 1u /* the first role of all */

/* The last supervisor that gave up on the way to the top. */
static uint32_t find_escalation(const rs_checking *checking, uint32_t before) {
    for (uint32_t i = before; i-- > 0;)
        if (checking->history->at[i].kind == RS_EVENT_ESCALATED) return i;
    return RS_NEVER;
}

static void report(rs_checking *checking, uint32_t life) {
    uint32_t ended = checking->lives->at[life].ended;
    const char *reason = rs_history_reason(checking->history, &checking->history->at[ended]);
    rs_finding *finding = rs_checking_find(checking, ROOT, ended,
                                           "the application ended: its top supervisor died "
                                           "of %s, and nobody starts it again",
                                           reason);
    uint32_t escalation = find_escalation(checking, ended);
    rs_checking_tell(checking, finding, ended);
    rs_checking_tell(checking, finding, escalation);
    if (escalation == RS_NEVER) return;
    const rs_history *history = checking->history;
    for (uint32_t i = escalation; finding && i-- > 0 && finding->event_count < 8;)
        if (history->at[i].kind == RS_EVENT_EXIT || history->at[i].kind == RS_EVENT_ESCALATED)
            rs_checking_tell(checking, finding, i);
}

static void run(rs_checking *checking) {
    const rs_lives *lives = checking->lives;
    for (uint32_t i = lives->first[ROOT]; i != RS_NEVER; i = lives->at[i].next)
        if (lives->at[i].ended < checking->stop) report(checking, i);
}

extern const rs_check rs_check_alive;
const rs_check rs_check_alive = {
    .name = "alive",
    .about = "the application is alive until it is stopped: no escalation reaches the top",
    .run = run,
};
