/* ledger.h: what clients asked for and got. Each client counts in cache lines of its own; latencies
 * and windows gather in its small buffers and go out in batches, so that a call costs no shared
 * write. All of it lies in shared memory: what a killed run did up to then is known exactly.
 * Invariant: issued = answered + failed + open, in each phase, at every instant a client is between
 * two operations.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LEDGER_H
#define RS_LEDGER_H

#include "reports/histogram.h"
#include "runtime/respawn.h"
#include "scenarios/engine/reason.h"
#include "scenarios/engine/span.h"
#include "scenarios/language/plan.h"

/* Clients of a load share this many histograms per phase. */
#define RS_LEDGER_STRIPES 8u
/* Latencies gathered before they go out; at twice as many the client waits for its stripe. */
#define RS_LEDGER_BATCH 64u
/* The window of calls.availability_time. */
#define RS_LEDGER_WINDOW_NS UINT64_C(10000000)
/* Windows kept: 2.7 hours; what comes later counts in the last. */
#define RS_LEDGER_WINDOWS_MAX (1u << 20)

typedef struct rs_ledger_counts {
    uint64_t issued, answered, failed; /* by the phase of the intended start */
    uint64_t done;                     /* answered, by the phase of the answer */
    uint64_t retries;                  /* attempts but the first, by the phase of the start too */
    uint64_t expired;                  /* failed without any: the deadline had passed */
} rs_ledger_counts;

/* One client's page. */
typedef struct rs_ledger_page {
    _Alignas(64) uint64_t unsent; /* arrivals that were due and came to nothing, about */
    rs_ledger_counts phases[];
} rs_ledger_page;

/* A call that a client gave up, or word of what became of a call that somebody gave up. */
typedef struct rs_ledger_fate {
    uint64_t ref;  /* of the call */
    uint32_t load; /* RS_LEDGER_TOLD: it is known what became of it */
    uint32_t phase;
} rs_ledger_fate;

#define RS_LEDGER_TOLD UINT32_MAX
/* Eight million calls that time out and what became of them: more calls than most runs make. */
#define RS_LEDGER_FATES_MAX (1u << 24)

typedef struct rs_ledger_stripe {
    _Alignas(64) rs_spinlock lock;
    rs_histogram latency; /* from the intended start; open loops only */
    rs_histogram raw;     /* from the actual start */
    rs_histogram late;    /* how late the client itself was */
} rs_ledger_stripe;

typedef struct rs_ledger_window {
    rs_atomic_u32 answered, failed;           /* of calls that started here */
    rs_atomic_u32 done_answered, done_failed; /* of calls that ended here */
} rs_ledger_window;

typedef struct rs_ledgers {
    uint32_t clients, loads, phases; /* phases of the plan + 1 */
    bool counts_only;                /* latencies are not kept: they touch much memory */
    size_t page_bytes;               /* whole cache lines */
    unsigned char *pages;
    rs_ledger_stripe *stripes; /* [load][phase][stripe] */
    rs_atomic_u32 *used;       /* of each stripe: something was recorded; the rest is not read */
    rs_atomic_u64 *failed;     /* [load][phase][RS_REASONS_MAX + 1] */
    rs_ledger_window *windows;
    rs_atomic_u32 windows_used; /* none behind these was touched */
    rs_reasons reasons;
    rs_spans spans;
    rs_atomic_u32 fate_count; /* also those that found no room */
    rs_ledger_fate *fates;
} rs_ledgers;

/* rs_ledgers_init maps the pages for all clients of `plan`; false when there is no memory. */
bool rs_ledgers_init(rs_ledgers *ledgers, const rs_plan *plan, rs_larder *larder);
void rs_ledgers_fini(rs_ledgers *ledgers, rs_larder *larder);

/* rs_ledgers_page returns the page of client `client`, counted over all loads. */
rs_ledger_page *rs_ledgers_page(const rs_ledgers *ledgers, uint32_t client);

