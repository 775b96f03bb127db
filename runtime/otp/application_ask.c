/* application_ask.c: see application_ask.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_ask.h"

#include "runtime/otp/application_controller.h"
#include "runtime/otp/packed_term.h"
#include "runtime/otp/shape.h"

/* Whoever finds no controller starts one; who comes second finds that. */
static rs_pid controller(void) {
    rs_pid pid = rs_whereis(rs_shape_word("application_controller"));
    if (pid) return pid;
    rs_term reason = 0;
    if (rs_application_controller_start(NULL, NULL, &pid, &reason) == RS_START_OK) return pid;
    pid = rs_term_is_pair(reason, RS_ATOM(already_started)) ? rs_term_element(reason, 1) : 0;
    rs_term_release(reason);
    return pid;
}

const void *rs_application_ask(const rs_application_request *request, size_t each, uint32_t *count,
                               rs_term *reason) {
    uint32_t bytes = (uint32_t)(sizeof *request + request->count * sizeof request->words[0]);
    const rs_message *reply = rs_gen_server_try_call(controller(), &rs_application_request_type,
                                                     request, bytes, RS_FOREVER, reason);
    *count = reply ? reply->bytes / (uint32_t)each : 0;
    return reply ? reply->payload : NULL;
}

rs_term rs_application_ask_term(const rs_application_request *request) {
    rs_term reason = 0;
    uint32_t count;
    const uint64_t *words = rs_application_ask(request, sizeof *words, &count, &reason);
    if (!words) return rs_shape_pair(RS_ATOM(error), reason);
    return rs_packed_term_read(words, count);
}

rs_application_entry rs_application_ask_entry(const rs_application_request *request) {
    uint32_t count;
    const rs_application_entry *entry = rs_application_ask(request, sizeof *entry, &count, NULL);
    return count ? *entry : (rs_application_entry){0};
}

bool rs_application_ask_refused(rs_term answer, rs_atom word) {
    if (!rs_term_is_pair(answer, RS_ATOM(error))) return false;
    rs_term reason = rs_term_element(answer, 1);
    bool is = rs_term_is_pair(reason, word);
    rs_term_release(reason);
    return is;
}

rs_term rs_application_ask_load(const rs_application *application) {
    rs_term answer = rs_application_load(application);
    if (answer == RS_ATOM(ok)) return 0;
    if (!rs_application_ask_refused(answer, rs_shape_word("already_loaded"))) return answer;
    rs_term_release(answer);
    return 0;
}
