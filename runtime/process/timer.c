/* timer.c: deadlines: heap, timeouts of receive, rs_send_after.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/timer.h"

#include "runtime/process/catch.h"
#include "runtime/process/clock.h"
#include "runtime/process/larder.h"
#include "runtime/process/mail.h"
#include "runtime/process/process.h"
#include "runtime/process/signal.h"

/* Address space for as many timers as there can be processes; touched as it fills. */
#define TIMERS_MAX RS_PROCESSES_MAX
/* The rest is for the timeouts of processes. */
#define SENDS_MAX (TIMERS_MAX / 2)

bool rs_timer_heap_init(rs_timer_heap *heap, rs_larder *larder) {
    heap->timers = rs_larder_take(larder, TIMERS_MAX * sizeof(rs_timer *), RS_PAGE_BYTES);
    heap->handles = rs_larder_take(larder, SENDS_MAX * sizeof *heap->handles, RS_PAGE_BYTES);
    rs_store(&heap->first_ns, RS_FOREVER, rs_relaxed);
    return heap->timers && heap->handles;
}

void rs_timer_heap_fini(rs_timer_heap *heap, rs_larder *larder) {
    size_t handles_written = (heap->handles_used + 1) * sizeof *heap->handles;
    rs_larder_give(larder, heap->timers, TIMERS_MAX * sizeof(rs_timer *), RS_LARDER_UNKNOWN);
    rs_larder_give(larder, heap->handles, SENDS_MAX * sizeof *heap->handles, handles_written);
}

static bool is_before(const rs_timer *a, const rs_timer *b) {
    if (a->deadline_ns != b->deadline_ns) return a->deadline_ns < b->deadline_ns;
    return a->number < b->number;
}

static void place(rs_timer_heap *heap, rs_timer *timer, uint32_t position) {
    heap->timers[position] = timer;
    timer->position = position;
}

static void sift_up(rs_timer_heap *heap, rs_timer *timer, uint32_t position) {
    for (; position > 1; position /= 2) {
        rs_timer *parent = heap->timers[position / 2];
        if (!is_before(timer, parent)) break;
        place(heap, parent, position);
    }
    place(heap, timer, position);
}

static void sift_down(rs_timer_heap *heap, rs_timer *timer, uint32_t position) {
    for (;;) {
        uint32_t child = position * 2;
        if (child > heap->count) break;
        if (child < heap->count && is_before(heap->timers[child + 1], heap->timers[child])) child++;
        if (!is_before(heap->timers[child], timer)) break;
        place(heap, heap->timers[child], position);
        position = child;
    }
    place(heap, timer, position);
}

static void publish_first(rs_timer_heap *heap) {
    uint64_t first = heap->count ? heap->timers[1]->deadline_ns : RS_FOREVER;
    /* relaxed: a hint; who acts on it takes the lock. */
    rs_store(&heap->first_ns, first, rs_relaxed);
}

bool rs_timer_start(rs_timer_heap *heap, rs_timer *timer, uint64_t deadline_ns) {
    if (heap->count + 1 >= TIMERS_MAX) return false;
    timer->deadline_ns = deadline_ns;
    timer->number = ++heap->started;
    timer->armed = true;
    heap->count++;
    sift_up(heap, timer, heap->count);
    publish_first(heap);
    return true;
}

void rs_timer_stop(rs_timer_heap *heap, rs_timer *timer) {
    uint32_t position = timer->position;
    rs_timer *last = heap->timers[heap->count--];
    timer->position = 0;
    timer->armed = false;
    if (last != timer) {
        last->position = position;
        if (position > 1 && is_before(last, heap->timers[position / 2]))
            sift_up(heap, last, position);
        else
            sift_down(heap, last, position);
    }
    publish_first(heap);
}

static rs_core *home_of(rs_core *core) {
    return core->runtime->is_virtual ? &core->runtime->cores[0] : core;
}

static uint64_t deadline_in(uint64_t now_ns, uint64_t delay_ns) {
    return now_ns > RS_FOREVER - 1 - delay_ns ? RS_FOREVER - 1 : now_ns + delay_ns;
}

/* The deadline is set under the heap's lock, so that a firing on another core either sees it or has
 * happened: a timeout is never lost between the two. */
