/* baseline_fuzz.c: any bytes as a baseline from a stranger: sessions that are written and read
 * again as they were, each like itself, or one sentence that says what is wrong.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "reports/formats/baseline_json.h"
#include "reports/verdict/likeness.h"
#include "runtime/base/assert.h"

#include <stdlib.h>
#include <string.h>

static char *write_text(const rs_baseline *baseline) {
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    RS_ASSERT(rs_baseline_json_write(baseline, stream) == RS_OK);
    fclose(stream);
    return text;
}

static rs_err read_bytes(const void *data, size_t size, rs_baseline *baseline) {
    char message[512] = "";
    FILE *stream = fmemopen((void *)(uintptr_t)data, size, "rb");
    RS_ASSERT(stream);
    rs_err err = rs_baseline_json_load(stream, "fuzz.json", baseline, message, sizeof message);
    RS_ASSERT((err == RS_OK) == !message[0]);
    fclose(stream);
    return err;
}

static void check(const rs_baseline *baseline) {
    char why[512];
    for (size_t i = 0; i < baseline->sessions.count; i++) {
        const rs_baseline_session *session = &baseline->sessions.at[i];
        RS_ASSERT(session->gate_count && session->repetitions);
        RS_ASSERT(rs_likeness_ask_alike(session, session, why, sizeof why));
        RS_ASSERT(rs_likeness_lie_alike(session, session, why, sizeof why));
        RS_ASSERT(rs_likeness_are_one(session, session));
        for (uint32_t k = 0; k < session->gate_count; k++)
            RS_ASSERT(!(rs_baseline_number(session, k) < 0));
    }
}

/* What is written is read as the same, and then written alike. */
static void check_again(const rs_baseline *baseline) {
    char *once = write_text(baseline);
    rs_baseline again = {.texts = {NULL}};
    RS_ASSERT(read_bytes(once, strlen(once), &again) == RS_OK);
    char *twice = write_text(&again);
    RS_ASSERT(strcmp(once, twice) == 0);
    free(once);
    free(twice);
    rs_baseline_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_baseline baseline = {.texts = {NULL}};
    if (!size) return 0;
    if (read_bytes(data, size, &baseline) == RS_OK) {
        check(&baseline);
        check_again(&baseline);
    }
    rs_baseline_fini(&baseline);
    return 0;
}
