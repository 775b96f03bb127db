/* context.c: switching stacks, told to the sanitizers.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/context.h"

#if RS_ASAN
#include <pthread.h>
#include <sanitizer/asan_interface.h>

static void find_bounds(rs_fiber *fiber) {
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    pthread_attr_getstack(&attributes, &fiber->bottom, &fiber->bytes);
    pthread_attr_destroy(&attributes);
}
#else
/* Nobody asks, and libc would have to read a file. */
static void find_bounds(rs_fiber *fiber) {
    (void)fiber;
}
#endif

void rs_context_thread(rs_fiber *fiber) {
    *fiber = (rs_fiber){0};
    find_bounds(fiber);
#if RS_TSAN
    fiber->tsan = __tsan_get_current_fiber();
#endif
}

void rs_context_create(rs_fiber *fiber, void *bottom, size_t bytes) {
    *fiber = (rs_fiber){.bottom = bottom, .bytes = bytes};
#if RS_TSAN
    fiber->tsan = __tsan_create_fiber(0);
#endif
}

void rs_context_destroy(rs_fiber *fiber) {
#if RS_TSAN
    if (fiber->tsan) __tsan_destroy_fiber(fiber->tsan);
    if (fiber->outer) __tsan_destroy_fiber(fiber->outer);
#endif
    fiber->tsan = NULL;
}

void rs_context_reset(rs_fiber *fiber) {
#if RS_ASAN
    __asan_unpoison_memory_region(fiber->bottom, fiber->bytes);
#endif
#if RS_TSAN
    /* A fiber whose functions never returned keeps its shadow stack; a new one starts empty. */
    __tsan_destroy_fiber(fiber->tsan);
    if (fiber->outer) __tsan_destroy_fiber(fiber->outer);
    fiber->tsan = __tsan_create_fiber(0);
#endif
    fiber->outer = NULL;
    fiber->fake = NULL;
}

void rs_context_abandon(rs_fiber *self) {
#if RS_ASAN
    /* Our own frames lie above; only what is below them was abandoned. */
    char *bottom = self->bottom;
    __asan_unpoison_memory_region(bottom, (size_t)((char *)__builtin_frame_address(0) - bottom));
#else
    (void)self;
#endif
}
