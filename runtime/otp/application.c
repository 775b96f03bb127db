/* application.c: the callers' side.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application.h"

#include "runtime/otp/application_ask.h"
#include "runtime/otp/shape.h"
#include "runtime/process/process.h"

#include <string.h>

static rs_term ask_name(rs_application_word word, rs_atom name) {
    const rs_application_request request = {.word = word, .name = name};
    return rs_application_ask_term(&request);
}

/* ---------------------------------------------------------------- loading, starting, stopping */

rs_term rs_application_load(const rs_application *application) {
    const rs_application_request request = {.word = RS_APPLICATION_LOAD,
                                            .application = application};
    return rs_application_ask_term(&request);
}

rs_term rs_application_unload(rs_atom name) {
    return ask_name(RS_APPLICATION_UNLOAD, name);
}

rs_term rs_application_stop(rs_atom name) {
    return ask_name(RS_APPLICATION_STOP, name);
}

rs_term rs_application_start(const rs_application *application, rs_restart type) {
    const rs_application_request request = {
        .word = RS_APPLICATION_START, .name = rs_shape_word(application->name), .type = type};
    rs_term refusal = rs_application_ask_load(application);
    return refusal ? refusal : rs_application_ask_term(&request);
}

/* ---------------------------------------------------------------- what there is */

static rs_application_entry entry_of(rs_atom name) {
    const rs_application_request request = {.word = RS_APPLICATION_ONE, .name = name};
    return rs_application_ask_entry(&request);
}

const rs_application *rs_application_get_all_key(rs_atom name) {
    return entry_of(name).application;
}

rs_pid rs_application_get_master(rs_atom name) {
    return entry_of(name).master;
}

rs_pid rs_application_top(rs_atom name) {
    return entry_of(name).top;
}

rs_atom rs_application_get_application(void) {
    const rs_application_request request = {.word = RS_APPLICATION_OF,
                                            .pid = rs_load(&rs_process_here()->group, rs_relaxed)};
    return rs_application_ask_entry(&request).name;
}

static rs_term text_of(const char *text) {
    return rs_term_text(text ? text : "", text ? (uint32_t)strlen(text) : 0);
}

static rs_term describe(const rs_application_entry *entry) {
    return rs_shape_triple(entry->name, text_of(entry->application->description),
                           text_of(entry->application->vsn));
}

static rs_term list_entries(rs_application_word word) {
    const rs_application_request request = {.word = word};
    uint32_t count;
    const rs_application_entry *entries =
        rs_application_ask(&request, sizeof *entries, &count, NULL);
    rs_term *all = rs_alloc((count + 1) * sizeof *all);
    for (uint32_t i = 0; i < count; i++) all[i] = describe(&entries[i]);
    rs_term list = rs_term_list(count, all);
    for (uint32_t i = 0; i < count; i++) rs_term_release(all[i]);
    rs_free(all, (count + 1) * sizeof *all);
    return list;
}

rs_term rs_application_which_applications(void) {
    return list_entries(RS_APPLICATION_WHICH);
}

rs_term rs_application_loaded_applications(void) {
    return list_entries(RS_APPLICATION_LOADED);
}
