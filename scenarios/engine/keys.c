/* keys.c: which keys the operations of a load work on.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/keys.h"

#include "scenarios/engine/map.h"
#include "scenarios/loads/zipf.h"

static size_t table_bytes(const rs_plan_load *load) {
    return sizeof(uint64_t) * load->key_count;
}

bool rs_keys_init(rs_keys *keys, const rs_plan *plan, rs_larder *larder) {
    keys->plan = plan;
    keys->totals = rs_map_create(larder, sizeof *keys->totals * plan->load_count);
    if (!keys->totals) return false;
    for (uint32_t i = 0; i < plan->load_count; i++) {
        const rs_plan_load *load = &plan->loads[i];
        if (load->keys != RS_PLAN_KEYS_ZIPF) continue;
        keys->totals[i] = rs_map_create(larder, table_bytes(load));
        if (!keys->totals[i]) return false;
        rs_zipf_fill(keys->totals[i], (uint32_t)load->key_count, load->zipf_exponent);
    }
    return true;
}

void rs_keys_fini(rs_keys *keys, rs_larder *larder) {
    if (!keys->totals) return;
    size_t bytes = sizeof *keys->totals * keys->plan->load_count;
    for (uint32_t i = 0; i < keys->plan->load_count; i++)
        rs_map_destroy(larder, keys->totals[i], table_bytes(&keys->plan->loads[i]), RS_MAP_UNKNOWN);
    rs_map_destroy(larder, keys->totals, bytes, bytes);
}

uint64_t rs_keys_draw(const rs_keys *keys, uint32_t load, uint64_t *next, rs_prng *prng) {
    const rs_plan_load *plan = &keys->plan->loads[load];
    uint64_t key = *next % plan->key_count;
    switch (plan->keys) {
    case RS_PLAN_KEYS_UNIFORM: return rs_prng_below(prng, plan->key_count);
    case RS_PLAN_KEYS_ZIPF:
        return rs_zipf_draw(keys->totals[load], (uint32_t)plan->key_count, prng);
    case RS_PLAN_KEYS_SEQUENTIAL: break;
    }
    *next += plan->clients;
    return key;
}
