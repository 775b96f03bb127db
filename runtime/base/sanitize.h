/* sanitize.h: which sanitizer this is built with: RS_ASAN and RS_TSAN are 1 or 0.
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

#endif
