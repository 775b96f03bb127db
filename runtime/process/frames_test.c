/* frames_test.c: whatever lies on a stack, walking it ends, and stays on it.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/frames.h"

#include "runtime/base/prng.h"
#include "runtime/base/test/test.h"

#include <string.h>

#define WORDS 64

static uintptr_t stack[WORDS];

static uintptr_t at(int word) {
    return (uintptr_t)stack + sizeof *stack * (uintptr_t)word;
}

static void put(int word, uintptr_t outer, uintptr_t back) {
    stack[word] = outer;
    stack[word + 1] = back;
}

static rs_crash_frames walk(uintptr_t frame) {
    rs_crash_frames frames = {0};
    rs_frames_walk(&frames, frame, stack, stack + WORDS);
    return frames;
}

TEST(calls_are_found_from_the_innermost_outwards) {
    put(4, at(20), 0x1111);
    put(20, at(62), 0x2222);
    put(62, at(62), 0x3333); /* the last two words of it */
    rs_crash_frames frames = walk(at(4));
    CHECK_INT(frames.count, 3);
    CHECK_INT(frames.at[0], 0x1111);
    CHECK_INT(frames.at[1], 0x2222);
    CHECK_INT(frames.at[2], 0x3333);
}

TEST(a_frame_that_is_none_ends_the_walk) {
    put(4, at(20), 0x1111);
    put(20, 0, 0x2222);
    const uintptr_t wrong[] = {0,      1,      at(20),      at(20) - 16,         at(21) + 3,
                               at(63), at(64), UINTPTR_MAX, (uintptr_t)stack - 8};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        stack[20] = wrong[i];
        CHECK_INT(walk(at(4)).count, 2);
    }
}

TEST(no_return_address_is_no_call) {
    put(4, at(20), 0);
    put(20, 0, 0x2222);
    CHECK_INT(walk(at(4)).count, 1);
}

TEST(deep_recursion_is_cut) {
    rs_crash_frames frames = {0};
    for (int i = 0; i < 1000; i++) rs_frames_add(&frames, 0x1000 + (uintptr_t)i);
    CHECK_INT(frames.count, RS_CRASH_FRAMES_MAX);
    for (int word = 0; word < WORDS; word += 2) put(word, at(word + 2), 1);
    frames.count = 10;
    rs_frames_walk(&frames, at(0), stack, stack + WORDS);
    CHECK_INT(frames.count, RS_CRASH_FRAMES_MAX);
}

TEST(any_rubbish_is_survived) {
    rs_prng prng;
    rs_prng_init(&prng, 5, "frames");
    for (int round = 0; round < 20000; round++) {
        for (int i = 0; i < WORDS; i++)
            stack[i] = rs_prng_below(&prng, 2) ? at((int)rs_prng_below(&prng, WORDS + 2)) +
                                                     8 * rs_prng_below(&prng, 2) - 8
                                               : rs_prng_next(&prng);
        CHECK(walk(at((int)rs_prng_below(&prng, WORDS))).count <= WORDS / 2);
    }
}

TEST_MAIN()
