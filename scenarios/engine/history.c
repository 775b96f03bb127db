/* history.c: everything that happened in a virtual run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/history.h"

#include <sys/mman.h>

#define BYTES (sizeof(rs_history) + sizeof(rs_history_entry) * RS_HISTORY_MAX)

/* One mapping, private and zeroed: what is not written costs nothing. */
rs_history *rs_history_create(uint32_t needs) {
    void *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    rs_history *history = memory;
    history->needs = needs;
    history->at = (rs_history_entry *)(void *)(history + 1);
    return history;
}

void rs_history_destroy(rs_history *history) {
    if (history) munmap(history, BYTES);
}

void rs_history_add(rs_history *history, const rs_history_entry *entry) {
    if (!history) return;
    if (history->count == RS_HISTORY_MAX)
        history->overrun = true;
    else
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
