/* finding.h: what checks have found: who, when, a sentence, and the events that tell the story. It
 * lies in shared memory, so that the parent can report it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FINDING_H
#define RS_FINDING_H

#include "scenarios/checks/check.h"

/* More than any tree has places where something may be wrong. Of one check few are as good as many,
 * but for those at a place of which it has not told yet. */
#define RS_FINDINGS_MAX          256u
#define RS_FINDINGS_OF_CHECK_MAX 8u
/* More than that is no story that anybody reads. */
#define RS_FINDING_EVENTS_MAX 12u
#define RS_FINDING_PATH_BYTES 128u
#define RS_FINDING_TEXT_BYTES 256u
#define RS_FINDING_LINE_BYTES 160u

typedef struct rs_finding_event {
    uint32_t index; /* in the history */
    char text[RS_FINDING_LINE_BYTES];
} rs_finding_event;

typedef struct rs_finding {
    const rs_check *check;                 /* static, hence the same in parent and child */
    uint64_t time_ns;                      /* since t = 0 */
    char path[RS_FINDING_PATH_BYTES];      /* of the role; the root's is its id; "": nobody's */
    char place[RS_FINDING_PATH_BYTES + 2]; /* the same, a template's with a star */
    char text[RS_FINDING_TEXT_BYTES];
    uint32_t event_count;
    rs_finding_event events[RS_FINDING_EVENTS_MAX];
} rs_finding;

typedef struct rs_findings {
    uint32_t count;   /* of those that are there */
    uint32_t omitted; /* found, but there was no room, or enough of their check */
    uint32_t untold;  /* of them, at places of which their check tells nothing */
    bool looked;      /* the checks have run to their end */
    bool overrun;     /* the history was too long to be kept, so they have not */
    rs_finding at[RS_FINDINGS_MAX];
} rs_findings;

#endif
