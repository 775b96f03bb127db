/* closed.c: `rate: max`: each client sends its next request when the last one is answered, so the
 * load follows the system's pace and says nothing about what waiting users would have seen.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

#include <stddef.h>

const rs_load_kind rs_load_closed = {
    .name = "closed",
    .about = "each client sends its next request when the last one is answered",
    .syntax = "rate: max",
    .form = RS_LOAD_NOTHING,
    .open = false,
    .next_ns = NULL,
};
