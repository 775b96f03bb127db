/* events_fuzz.c: any bytes as the lines of a story: a result that can be written and read again, or
 * a problem in some line.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "reports/formats/events_load.h"
#include "reports/formats/format.h"
#include "reports/formats/load.h"
#include "runtime/base/assert.h"

#include <stdlib.h>

static const char header[] = "{\"format\":\"respawn.events/1\",\"runtime\":\"respawn\"}\n";

/* A histogram that does not add up is refused by the reader of results. */
static void check_result(const rs_result *result) {
    char *text = NULL, message[512] = "";
    size_t size = 0;
    rs_result *again = NULL;
    FILE *out = open_memstream(&text, &size);
    RS_ASSERT(out && rs_format_find("json")->write(result, out) == RS_OK);
    fclose(out);
    FILE *in = fmemopen(text, size, "r");
    RS_ASSERT(in && rs_result_load(in, "told.json", &again, message, sizeof message) == RS_OK);
    RS_ASSERT(again->metrics.count == result->metrics.count);
    fclose(in);
    rs_result_destroy(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *problems = NULL;
    size_t length = 0;
    rs_result *result = NULL;
    FILE *stream = size ? fmemopen((void *)(uintptr_t)data, size, "rb") : NULL;
    if (!stream) return 0;
    FILE *out = open_memstream(&problems, &length);
    RS_ASSERT(out);
    rs_err err = rs_events_load(stream, header, "fuzz.jsonl", out, &result);
    fclose(out);
    fclose(stream);
    RS_ASSERT((err == RS_OK) == (result != NULL) && (length == 0) == (result != NULL));
    if (result) check_result(result);
    rs_result_destroy(result);
    free(problems);
    return 0;
}
