/* panic.c: a broken assertion under libFuzzer. rs_panic ends the program by a signal for which it
 * removes all handlers, libFuzzer's too, and the input that broke it would be lost; an exit out of
 * the middle of an input is a crash to libFuzzer, which keeps the input. Linked by --wrap=rs_panic.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void __wrap_rs_panic(const char *file, int line, const char *text);

_Noreturn void __wrap_rs_panic(const char *file, int line, const char *text) {
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    exit(EXIT_FAILURE);
}
