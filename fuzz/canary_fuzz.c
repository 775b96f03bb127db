/* canary_fuzz.c: a target that must fail: it overflows a buffer when its input sings. A rig that
 * lets it live would let every bug live.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char song[] = "tweet";
    if (size < sizeof song - 1 || memcmp(data, song, sizeof song - 1) != 0) return 0;
    char *volatile cage = malloc(1);
    volatile size_t outside = 1;
    if (cage) cage[outside] = 'x';
    free(cage);
    abort(); /* where no sanitizer looks */
}
