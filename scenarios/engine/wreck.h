/* wreck.h: what is left of those who crashed: how many for each reason, the reports of the first,
 * and how the last incarnations of each role ended, which a report of the next one tells. Lies in
 * shared memory; a million deaths take no more room than a thousand.
 * Thread: inside the runtime, where nobody preempts; the parent reads when the child is gone.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WRECK_H
#define RS_WRECK_H

#include "reports/formats/crashes.h"
#include "reports/result.h"
#include "runtime/respawn.h"
#include "scenarios/engine/reason.h"

/* Reports that are kept: as many as the result tells, and when they are exported, 5 MB of text. */
#define RS_WRECKS_TOLD RS_RESULT_CRASHES
#define RS_WRECKS_MAX  1000u
/* Of one reason no more than this part of them, nor of those that the result tells, so that a flood
 * leaves room for others. */
#define RS_WRECKS_SHARE 4u

/* An end of a role, whatever its reason was. */
typedef struct rs_past_end {
    uint64_t time_ns; /* of the run's clock */
    uint32_t incarnation;
    uint32_t reason; /* see rs_reasons */
} rs_past_end;

typedef struct rs_past {
    uint64_t count; /* of all ends */
    rs_past_end at[RS_CRASHES_ENDS_MAX];
} rs_past;

/* A function's name is rarely half as long; cut. */
#define RS_WRECK_NAME_BYTES 96u

typedef struct rs_wreck {
    rs_crash_report report;
    uint32_t reason; /* see rs_reasons */
    uint32_t incarnation;
    rs_past past; /* of its role, up to then */
    /* See rs_inquest_name. */
    bool named;
    uint32_t own; /* the innermost frame that is no library's; 0: none, or the first */
    char entry[RS_WRECK_NAME_BYTES], frames[RS_CRASH_FRAMES_MAX][RS_WRECK_NAME_BYTES];
} rs_wreck;

typedef struct rs_wrecks {
    bool exported; /* keep more, and what they handled before */
    rs_reasons reasons;
    rs_atomic_u64 counts[RS_REASONS_MAX + 1]; /* crashes, by reason; the last: others */
    rs_atomic_u64 told[RS_REASONS_MAX + 1];   /* reports of them */
    rs_atomic_u32 used;
    rs_wreck *at;
    rs_past *pasts; /* by role; under the role's lock */
} rs_wrecks;

/* rs_wrecks_init maps everything; false when there is no memory. */
bool rs_wrecks_init(rs_wrecks *wrecks, rs_larder *larder);
void rs_wrecks_fini(rs_wrecks *wrecks, uint32_t roles, rs_larder *larder);

/* rs_wrecks_take counts a crash and returns where its report goes; NULL: there are enough. */
rs_wreck *rs_wrecks_take(rs_wrecks *wrecks, rs_term reason);

/* rs_wrecks_end notes how an incarnation of `role` ended. Under the role's lock. */
void rs_wrecks_end(rs_wrecks *wrecks, uint32_t role, uint64_t time_ns, uint32_t incarnation,
                   rs_term reason);

#endif
