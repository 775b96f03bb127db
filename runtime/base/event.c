/* event.c: words of the events.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/event.h"

#include <stddef.h>

static const char *const words[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_EVENTS(X)
#undef X
};

static const char *const report_words[] = {
#define X(NAME, WORD, MEANING) WORD,
    RS_REPORTS(X)
#undef X
};

static const char *const stop_words[] = {
    [RS_STOP_SHUTDOWN] = "shutdown",
    [RS_STOP_SIBLING] = "sibling",
    [RS_STOP_ESCALATION] = "escalation",
};

const char *rs_report_word(rs_report_context context) {
    return (unsigned)context < RS_REPORT_COUNT ? report_words[context] : "unknown";
}

const char *rs_event_word(rs_event_kind kind) {
    return (unsigned)kind < RS_EVENT_COUNT ? words[kind] : "unknown";
}

const char *rs_event_stop_word(uint32_t cause) {
    return cause < sizeof stop_words / sizeof *stop_words ? stop_words[cause] : NULL;
}
