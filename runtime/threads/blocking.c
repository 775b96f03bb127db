/* blocking.c: threads that do what waits in the kernel.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/threads/blocking.h"

#include "runtime/process/catch.h"
#include "runtime/process/call.h"
#include "runtime/process/context.h"
#include "runtime/process/crash.h"
#include "runtime/process/intake.h"
#include "runtime/process/region.h"
#include "runtime/process/signal.h"
#include "runtime/threads/monitor.h"
#include "runtime/threads/park.h"

#include <pthread.h>
#include <string.h>

/* As for players: who is not back by then may never be. */
#define FAREWELL_MS 200u

/* The payload of a job. */
typedef struct job {
    rs_blocking_work *work;
    uint64_t reserved;
    _Alignas(16) unsigned char copy[];
} job;

_Static_assert(offsetof(rs_message, payload) % 16 == 0,
               "a copy is aligned as rs_alloc's memory is");

/* A worker's word. */
enum { FREE, WORKING, LEFT };

typedef struct worker {
    rs_blocking_pool *pool;
    pthread_t pthread;
    rs_fiber stack; /* its own */
    void *refuge;   /* in it: see rs_thread */
    rs_message *job;
    bool is_idle; /* counts as idle; under the pool's lock */
    rs_atomic_u32 state;
} worker;

struct rs_blocking_pool {
    rs_runtime *runtime;
    rs_atomic_u32 wanted, over;
    rs_atomic_u32 posted; /* futex word: grows with every job, and at the end */
    rs_spinlock lock;     /* of the rest */
    rs_message *first, *last;
    uint32_t waiting, idle; /* jobs, workers */
    uint32_t count;         /* of workers; the monitor's */
    worker workers[RS_BLOCKING_THREADS_MAX];
};

/* ---------------------------------------------------------------- jobs */

static job *job_of(rs_message *message) {
    return (job *)(void *)message->payload;
}

/* post queues the job and returns whether nobody is free to do it. */
static bool post(rs_blocking_pool *pool, rs_message *message) {
    message->link = NULL;
    rs_spin_lock(&pool->lock);
    if (pool->first)
        pool->last->link = message;
    else
        pool->first = message;
    pool->last = message;
    bool is_short = ++pool->waiting > pool->idle;
    rs_spin_unlock(&pool->lock);
    rs_add(&pool->posted, 1, rs_seq_cst);
    return is_short;
}

/* take returns a job; NULL: there is none, and the worker is idle. */
static rs_message *take(rs_blocking_pool *pool, worker *self) {
    rs_spin_lock(&pool->lock);
    rs_message *message = pool->first;
    if (message) {
        pool->first = message->link;
        pool->waiting--;
    }
    pool->idle += (uint32_t)!message - (uint32_t)self->is_idle;
    self->is_idle = !message;
    rs_spin_unlock(&pool->lock);
    return message;
}

/* await returns the next job, NULL: the run is over. */
static rs_message *await(worker *self) {
    rs_blocking_pool *pool = self->pool;
    for (;;) {
        uint32_t posted = rs_load(&pool->posted, rs_acquire);
        if (rs_load(&pool->over, rs_acquire)) return NULL;
        rs_message *message = take(pool, self);
        if (message) return message;
        rs_park_wait(&pool->posted, posted, RS_FOREVER);
    }
}

/* ---------------------------------------------------------------- a worker */

/* hand_in answers the caller; a `reason` of crashing instead of the result. False: the run has
 * ended meanwhile, and nothing of it may be touched. */
static bool hand_in(worker *self, rs_term reason) {
    uint32_t working = WORKING;
    rs_message *message = self->job;
    if (!rs_cas_strong(&self->state, &working, FREE, rs_acq_rel)) return false;
    message->kind = reason ? RS_SIGNAL_CALL_DOWN : RS_SIGNAL_REPLY;
    if (reason) {
        message->flags |= RS_MESSAGE_REASON;
        *rs_signal_reason(message) = reason;
    }
    rs_intake_message(self->pool->runtime, message);
    rs_park_call(self->pool->runtime);
    return true;
}

static void serve(worker *self) {
    while ((self->job = await(self))) {
        job *this = job_of(self->job);
        rs_store(&self->state, WORKING, rs_release);
        rs_this_thread.refuge = self->refuge;
        this->work(this->copy);
        rs_this_thread.refuge = NULL;
        if (!hand_in(self, 0)) return;
    }
}

static _Thread_local worker *this_worker;

/* Where a crash of the work lands: its frames are abandoned. */
static void go_on(void) {
    worker *self = this_worker;
    rs_this_thread.refuge = NULL;
    rs_context_abandon(&self->stack);
    if (hand_in(self, rs_this_thread.crash_reason)) serve(self);
    rs_crash_thread_end();
    pthread_exit(NULL);
}

static void *live(void *context) {
    worker *self = this_worker = context;
    rs_context_thread(&self->stack);
    RS_ASSERT(rs_crash_thread());
    rs_this_thread.refuge_entry = go_on;
    self->refuge = __builtin_frame_address(0);
    serve(self);
    rs_crash_thread_end();
    return NULL;
}

