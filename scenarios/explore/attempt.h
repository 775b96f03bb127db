/* attempt.h: one seed's run in the calling process, and what came of it in a few hundred bytes, fit
 * for a pipe. A search makes thousands of them a second, so there is no report and no fork; who
 * calls takes the risk of a run that hangs or takes the process along.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ATTEMPT_H
#define RS_ATTEMPT_H

#include "scenarios/engine/shared.h"

/* Different things that go wrong in one run; of more, how many. */
#define RS_ATTEMPT_FAILURES_MAX 64u
#define RS_ATTEMPT_KINDS_MAX    64u

/* What fails, and where: two of them are the same when check and path are. */
typedef struct rs_attempt_failure {
    char check[256];  /* a word of the catalogue, "expect: calls.lost == 0", or "aborted" */
    char path[96];    /* of the role, a template's with a star; "": nobody's */
    char text[256];   /* one sentence */
    uint64_t time_ns; /* since t = 0; 0 when it is no matter of time */
} rs_attempt_failure;

typedef struct rs_attempt {
    uint64_t seed;
    uint64_t hash;                       /* of the trace */
    rs_atomic_u64 simulated_ns;          /* virtual time it went through, also while it does */
    uint64_t sometimes;                  /* bits: which `sometimes` of the plan was seen */
    uint32_t hits[RS_ATTEMPT_KINDS_MAX]; /* by the kind's place in rs_faults */
    bool late;                           /* the wall's clock ended it: nobody knows what of */
    bool unchecked;                      /* its history was too long for any check to look at */
    uint32_t omitted;                    /* failures, of other kinds than those that follow */
    uint32_t failure_count;
    rs_attempt_failure failures[RS_ATTEMPT_FAILURES_MAX];
} rs_attempt;

/* What is to be attempted. */
typedef struct rs_attempt_order {
    const rs_plan *plan; /* has the virtual clock */
    uint64_t seed;
    rs_plugins plugins; /* that the plan's upgrades take */
} rs_attempt_order;

/* rs_attempt_look looks at what a run left behind, before it is gone. */
typedef void rs_attempt_look(void *context, const rs_shared *shared);

/* rs_attempt_run carries out `order`, every check looking on unless the plan says which. Code that
 * upgrades have loaded stays until the process ends. Its memory comes from `larder`, that of a
 * process that makes many; NULL: from the system. `look` may be NULL. */
void rs_attempt_run(const rs_attempt_order *order, rs_larder *larder, rs_attempt *attempt,
                    rs_attempt_look *look, void *context);

/* rs_attempt_bytes returns how much of an attempt holds anything, from its beginning. */
size_t rs_attempt_bytes(const rs_attempt *attempt);

/* rs_attempt_fail adds a failure, unless there is one of that check and path; where there is no
 * room it is counted. */
void rs_attempt_fail(rs_attempt *attempt, const char *check, const char *path, uint64_t time_ns,
                     const char *text);

/* rs_attempt_find returns the failure of `check` at `path`, or NULL. */
const rs_attempt_failure *rs_attempt_find(const rs_attempt *attempt, const char *check,
                                          const char *path);

/* rs_attempt_tells tells whether `finding` is the failure of `check` at `path`. */
bool rs_attempt_tells(const rs_finding *finding, const char *check, const char *path);

#endif
