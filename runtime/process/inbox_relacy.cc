/* inbox_relacy.cc: the inbox under every order of steps and every view of memory that C11 allows:
 * nothing is lost, doubled, overtaken by the same sender's, or seen half; who rests is woken by
 * one. SPDX-License-Identifier: MIT
 */
#include "runtime/base/test/relacy.h"

#include "runtime/process/inbox.h"

enum { KILL = 1, TIMEOUT = 2, PENDING = 4 };

#define SENDERS  2
#define EACH     2
#define MESSAGES (SENDERS * EACH)

typedef struct world {
    rs_atomic_u64 inbox;
    rs_atomic_u32 flags;
    rs_message messages[MESSAGES];
} world;

/* What every model has: a process, which one at a time may touch, handed on by a scheduler. */
template <class Model, int threads> struct process : rs_model<Model, world, threads> {
    rl::atomic<int> ready;          /* the scheduler's queue: how often it is in it */
    rl::var<int> owned;             /* what belongs to whoever runs the process */
    rl::var<rs_message *> incoming; /* straight from who woke it */
    rl::var<int> content[MESSAGES]; /* of the messages */
    rl::var<int> received[SENDERS]; /* of each sender */
    rl::var<int> received_all;

    static rs_message *message(int i) { return &process::world_of()->messages[i]; }
    static world *world_of() { return &rs_model<Model, world, threads>::world; }

    void setup() {
        world *w = world_of();
        rs_model_store(&w->inbox, RS_INBOX_EMPTY);
        rs_model_store(&w->flags, 0);
        ready.store(0, rl::mo_relaxed, $);
        VAR(owned) = 0;
        VAR(incoming) = NULL;
        VAR(received_all) = 0;
        for (int i = 0; i < MESSAGES; i++) VAR(content[i]) = 0;
        for (int i = 0; i < SENDERS; i++) VAR(received[i]) = 0;
    }

    /* What rs_process_ready does: who calls it must own the process. */
    void make_ready() {
        VAR(owned) = VAR(owned) + 1;
        RS_HOLDS(ready.fetch_add(1, rl::mo_acq_rel, $) == 0);
    }

    void await_turn() {
        while (ready.load(rl::mo_acquire, $) == 0) rl::yield(1, $);
        ready.fetch_sub(1, rl::mo_acq_rel, $);
        VAR(owned) = VAR(owned) + 1;
    }

    /* As try_push in signal.c. */
    bool send(int i) {
        bool rested = false;
        VAR(content[i]) = i + 1;
        if (!rs_inbox_push(&world_of()->inbox, message(i), &rested)) {
            RS_HOLDS(VAR(content[i]) == i + 1);
            return false;
        }
        if (rested) {
            message(i)->link = NULL;
            VAR(incoming) = message(i);
            make_ready();
        }
        return true;
    }

    void take_one(rs_message *one) {
        int i = (int)(one - world_of()->messages), sender = i / EACH;
        RS_HOLDS(VAR(content[i]) == i + 1);
        VAR(content[i]) = 0; /* it may be freed */
        RS_HOLDS(VAR(received[sender]) == i % EACH);
        VAR(received[sender]) = i % EACH + 1;
        VAR(received_all) = VAR(received_all) + 1;
    }

    /* Newest first. */
    void take_list(rs_message *list) {
        rs_message *ordered = NULL;
        for (rs_message *next; list; list = next) {
            next = list->link;
            list->link = ordered;
            ordered = list;
        }
        for (; ordered; ordered = ordered->link) take_one(ordered);
    }

    void take() {
        rs_message *list = VAR(incoming);
        VAR(incoming) = NULL;
        if (!list && !rs_inbox_is_empty(&world_of()->inbox))
            list = rs_inbox_take(&world_of()->inbox);
        take_list(list);
    }

    rs_inbox_rest rest() {
        VAR(owned) = VAR(owned) + 1;
        return rs_inbox_rest_unless(&world_of()->inbox, &world_of()->flags, KILL | TIMEOUT);
    }

    void at_end() {}
};

