/* arrivals.c: `arrivals: ["310000000ns 3 add_score 17"]`: exactly these requests, by time since t =
 * 0, client, operation and key: how a run's load is repeated without its chance, and made smaller
 * one request at a time. `rate:` is not given then. SPDX-License-Identifier: MIT
 */
#include "scenarios/loads/load.h"

#include <stddef.h>

const rs_load_kind rs_load_arrivals = {
    .name = "arrivals",
    .about = "exactly these requests, by time, client, operation and key",
    .syntax = "arrivals: ['TIME CLIENT OPERATION KEY']",
    .form = RS_LOAD_LIST,
    .open = true,
    .next_ns = NULL,
};
