/* statem_timeout.c: see statem_timeout.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/statem_timeout.h"

#include "runtime/process/signal.h"
#include "runtime/process/timer.h"

struct rs_statem_timeout {
    rs_statem_timeout *next;
    uint32_t which;
    uint64_t ns;
    rs_ref timer;         /* 0: it is due */
    rs_statem_node *node; /* what it brings; NULL: it is to be cancelled */
};

const rs_type rs_statem_timeout_type = {.name = "statem_timeout"};

/* ---------------------------------------------------------------- lists */

static rs_statem_timeout **find(rs_statem_timeout **list, uint32_t which) {
    while (*list && (*list)->which != which) list = &(*list)->next;
    return list;
}

static void append(rs_statem_timeout **list, rs_statem_timeout *timeout) {
    while (*list) list = &(*list)->next;
    timeout->next = NULL;
    *list = timeout;
}

static rs_statem_timeout *take(rs_statem_timeout **at) {
    rs_statem_timeout *timeout = *at;
    if (timeout) *at = timeout->next;
    return timeout;
}

/* Its event is the caller's. */
static rs_statem_node *unwrap(rs_statem_timeout *timeout) {
    rs_statem_node *node = timeout->node;
    rs_free(timeout, sizeof *timeout);
    return node;
}

static void destroy(rs_statem_timeout *timeout) {
    rs_statem_node *node = unwrap(timeout);
    if (node) rs_statem_event_free(node);
}

/* ---------------------------------------------------------------- asking */

static rs_statem_event event_of(uint32_t which) {
    switch (which) {
    case RS_EVENT_TIMEOUT: return (rs_statem_event){.type = RS_STATEM_TIMEOUT};
    case RS_STATE_TIMEOUT: return (rs_statem_event){.type = RS_STATEM_STATE_TIMEOUT};
    default: return (rs_statem_event){.type = RS_STATEM_NAMED_TIMEOUT, .name = which};
    }
}

void rs_statem_timeout_ask(rs_statem_timeouts *all, uint32_t which, uint64_t ns,
                           const rs_type *type, const void *payload, uint32_t bytes) {
    rs_statem_timeout *before = take(find(&all->asked, which));
    if (before) destroy(before);
    rs_statem_event as = event_of(which);
    rs_statem_timeout *timeout = rs_alloc(sizeof *timeout);
    timeout->which = which;
    timeout->ns = ns;
    if (ns != RS_FOREVER) timeout->node = rs_statem_event_make(&as, type, payload, bytes);
    append(&all->asked, timeout);
}

/* ---------------------------------------------------------------- setting */

void rs_statem_timeout_cancel(rs_statem_timeouts *all, uint32_t which) {
    rs_statem_timeout *timeout = take(find(&all->running, which));
    if (!timeout) return;
    if (timeout->timer) rs_cancel_timer(timeout->timer, NULL);
    destroy(timeout);
}

static void start(rs_statem_timeouts *all, rs_statem_timeout *timeout) {
    rs_statem_timeout_cancel(all, timeout->which);
    if (timeout->ns != 0) {
        timeout->timer = rs_send_after(timeout->ns, rs_self(), &rs_statem_timeout_type, NULL, 0);
        if (!timeout->timer) rs_exit(rs_signal_out_of_memory());
    }
    append(&all->running, timeout);
}

static void update(rs_statem_timeouts *all, rs_statem_timeout *timeout) {
    rs_statem_timeout *running = *find(&all->running, timeout->which);
    if (!running) {
        timeout->ns = 0;
        start(all, timeout);
        return;
    }
    rs_statem_event_free(running->node);
    running->node = unwrap(timeout);
}

void rs_statem_timeout_settle(rs_statem_timeouts *all) {
    for (rs_statem_timeout *timeout; (timeout = take(&all->asked));) {
        if (timeout->ns == RS_STATEM_UPDATE) {
            update(all, timeout);
        } else if (timeout->ns != RS_FOREVER) {
            start(all, timeout);
        } else {
            rs_statem_timeout_cancel(all, timeout->which);
            destroy(timeout);
        }
    }
}

/* ---------------------------------------------------------------- firing */

static rs_statem_node *take_first(rs_statem_timeouts *all, rs_ref timer) {
    rs_statem_timeout **at = &all->running;
    while (*at && (*at)->timer != timer) at = &(*at)->next;
    return *at ? unwrap(take(at)) : NULL;
}

rs_statem_node *rs_statem_timeout_fire(rs_statem_timeouts *all, rs_ref timer) {
    rs_timer_tidy();
    return take_first(all, timer);
}

rs_statem_node *rs_statem_timeout_due(rs_statem_timeouts *all) {
    return take_first(all, 0);
}
