/* table_that_ends.c: shared objects that end (RS_EXITS, RS_ABORTS) or stop (RS_HANGS) whoever loads
 * them.
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void begin(void) {
#if defined RS_EXITS
    exit(0);
#elif defined RS_ABORTS
    abort();
#else
    for (;;) pause();
#endif
}