void rs_timer_wake_at(rs_core *core, rs_process *process, uint64_t deadline_ns) {
    rs_timer *timer = &process->timer;
    if (deadline_ns == RS_FOREVER) {
        /* relaxed: a firing that misses it only wakes the process for nothing. */
        rs_store(&process->deadline_ns, RS_FOREVER, rs_relaxed);
        return;
    }
    /* On our own core nothing fires while we are here, and what is armed for earlier will look at
     * the deadline when it fires: calls that follow one another never touch the heap. */
    if (timer->core == home_of(core)->index && timer->armed && timer->deadline_ns <= deadline_ns) {
        rs_store(&process->deadline_ns, deadline_ns, rs_relaxed);
        return;
    }
    rs_core *home = &core->runtime->cores[timer->core];
    process->timed = 1;
    rs_spin_lock(&home->timers.lock);
    rs_store(&process->deadline_ns, deadline_ns, rs_relaxed);
    bool started = timer->position != 0;
    if (started && timer->deadline_ns > deadline_ns) {
        rs_timer_stop(&home->timers, timer);
        started = false;
        if (home == home_of(core)) started = rs_timer_start(&home->timers, timer, deadline_ns);
    }
    rs_spin_unlock(&home->timers.lock);
    if (started) return;
    home = home_of(core);
    rs_spin_lock(&home->timers.lock);
    timer->core = (uint16_t)home->index;
    timer->kind = RS_TIMER_WAKE;
    bool fits = rs_timer_start(&home->timers, timer, deadline_ns);
    rs_spin_unlock(&home->timers.lock);
    RS_ASSERT(fits); /* there are no more processes than places, and sends are bounded below */
}

/* A message that waits for its time. */
typedef struct pending_send {
    rs_timer timer;
    rs_list owned; /* in the starter's list */
    rs_pid to, owner;
    rs_ref ref;
    rs_message *message; /* NULL once fired; under the heap's lock */
    bool orphaned;       /* the starter let go of it; under the heap's lock */
} pending_send;

/* A running send is found by its reference, however many there are: it names the heap's core, a
 * handle, and the handle's life. A handle holds its send, or when it is free its next life and the
 * next free handle. Bit 11 tells these references from those that rs_make_ref counts. Lives come
 * again after 2^28 starts, but a reference so old is no longer anybody's. */
#define REF_TIMER   (UINT64_C(1) << 11)
#define HANDLE_FREE UINT64_C(1)

static uint32_t handle_of(rs_ref ref) {
    return (uint32_t)(ref >> 12) & 0xffffff;
}

/* Under the heap's lock, as the next two. */
static rs_ref take_handle(rs_timer_heap *heap, uint32_t core, pending_send *pending) {
    uint32_t handle = heap->free_handle;
    uint64_t life = 0;
    if (handle) {
        life = heap->handles[handle] >> 36;
        heap->free_handle = (uint32_t)(heap->handles[handle] >> 4);
    } else {
        handle = ++heap->handles_used;
    }
    heap->handles[handle] = (uint64_t)(uintptr_t)pending;
    return life << 36 | (uint64_t)handle << 12 | REF_TIMER | (uint64_t)core << 4 | RS_TAG_REF;
}

static void free_handle(rs_timer_heap *heap, rs_ref ref) {
    uint64_t next_life = (ref >> 36) + 1;
    heap->handles[handle_of(ref)] =
        next_life << 36 | (uint64_t)heap->free_handle << 4 | HANDLE_FREE;
    heap->free_handle = handle_of(ref);
}

static pending_send *find_send(const rs_timer_heap *heap, rs_ref ref) {
    uint32_t handle = handle_of(ref);
    if (!(ref & REF_TIMER) || handle == 0 || handle > heap->handles_used) return NULL;
    uint64_t word = heap->handles[handle];
    pending_send *pending = word & HANDLE_FREE ? NULL : (pending_send *)(uintptr_t)word;
    return pending && pending->ref == ref ? pending : NULL;
}

/* take_message stops a send and returns its message; NULL: it has fired. Under the heap's lock. */
static rs_message *take_message(rs_timer_heap *heap, pending_send *pending) {
    rs_message *message = pending->message;
    if (!message) return NULL;
    if (pending->timer.position) rs_timer_stop(heap, &pending->timer);
    free_handle(heap, pending->ref);
    pending->message = NULL;
    return message;
}

static void destroy_send(rs_core *core, pending_send *pending) {
    rs_slab_free(core, pending, sizeof *pending, RS_CATEGORY_TIMER);
}

