/* supervisor_call.c: the callers' side of the management calls. Ids, keys and extra bytes travel by
 * value: the caller may be gone before the supervisor comes to the request.
 * Source: rules S28-S34.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/shape.h"
#include "runtime/otp/supervisor_serve.h"

#include <string.h>

/* A request with what belongs to it; larger ones are built in the caller's arena. */
#define SMALL_BYTES 512u

typedef rs_supervisor_parcel parcel;

/* What follows the spec is as well aligned as what follows the head. */
_Static_assert(sizeof(rs_supervisor_request) % 16 == 0, "and so is the spec");
_Static_assert(sizeof(rs_child_spec) % 16 == 0, "and so are its arguments");

static unsigned char *put(unsigned char *to, const void *bytes, size_t count) {
    if (count) memcpy(to, bytes, count);
    return to + count;
}

static void pack(const parcel *from, unsigned char *to) {
    to = put(to, &from->head, sizeof from->head);
    to = put(to, from->spec, from->spec ? sizeof *from->spec : 0);
    to = put(to, from->bytes, from->more);
    put(to, from->text, from->head.text);
}

/* S32: calls wait without limit. */
static const rs_message *call(rs_pid supervisor, parcel *from, rs_term *reason) {
    _Alignas(16) unsigned char small[SMALL_BYTES];
    const uint32_t spec_bytes = from->spec ? sizeof *from->spec : 0;
    if (from->more > UINT32_MAX / 2) rs_exit(RS_ATOM(system_limit)); /* no message is so long */
    from->head.bytes = spec_bytes + from->more;
    from->head.text = from->text ? (uint32_t)strlen(from->text) + 1 : 0;
    size_t bytes = sizeof from->head + from->head.bytes + from->head.text;
    unsigned char *request = bytes <= sizeof small ? small : rs_alloc(bytes);
    pack(from, request);
    const rs_message *answer = rs_gen_server_try_call(supervisor, &rs_supervisor_request_type,
                                                      request, (uint32_t)bytes, RS_FOREVER, reason);
    if (request != small) rs_free(request, bytes);
    return answer;
}

static rs_start_result read_answer(const rs_message *message, rs_pid *pid, rs_term *reason) {
    const rs_supervisor_answer *answer = (const void *)message->payload;
    if (answer->result == RS_START_OK) *pid = answer->pid;
    if (answer->result == RS_START_ERROR)
        *reason = rs_packed_term_read((const void *)(answer + 1), answer->count);
    return (rs_start_result)answer->result;
}

rs_start_result rs_supervisor_start_child(rs_pid supervisor, const rs_child_spec *spec,
                                          const void *extra, uint32_t bytes, const char *key,
                                          rs_pid *pid, rs_term *reason) {
    parcel request = {.head.word = RS_SUPERVISOR_START_STATIC, .spec = spec};
    if (!spec)
        request = (parcel){
            .head.word = RS_SUPERVISOR_START_SIMPLE, .bytes = extra, .more = bytes, .text = key};
    return rs_supervisor_call_start(supervisor, &request, pid, reason);
}

rs_start_result rs_supervisor_call_start(rs_pid supervisor, parcel *request, rs_pid *pid,
                                         rs_term *reason) {
    const rs_message *answer = call(supervisor, request, reason);
    return answer ? read_answer(answer, pid, reason) : RS_START_ERROR;
}

/* ok, {ok,Pid}, {ok,undefined} or {error,Reason}. */
static rs_term call_term(rs_pid supervisor, parcel *request) {
    rs_pid pid = 0;
    rs_term reason = 0;
    const rs_message *answer = call(supervisor, request, &reason);
    rs_start_result result = answer ? read_answer(answer, &pid, &reason) : RS_START_ERROR;
    if (result == RS_START_ERROR) return rs_shape_pair(RS_ATOM(error), reason);
    if (result == RS_START_IGNORE) return rs_shape_pair(RS_ATOM(ok), RS_ATOM(undefined));
    return pid ? rs_shape_pair(RS_ATOM(ok), pid) : RS_ATOM(ok);
}

rs_term rs_supervisor_terminate_child(rs_pid supervisor, const char *id, rs_pid pid) {
    parcel request = {.head = {.word = RS_SUPERVISOR_TERMINATE, .pid = pid}, .text = id};
    return call_term(supervisor, &request);
}

rs_term rs_supervisor_restart_child(rs_pid supervisor, const char *id) {
    parcel request = {.head.word = RS_SUPERVISOR_RESTART, .text = id};
    return call_term(supervisor, &request);
}

rs_term rs_supervisor_delete_child(rs_pid supervisor, const char *id) {
    parcel request = {.head.word = RS_SUPERVISOR_DELETE, .text = id};
    return call_term(supervisor, &request);
}

bool rs_supervisor_count_children(rs_pid supervisor, rs_child_counts *counts) {
    parcel request = {.head.word = RS_SUPERVISOR_COUNT};
    rs_term reason;
    const rs_message *answer = call(supervisor, &request, &reason);
    if (answer)
        memcpy(counts, answer->payload, sizeof *counts);
    else
        rs_term_release(reason);
    return answer != NULL;
}

/* Copies one page's worth of infos and returns how many; *total is how many children there are. */
static uint32_t read_page(rs_pid supervisor, uint32_t from, rs_child_info *infos, uint32_t max,
                          uint32_t *total) {
    parcel request = {.head = {.word = RS_SUPERVISOR_WHICH, .number = from}};
    rs_term reason;
    const rs_message *answer = call(supervisor, &request, &reason);
    if (!answer) {
        rs_term_release(reason);
        *total = 0;
        return 0;
    }
    const rs_supervisor_page *page = (const void *)answer->payload;
    uint32_t count = page->count < max ? page->count : max;
    if (count) memcpy(infos, page->infos, count * sizeof *infos);
    *total = page->total;
    return count;
}

uint32_t rs_supervisor_which_children(rs_pid supervisor, uint32_t from, rs_child_info *infos,
                                      uint32_t max) {
    uint32_t done = 0, total = 0, count;
    do {
        count = read_page(supervisor, from + done, infos + done, max - done, &total);
        done += count;
    } while (count > 0 && done < max && from + done < total);
    return total;
}
