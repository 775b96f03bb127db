/* sanitize.h: which sanitizer this is built with: RS_ASAN and RS_TSAN are 1 or 0; and what ASan
 * cannot know of memory that is not malloc's.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SANITIZE_H
#define RS_SANITIZE_H

#if defined(__has_feature)
#define RS_HAS_FEATURE(NAME) __has_feature(NAME)
#else
#define RS_HAS_FEATURE(NAME) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || RS_HAS_FEATURE(address_sanitizer)
#define RS_ASAN 1
#else
#define RS_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__) || RS_HAS_FEATURE(thread_sanitizer)
#define RS_TSAN 1
#else
#define RS_TSAN 0
#endif

/* RS_POISON says that nobody may touch these bytes, RS_UNPOISON takes it back. Only ASan knows. */
#if RS_ASAN
#include <sanitizer/asan_interface.h>
#define RS_POISON(AT, BYTES)   __asan_poison_memory_region(AT, BYTES)
#define RS_UNPOISON(AT, BYTES) __asan_unpoison_memory_region(AT, BYTES)
#else
#define RS_POISON(AT, BYTES)   ((void)(AT), (void)(BYTES))
#define RS_UNPOISON(AT, BYTES) ((void)(AT), (void)(BYTES))
#endif

#endif