/* Under the heap's lock: says what has to be done outside of it. */
static rs_process *fire_wake(rs_timer_heap *heap, rs_timer *timer, uint64_t now_ns) {
    rs_process *process = RS_CONTAINER(timer, rs_process, timer);
    uint64_t deadline = rs_load(&process->deadline_ns, rs_relaxed);
    if (deadline == RS_FOREVER) return NULL;
    if (deadline > now_ns) {
        rs_timer_start(heap, timer, deadline);
        return NULL;
    }
    return process;
}

/* fire_one fires one due timer; false: none is due. A send's owner may be cancelling it on another
 * core: the one who takes it out of the heap owns it, and the owner's list is its own to change,
 * so a fired send stays there as a husk without message until the owner looks. */
static bool fire_one(rs_core *core, uint64_t now_ns) {
    rs_timer_heap *heap = &home_of(core)->timers;
    rs_process *process = NULL;
    rs_message *message = NULL;
    rs_timer *mail = NULL;
    rs_pid to = 0;
    rs_spin_lock(&heap->lock);
    if (heap->count == 0 || heap->timers[1]->deadline_ns > now_ns) {
        rs_spin_unlock(&heap->lock);
        return false;
    }
    rs_timer *timer = heap->timers[1];
    rs_timer_stop(heap, timer);
    pending_send *orphan = NULL;
    if (timer->kind == RS_TIMER_WAKE) {
        process = fire_wake(heap, timer, now_ns);
    } else if (timer->kind == RS_TIMER_MAIL) {
        mail = timer;
    } else {
        pending_send *pending = RS_CONTAINER(timer, pending_send, timer);
        to = pending->to;
        message = take_message(heap, pending);
        if (pending->orphaned) orphan = pending;
    }
    rs_spin_unlock(&heap->lock);
    if (process) rs_signal_wake(core, process, RS_PROCESS_TIMEOUT);
    if (message) rs_signal_push(core, to, message);
    if (mail) rs_mail_arrive(core, mail);
    if (orphan) destroy_send(core, orphan);
    return true;
}

void rs_timer_expire(rs_core *core, uint64_t now_ns) {
    /* relaxed: the lock decides. */
    while (rs_load(&home_of(core)->timers.first_ns, rs_relaxed) <= now_ns)
        if (!fire_one(core, now_ns)) return;
}

bool rs_timer_hold(rs_core *core, rs_timer *timer, uint64_t delay_ns) {
    rs_core *home = home_of(core);
    uint64_t now = rs_clock_now(core);
    timer->core = (uint16_t)home->index;
    timer->kind = RS_TIMER_MAIL;
    rs_spin_lock(&home->timers.lock);
    bool fits = home->timers.count < SENDS_MAX - 1 &&
                rs_timer_start(&home->timers, timer, deadline_in(now, delay_ns));
    rs_spin_unlock(&home->timers.lock);
    return fits;
}

bool rs_timer_call_off(rs_core *core, rs_timer *timer) {
    rs_timer_heap *heap = &core->runtime->cores[timer->core].timers;
    rs_spin_lock(&heap->lock);
    bool waits = timer->position != 0;
    if (waits) rs_timer_stop(heap, timer);
    rs_spin_unlock(&heap->lock);
    return waits;
}

static bool has_fired(rs_core *core, pending_send *pending) {
    rs_timer_heap *heap = &core->runtime->cores[pending->timer.core].timers;
    rs_spin_lock(&heap->lock);
    bool fired = pending->timer.position == 0;
    rs_spin_unlock(&heap->lock);
    return fired;
}

/* sweep frees husks. It looks past two running timers and sends them to the back, so that however
 * long some run, the next calls come to all. */
static void sweep(rs_core *core, rs_process *process) {
    for (uint32_t running = 0; running < 2 && process->timers;) {
        pending_send *pending = RS_CONTAINER(process->timers, pending_send, owned);
        rs_list_remove(&process->timers, &pending->owned);
        if (has_fired(core, pending)) {
            destroy_send(core, pending);
        } else {
            rs_list_append(&process->timers, &pending->owned);
            running++;
        }
    }
}

void rs_timer_tidy(void) {
    rs_core *core = rs_gate(rs_section_enter());
    sweep(core, core->current);
    rs_section_leave(core);
}

