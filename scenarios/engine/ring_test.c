/* ring_test.c: events on their way to the file.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/ring.h"

#include "runtime/base/test/test.h"

TEST(a_ring_gives_back_what_went_in) {
    rs_ring ring = {.taken = 0};
    CHECK(rs_ring_init(&ring, NULL));
    for (uint32_t i = 0; i < 3 * RS_RING_ENTRIES / 2; i++) {
        rs_ring_entry entry = {.time_ns = i};
        rs_ring_push(&ring, &entry);
        CHECK_INT(rs_ring_peek(&ring)->time_ns, i);
        rs_ring_drop(&ring);
    }
    CHECK(rs_ring_peek(&ring) == NULL);
    CHECK_INT(rs_load(&ring.stalls, rs_relaxed), 0);
    rs_ring_fini(&ring, NULL);
}

TEST_MAIN()
