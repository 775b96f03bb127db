/* assert.h: RS_ASSERT is on in every build: a broken invariant ends the program before it can
 * lie. It writes with write(2) only, so it works in handlers and on any stack.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ASSERT_H
#define RS_ASSERT_H

/* rs_panic prints `file:line: text` to stderr and aborts. Async-signal-safe. */
_Noreturn void rs_panic(const char *file, int line, const char *text);

#define RS_ASSERT(CONDITION)                                                                       \
    do {                                                                                           \
        if (__builtin_expect(!(CONDITION), 0))                                                     \
            rs_panic(__FILE__, __LINE__, "assertion failed: " #CONDITION);                         \
    } while (0)
#define RS_UNREACHABLE() rs_panic(__FILE__, __LINE__, "unreachable code reached")

#define RS_LIKELY(X)   __builtin_expect(!!(X), 1)
#define RS_UNLIKELY(X) __builtin_expect(!!(X), 0)

#endif