/* rs_ledgers_sum adds up what all clients have counted in all phases; about, while they go on. */
rs_ledger_counts rs_ledgers_sum(const rs_ledgers *ledgers);

/* rs_ledgers_stripe returns one of the histograms that clients of `load` share in `phase`; NULL:
 * nothing was recorded there. */
const rs_ledger_stripe *rs_ledgers_stripe(const rs_ledgers *ledgers, uint32_t load, uint32_t phase,
                                          uint32_t stripe);

/* rs_ledgers_failed returns the count of calls that failed for `reason`, see rs_reasons. */
rs_atomic_u64 *rs_ledgers_failed(const rs_ledgers *ledgers, uint32_t load, uint32_t phase,
                                 uint32_t reason);

/* rs_ledgers_tell notes that it is known what became of the call `ref`, which its caller, a client
 * or not, had given up: it was handled, or died with its callee. Thread: any. */
void rs_ledgers_tell(rs_ledgers *ledgers, uint64_t ref);

/* rs_ledgers_count_lost counts the calls that clients gave up and of which nothing became known, to
 * `lost`, which is [load][phase] and zeroed; false when there were too many to note. Called once,
 * when the child is gone. */
bool rs_ledgers_count_lost(const rs_ledgers *ledgers, uint64_t *lost);

typedef struct rs_ledger_sample {
    uint64_t latency_ns, raw_ns;
} rs_ledger_sample;

typedef struct rs_ledger_tally {
    uint64_t until_ns; /* the window's end, since t = 0 */
    uint32_t window, answered, failed;
} rs_ledger_tally;

/* A client's hand on the ledger; private to it. Times are since t = 0. */
typedef struct rs_ledger {
    rs_ledgers *all;
    rs_ledger_page *page;
    const rs_plan *plan;
    uint32_t load, stripe;
    bool open_loop;
    uint32_t start_phase, done_phase, sample_phase;
    uint64_t start_phase_end_ns, done_phase_end_ns;
    rs_ledger_tally started, done;
    uint64_t intended_ns; /* of the operation that was issued last */
    uint32_t samples, lates;
    rs_ledger_sample batch[2 * RS_LEDGER_BATCH];
    uint64_t late_batch[RS_LEDGER_BATCH];
} rs_ledger;

/* rs_ledger_init gives client `client` of load `load` its hand on the ledger. */
void rs_ledger_init(rs_ledger *ledger, rs_ledgers *all, const rs_plan *plan, uint32_t load,
                    uint32_t client);

/* rs_ledger_issue counts an operation whose intended start is `intended_ns`. Intended starts never
 * go back in time. */
void rs_ledger_issue(rs_ledger *ledger, uint64_t intended_ns);

/* rs_ledger_answer and rs_ledger_fail end it at `end_ns`. False: the client's stripe is taken and
 * its buffer full; let others run, then call rs_ledger_flush. */
bool rs_ledger_answer(rs_ledger *ledger, uint64_t intended_ns, uint64_t start_ns, uint64_t end_ns);
void rs_ledger_fail(rs_ledger *ledger, uint64_t end_ns, rs_term reason);

/* rs_ledger_retry counts one more attempt of the operation that was issued last, and
 * rs_ledger_expire that there was none. */
void rs_ledger_retry(rs_ledger *ledger);
void rs_ledger_expire(rs_ledger *ledger);

/* rs_ledger_give_up notes that the call `ref`, part of the operation that was issued last, has
 * timed out. */
void rs_ledger_give_up(rs_ledger *ledger, uint64_t ref);

/* rs_ledger_late records how far behind its schedule a client awoke. */
void rs_ledger_late(rs_ledger *ledger, uint64_t late_ns);

/* rs_ledger_flush writes out what is buffered; false when the stripe is taken: try again. */
bool rs_ledger_flush(rs_ledger *ledger);

/* rs_ledger_phase returns the index of the phase that holds `time_ns`; the number of phases after
 * the last. */
uint32_t rs_ledger_phase(const rs_plan *plan, uint64_t time_ns);

#endif