struct every_signal_arrives_once : process<every_signal_arrives_once, SENDERS + 1> {
    void thread(unsigned index) {
        if (index < SENDERS) {
            for (int i = 0; i < EACH; i++) send((int)index * EACH + i);
            return;
        }
        for (;;) {
            take();
            if (VAR(received_all) == MESSAGES) return;
            if (rest() == RS_INBOX_RESTS) await_turn();
        }
    }
    void at_end() { RS_HOLDS(ready.load(rl::mo_relaxed, $) == 0); }
};

/* exit(Pid, kill) and a timer's end, while the process goes to rest; the killer has left a cause.
 */
struct a_flag_wakes : process<a_flag_wakes, 3> {
    rl::var<int> cause;

    void thread(unsigned index) {
        if (index == 0) VAR(cause) = 7;
        if (index < 2) {
            uint32_t flag = index == 0 ? KILL : TIMEOUT;
            if (rs_inbox_wake(&world.inbox, &world.flags, flag)) make_ready();
            return;
        }
        while (!(rs_inbox_flags(&world.flags) & KILL)) {
            rs_model_and(&world.flags, ~(uint32_t)TIMEOUT);
            if (rest() == RS_INBOX_RESTS) await_turn();
        }
        RS_HOLDS(VAR(cause) == 7);
    }
};

/* A flag and a signal at once. */
struct one_wakes : process<one_wakes, 3> {
    void thread(unsigned index) {
        if (index == 0) {
            if (rs_inbox_wake(&world.inbox, &world.flags, KILL)) make_ready();
        } else if (index == 1) {
            send(0);
        } else {
            while (VAR(received_all) == 0 || !(rs_inbox_flags(&world.flags) & KILL)) {
                take();
                if (rest() == RS_INBOX_RESTS)
                    await_turn();
                else
                    rl::yield(1, $); /* others run first */
            }
        }
    }
    void at_end() { RS_HOLDS(ready.load(rl::mo_relaxed, $) == 0); }
};

/* A process that never rests looks once by itself, and then when the flag tells it to. */
struct a_raised_flag_leads_to_its_signal : process<a_raised_flag_leads_to_its_signal, 3> {
    void thread(unsigned index) {
        if (index < SENDERS) {
            send((int)index * EACH);
            rs_inbox_raise(&world.flags, PENDING);
            return;
        }
        take();
        while (VAR(received_all) != SENDERS) {
            while (!(rs_model_load(&world.flags) & PENDING)) rs_relax();
            if (!rs_inbox_lower(&world.inbox, &world.flags, PENDING)) take();
        }
    }
};

/* What was pushed before the end is answered by the dying, what comes later by its sender. */
struct the_dead_take_nothing : process<the_dead_take_nothing, SENDERS + 1> {
    rl::var<int> refused[SENDERS];

    void thread(unsigned index) {
        if (index < SENDERS) {
            int count = 0;
            for (int i = 0; i < EACH; i++) count += !send((int)index * EACH + i);
            VAR(refused[index]) = count;
            return;
        }
        take();
        take_list(rs_inbox_close(&world.inbox));
    }
    void at_end() {
        for (int i = 0; i < SENDERS; i++) RS_HOLDS(VAR(received[i]) + VAR(refused[i]) == EACH);
    }
};

static const char *const files[] = {"process/inbox.h", NULL};

static const rs_checked models[] = {RS_MODEL(every_signal_arrives_once, 20000, 0),
                                    RS_MODEL(a_flag_wakes, 20000, 2),
                                    RS_MODEL(one_wakes, 20000, 1),
                                    RS_MODEL(a_raised_flag_leads_to_its_signal, 20000, 1),
                                    RS_MODEL(the_dead_take_nothing, 20000, 1),
                                    {}};

static const rs_uncaught uncaught[] = {{}};

int main() {
    return rs_relacy_main(files, models, uncaught);
}