/* ---------------------------------------------------------------- the pool */

rs_blocking_pool *rs_blocking_start(rs_runtime *runtime) {
    rs_blocking_pool *pool = rs_region_reserve(sizeof *pool, RS_PAGE_BYTES);
    if (pool) pool->runtime = runtime;
    return pool;
}

bool rs_blocking_wants(rs_blocking_pool *pool) {
    return pool && rs_load(&pool->wanted, rs_seq_cst);
}

/* Whoever is about to start counts as idle, so that nobody is started twice for one job. */
static uint32_t announce_missing(rs_blocking_pool *pool) {
    uint32_t room = RS_BLOCKING_THREADS_MAX - pool->count;
    rs_spin_lock(&pool->lock);
    uint32_t count = pool->waiting > pool->idle ? pool->waiting - pool->idle : 0;
    if (count > room) count = room;
    pool->idle += count;
    rs_spin_unlock(&pool->lock);
    return count;
}

static void take_back(rs_blocking_pool *pool, uint32_t count) {
    rs_spin_lock(&pool->lock);
    pool->idle -= count;
    rs_spin_unlock(&pool->lock);
    rs_store(&pool->wanted, 1, rs_seq_cst);
}

bool rs_blocking_grow(rs_blocking_pool *pool) {
    if (!pool || !rs_swap(&pool->wanted, 0, rs_seq_cst)) return true;
    for (uint32_t count = announce_missing(pool); count > 0; count--) {
        worker *new = &pool->workers[pool->count];
        new->pool = pool;
        new->is_idle = true;
        if (pthread_create(&new->pthread, NULL, live, new) != 0) {
            take_back(pool, count);
            return false;
        }
        pool->count++;
    }
    return true;
}

static bool is_anybody_working(rs_blocking_pool *pool) {
    for (uint32_t i = 0; i < pool->count; i++)
        if (rs_load(&pool->workers[i].state, rs_acquire) == WORKING) return true;
    return false;
}

bool rs_blocking_end(rs_blocking_pool *pool) {
    uint32_t left = 0;
    if (!pool) return true;
    rs_store(&pool->over, 1, rs_seq_cst);
    rs_add(&pool->posted, 1, rs_seq_cst);
    rs_park_wake_word(&pool->posted);
    for (uint32_t i = 0; i < FAREWELL_MS && is_anybody_working(pool); i++)
        rs_park_wait(&pool->over, 1, 1000000);
    for (uint32_t i = 0; i < pool->count; i++) {
        uint32_t working = WORKING;
        if (rs_cas_strong(&pool->workers[i].state, &working, LEFT, rs_acq_rel)) {
            pthread_detach(pool->workers[i].pthread);
            left++;
        } else {
            pthread_join(pool->workers[i].pthread, NULL);
        }
    }
    if (left == 0) rs_region_release(pool, sizeof *pool);
    return left == 0;
}

/* ---------------------------------------------------------------- for users */

static rs_message *build(rs_core *core, rs_blocking_work *work, const void *memory,
                         uint32_t bytes) {
    if (bytes > UINT32_MAX - sizeof(job)) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_message *message = rs_signal_alloc(core, (uint32_t)sizeof(job) + bytes);
    if (!message) rs_catch_raise(core, rs_signal_out_of_memory());
    rs_process *self = core->current;
    self->building = message;
    job_of(message)->work = work;
    rs_copy_in(core, job_of(message)->copy, memory, bytes);
    self->building = NULL;
    message->from = rs_process_pid(self);
    message->cause = self->cause;
    return message;
}

static void submit(rs_core *core, rs_message *message) {
    rs_blocking_pool *pool = core->runtime->blocking;
    if (post(pool, message)) {
        rs_store(&pool->wanted, 1, rs_seq_cst);
        rs_monitor_call(core->runtime);
    }
    rs_park_wake_one_at(&pool->posted);
}

/* The caller has the work done by itself and waits for nothing but the time. */
static void do_now(rs_core *core, rs_blocking_work *work, void *memory, uint64_t virtual_ns) {
    rs_section_leave(core);
    work(memory);
    core = rs_call_begin();
    (void)rs_call_await(core, rs_signal_make_ref(core), virtual_ns);
}

void rs_blocking(rs_blocking_work *work, void *memory, uint32_t bytes, uint64_t virtual_ns) {
    rs_core *core = rs_call_begin();
    if (core->is_virtual) {
        do_now(core, work, memory, virtual_ns);
        return;
    }
    rs_message *message = build(core, work, memory, bytes);
    rs_ref ref = message->ref = rs_signal_make_ref(core);
    submit(core, message);
    rs_call_result result = rs_call_await(core, ref, RS_FOREVER);
    if (!result.reply) rs_crash(result.reason);
    if (bytes) memcpy(memory, ((const job *)(const void *)result.reply->payload)->copy, bytes);
}
