/* result_fuzz.c: any bytes as a result file from a stranger: a result, or one sentence that says
 * what is wrong.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "reports/formats/load.h"
#include "runtime/base/assert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char message[512] = "";
    rs_result *result = NULL;
    FILE *stream = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    if (!stream) return 0;
    if (rs_result_load(stream, "fuzz.json", &result, message, sizeof message) == RS_OK)
        RS_ASSERT(result);
    else
        RS_ASSERT(message[0]);
    rs_result_destroy(result);
    fclose(stream);
    return 0;
}
