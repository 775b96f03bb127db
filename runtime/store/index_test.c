/* index_test.c: an index beside a plain array that says what must be in it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/store/index.h"

#include "runtime/base/prng.h"
#include "runtime/process/test/run.h"

#define NODES 3000u

typedef struct item {
    rs_index_node node;
    bool is_in;
} item;

/* Static, since a section touches no process's memory. */
static item items[NODES];
static rs_index shared;

/* Few hashes, so that many are equal; all bits matter. */
static uint64_t hash_of(uint32_t which) {
    return rs_index_mix(which % 1000, 7);
}

static void toggle(rs_core *core, item *it) {
    if (it->is_in)
        rs_index_remove(core, &shared, &it->node);
    else
        rs_index_add(core, &shared, &it->node);
    it->is_in = !it->is_in;
}

static uint32_t count_in(void) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < NODES; i++) count += items[i].is_in;
    return count;
}

/* Each is found by its hash, and by nobody else's. */
static bool is_found(const item *it) {
    for (rs_index_node *at = rs_index_find(&shared, it->node.hash); at; at = rs_index_again(at)) {
        CHECK(at->hash == it->node.hash);
        if (at == &it->node) return true;
    }
    return false;
}

static void is_as_told(void) {
    uint32_t count = count_in(), walked = 0;
    CHECK_INT(shared.count, count);
    for (uint32_t i = 0; i < NODES; i++) CHECK_INT(is_found(&items[i]), items[i].is_in);
    for (rs_index_node *at = NULL; (at = rs_index_next(&shared, at)); walked++)
        CHECK(RS_CONTAINER(at, item, node)->is_in);
    CHECK_INT(walked, count);
}

static void toggle_some(rs_prng *chance, uint32_t most, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        rs_core *core = rs_section_enter();
        toggle(core, &items[rs_prng_below(chance, most)]);
        rs_section_leave(core);
    }
}

static void empty(void) {
    uint32_t place = 0;
    for (;;) {
        rs_core *core = rs_section_enter();
        rs_index_node *node = rs_index_any(&shared, &place);
        if (node) toggle(core, RS_CONTAINER(node, item, node));
        rs_section_leave(core);
        if (!node) return;
    }
}

static void grows_and_shrinks(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_prng chance;
    rs_prng_init(&chance, 1, "index");
    rs_memory_use before;
    read_settled(&before);
    shared = (rs_index){0};
    for (uint32_t i = 0; i < NODES; i++) items[i] = (item){.node.hash = hash_of(i)};
    for (int round = 0; round < 40; round++) {
        toggle_some(&chance, round % 2 ? NODES : 50, 500);
        is_as_told();
    }
    empty();
    is_as_told();
    CHECK_INT(shared.more, 0);
    memory_is(&before);
}
TEST(an_index_finds_what_is_in_it_and_gives_its_memory_back) {
    run_on(&one_core, grows_and_shrinks);
}

static void replaces(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    shared = (rs_index){0};
    for (uint32_t i = 0; i < NODES; i++) items[i] = (item){.node.hash = hash_of(i)};
    for (uint32_t i = 0; i < 1000; i++) {
        rs_core *core = rs_section_enter();
        toggle(core, &items[i]);
        rs_section_leave(core);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        rs_index_replace(&shared, &items[i].node, &items[i + 1000].node);
        items[i].is_in = false;
        items[i + 1000].is_in = true;
    }
    is_as_told();
    empty();
}
TEST(a_node_takes_the_place_of_another) {
    run_on(&one_core, replaces);
}

TEST_MAIN()
