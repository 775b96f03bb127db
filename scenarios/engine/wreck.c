/* wreck.c: what is left of those who crashed.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/wreck.h"

#include "scenarios/engine/map.h"
#include "scenarios/engine/role.h"

#define WRECKS_BYTES (sizeof(rs_wreck) * RS_WRECKS_MAX)
#define PASTS_BYTES  (sizeof(rs_past) * RS_ROLES_MAX)

bool rs_wrecks_init(rs_wrecks *wrecks, rs_larder *larder) {
    wrecks->at = rs_map_create(larder, WRECKS_BYTES);
    wrecks->pasts = rs_map_create(larder, PASTS_BYTES);
    return wrecks->at && wrecks->pasts;
}

void rs_wrecks_fini(rs_wrecks *wrecks, uint32_t roles, rs_larder *larder) {
    uint32_t used = rs_load(&wrecks->used, rs_relaxed);
    rs_map_destroy(larder, wrecks->at, WRECKS_BYTES, sizeof(rs_wreck) * used);
    rs_map_destroy(larder, wrecks->pasts, PASTS_BYTES, sizeof(rs_past) * (roles + 1u));
}

/* Adds one unless there are as many already. relaxed: only the numbers count. */
static bool add_below(rs_atomic_u64 *count, uint64_t most) {
    return rs_load(count, rs_relaxed) < most && rs_add(count, 1, rs_relaxed) < most;
}

rs_wreck *rs_wrecks_take(rs_wrecks *wrecks, rs_term reason) {
    uint32_t index = rs_reasons_index(&wrecks->reasons, reason);
    uint32_t most = wrecks->exported ? RS_WRECKS_MAX : RS_WRECKS_TOLD;
    rs_add(&wrecks->counts[index], 1, rs_relaxed);
    if (rs_load(&wrecks->used, rs_relaxed) >= most) return NULL;
    if (!add_below(&wrecks->told[index], most / RS_WRECKS_SHARE)) return NULL;
    uint32_t number = rs_add(&wrecks->used, 1, rs_relaxed);
    if (number >= most) return NULL;
    wrecks->at[number].reason = index;
    return &wrecks->at[number];
}

void rs_wrecks_end(rs_wrecks *wrecks, uint32_t role, uint64_t time_ns, uint32_t incarnation,
                   rs_term reason) {
    rs_past *past = &wrecks->pasts[role];
    past->at[past->count++ % RS_CRASHES_ENDS_MAX] =
        (rs_past_end){time_ns, incarnation, rs_reasons_index(&wrecks->reasons, reason)};
}