/* start_send returns the send's reference; 0: there are too many. */
static rs_ref start_send(rs_core *core, pending_send *pending, uint64_t deadline_ns) {
    rs_core *home = home_of(core);
    rs_timer_heap *heap = &home->timers;
    /* cppcheck-suppress ctunullpointer ; rs_catch_raise does not come back */
    pending->timer.core = (uint16_t)home->index;
    pending->timer.kind = RS_TIMER_SEND;
    rs_spin_lock(&heap->lock);
    if (heap->count < SENDS_MAX - 1) {
        pending->ref = take_handle(heap, home->index, pending);
        pending->message->ref = pending->ref;
        rs_timer_start(heap, &pending->timer, deadline_ns);
    }
    rs_spin_unlock(&heap->lock);
    return pending->ref;
}

rs_ref rs_send_after(uint64_t delay_ns, rs_pid to, const rs_type *type, const void *payload,
                     uint32_t bytes) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *process = core->current;
    sweep(core, process);
    rs_message *message = rs_signal_build(core, RS_MESSAGE, type, payload, bytes);
    pending_send *pending = rs_slab_alloc(core, sizeof *pending, RS_CATEGORY_TIMER);
    if (!pending) rs_catch_raise(core, rs_signal_out_of_memory());
    process->building = NULL;
    *pending = (pending_send){.to = to, .owner = rs_process_pid(process), .message = message};
    uint64_t deadline = deadline_in(rs_clock_now(core), delay_ns);
    rs_list_append(&process->timers, &pending->owned);
    rs_ref ref = start_send(core, pending, deadline);
    if (!ref) {
        rs_list_remove(&process->timers, &pending->owned);
        rs_signal_release(core, message);
        destroy_send(core, pending);
    }
    rs_section_leave(core);
    return ref;
}

/* take_out stops the caller's send `ref` if it has not fired. */
static rs_message *take_out(rs_core *core, rs_ref ref, pending_send **pending,
                            uint64_t *deadline_ns) {
    uint32_t home = (uint32_t)(ref >> 4) & (RS_CORES_MAX - 1);
    if (home >= core->runtime->core_count) return NULL;
    rs_timer_heap *heap = &core->runtime->cores[home].timers;
    rs_message *message = NULL;
    rs_spin_lock(&heap->lock);
    *pending = find_send(heap, ref);
    if (*pending && (*pending)->owner == rs_process_pid(core->current)) {
        *deadline_ns = (*pending)->timer.deadline_ns;
        message = take_message(heap, *pending);
    }
    rs_spin_unlock(&heap->lock);
    return message;
}

bool rs_cancel_timer(rs_ref ref, uint64_t *left_ns) {
    rs_core *core = rs_gate(rs_section_enter());
    pending_send *pending;
    uint64_t deadline = 0, left = 0;
    rs_message *message = take_out(core, ref, &pending, &deadline);
    if (message) {
        uint64_t now = rs_clock_now(core);
        left = deadline > now ? deadline - now : 0;
        rs_signal_release(core, message);
        rs_list_remove(&core->current->timers, &pending->owned);
        destroy_send(core, pending);
    }
    rs_section_leave(core);
    if (message && left_ns) *left_ns = left;
    return message != NULL;
}

static void drop_wake(rs_core *core, rs_process *process) {
    if (!process->timed) return;
    rs_timer_heap *heap = &core->runtime->cores[process->timer.core].timers;
    rs_spin_lock(&heap->lock);
    rs_store(&process->deadline_ns, RS_FOREVER, rs_relaxed);
    if (process->timer.position) rs_timer_stop(heap, &process->timer);
    rs_spin_unlock(&heap->lock);
}

/* Sends to others outlive their starter (T1): they are only let go of. */
static void drop_send(rs_core *core, rs_process *process, pending_send *pending) {
    rs_timer_heap *heap = &core->runtime->cores[pending->timer.core].timers;
    rs_spin_lock(&heap->lock);
    bool lives_on = pending->message && pending->to != rs_process_pid(process);
    rs_message *message = lives_on ? NULL : take_message(heap, pending);
    rs_list_remove(&process->timers, &pending->owned);
    pending->orphaned = lives_on;
    rs_spin_unlock(&heap->lock);
    if (message) rs_signal_release(core, message);
    if (!lives_on) destroy_send(core, pending);
}

bool rs_timer_drop(rs_core *core, rs_process *process, uint32_t *budget) {
    while (process->timers) {
        if (*budget == 0) return false;
        --*budget;
        drop_send(core, process, RS_CONTAINER(process->timers, pending_send, owned));
    }
    drop_wake(core, process);
    return true;
}
