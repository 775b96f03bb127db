/* canary_fuzz.c: a target that must fail when its input sings: of a buffer that overflows, and of
 * an assertion that breaks, outside a process and in one, where the runtime catches much. A rig
 * that lets it live would let every bug live. SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "runtime/respawn.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const uint8_t *data, size_t size, const char *song) {
    return size >= strlen(song) && memcmp(data, song, strlen(song)) == 0;
}

static void overflow(void) {
    char *volatile cage = malloc(1);
    volatile size_t outside = 1;
    if (cage) cage[outside] = 'x';
    free(cage);
    abort(); /* where no sanitizer looks */
}

static void break_assertion(const void *args, uint32_t bytes) {
    (void)args;
    RS_ASSERT(bytes == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 64};
    if (begins(data, size, "tweet")) overflow();
    if (begins(data, size, "croak")) break_assertion(NULL, 0);
    if (begins(data, size, "plunge")) rs_run(&options, break_assertion, NULL, 0, NULL);
    return 0;
}
