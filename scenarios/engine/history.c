/* history.c: everything that happened in a virtual run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/history.h"

#include "runtime/base/limits.h"
#include "runtime/process/larder.h"

#include <stdlib.h>

#define BYTES (sizeof(rs_history_entry) * RS_HISTORY_MAX)

/* Entries are written whole before they are read, so it does not matter what another run has left
 * there. */
static rs_history_entry *take_entries(rs_larder *larder) {
    rs_history_entry *used = rs_larder_take_used(larder, BYTES, RS_PAGE_BYTES);
    return used ? used : rs_larder_take(larder, BYTES, RS_PAGE_BYTES);
}

rs_history *rs_history_create(uint32_t needs, rs_larder *larder) {
    rs_history_entry *at = take_entries(larder);
    rs_history *history = at ? calloc(1, sizeof *history) : NULL;
    if (history) {
        history->needs = needs;
        history->at = at;
    } else if (at) {
        rs_larder_give_used(larder, at, BYTES);
    }
    return history;
}

void rs_history_destroy(rs_history *history, rs_larder *larder) {
    if (!history) return;
    rs_larder_give_used(larder, history->at, BYTES);
    free(history);
}

void rs_history_add(rs_history *history, const rs_history_entry *entry) {
    if (!history) return;
    if (history->count == RS_HISTORY_MAX) {
        history->overrun = true;
        return;
    }
    history->counts[entry->kind]++;
    history->at[history->count++] = *entry;
}

void rs_history_touch(rs_history *history, uint64_t time_ns, uint64_t from, uint64_t to,
                      uint64_t ref) {
    rs_history_add(
        history,
        &(rs_history_entry){
            .time_ns = time_ns, .pid = from, .peer = to, .ref = ref, .kind = RS_HISTORY_TOUCHED});
}

uint16_t rs_history_text(rs_history *history, rs_term reason) {
    if (!history || !reason) return 0;
    return (uint16_t)(1 + rs_reasons_index(&history->reasons, reason));
}

const char *rs_history_reason(const rs_history *history, const rs_history_entry *entry) {
    return entry->text ? rs_reasons_text(&history->reasons, entry->text - 1u) : "";
}

const char *rs_history_word(uint32_t kind) {
    switch (kind) {
    case RS_HISTORY_STAGE: return "is at stage";
    case RS_HISTORY_FATE: return "hears what became of the call";
    case RS_HISTORY_SENT: return "sends";
    case RS_HISTORY_TAKEN: return "takes";
    case RS_HISTORY_REPLIED: return "answers";
    case RS_HISTORY_TOUCHED: return "has mail touched by a fault:";
    default: return "";
    }
}
