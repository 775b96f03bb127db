/* design_models.h: the designs that run on threads, compiled for Relacy, each with make(), which
 * makes its atomics. C++, see runtime/base/test/relacy.h.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_DESIGN_MODELS_H
#define RS_DESIGN_MODELS_H

#include "runtime/base/test/relacy.h"

#include "runtime/base/assert.h"
#include "runtime/base/atomic.h"
#include "runtime/sched/queue.h"

/* So small that rings grow, and are run over and around, within a few steps. */
#define RS_RUN_QUEUE_LOG      1u
#define RS_RUN_QUEUE_LOG_MAX  2u
#define RS_RUN_QUEUE_GRAB_MAX 2u
#define SLOT_RUNS_MAX         2u
#define SHARED_EVERY          2u

namespace in_steal {
#include "runtime/sched/steal.c"
}
namespace in_global {
#include "runtime/sched/global.c"
}
namespace in_pinned {
#include "runtime/sched/pinned.c"
}
namespace in_deadline {
#include "runtime/sched/deadline.c"
}
namespace in_migrate {
#include "runtime/sched/migrate.c"
}

/* For rings that may grow. */
#define TASKS_MAX (64u << RS_RUN_QUEUE_LOG_MAX)
/* Room for any of them. */
#define RS_SCHED_BYTES 16384

static inline void make_counts(rs_sched_counts *counts) {
    rs_model_store(&counts->passes, 0);
    rs_model_store(&counts->steals, 0);
}

struct stealing {
    static const rs_sched_kind *kind() { return &in_steal::rs_sched_steal; }
    /* Rings begin just before their counts wrap around. */
    static void make(void *sched, uint32_t cores) {
        in_steal::steal *s = (in_steal::steal *)sched;
        rs_model_store(&s->lock.held, 0);
        rs_model_store(&s->shared_count, 0);
        for (uint32_t i = 0; i < cores; i++) {
            in_steal::steal_core *c = &s->core[i];
            make_counts(&c->counts);
            rs_model_store(&c->ring.tail, UINT32_MAX - 1);
            rs_model_store(&c->ring.head, UINT32_MAX - 1);
            for (size_t place = 0; place < in_steal::rs_run_queue_places(c->ring.log_max); place++)
                rs_model_store(&c->ring.arrays[place], (void *)NULL);
        }
    }
};

struct one_queue {
    static const rs_sched_kind *kind() { return &in_global::rs_sched_global; }
    static void make(void *sched, uint32_t cores) {
        in_global::global *g = (in_global::global *)sched;
        rs_model_store(&g->lock.held, 0);
        rs_model_store(&g->count, 0);
        for (uint32_t i = 0; i < cores; i++) make_counts(&g->core[i].counts);
    }
};

struct pinning {
    static const rs_sched_kind *kind() { return &in_pinned::rs_sched_pinned; }
    static void make(void *sched, uint32_t cores) {
        in_pinned::pinned *p = (in_pinned::pinned *)sched;
        for (uint32_t i = 0; i < cores; i++) {
            rs_model_store(&p->core[i].lock.held, 0);
            make_counts(&p->core[i].counts);
        }
    }
};

struct by_deadline {
    static const rs_sched_kind *kind() { return &in_deadline::rs_sched_deadline; }
    static void make(void *sched, uint32_t cores) {
        in_deadline::deadline *d = (in_deadline::deadline *)sched;
        rs_model_store(&d->lock.held, 0);
        rs_model_store(&d->count, 0);
        for (uint32_t i = 0; i < cores; i++) make_counts(&d->core[i].counts);
    }
};

struct migrating {
    static const rs_sched_kind *kind() { return &in_migrate::rs_sched_migrate; }
    static void make(void *sched, uint32_t cores) {
        in_migrate::migrate *m = (in_migrate::migrate *)sched;
        rs_model_store(&m->balancing.held, 0);
        for (uint32_t i = 0; i < cores; i++) {
            in_migrate::migrate_core *c = &m->core[i];
            rs_model_store(&c->lock.held, 0);
            rs_model_store(&c->length, 0);
            rs_model_store(&c->limit, 0);
            rs_model_store(&c->emigrate_to, NOBODY);
            rs_model_store(&c->immigrate_from, NOBODY);
            rs_model_store(&c->checked_ns, 0);
            rs_model_store(&c->worked_ns, 0);
            make_counts(&c->counts);
        }
    }
};

#endif
