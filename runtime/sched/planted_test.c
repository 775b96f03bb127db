/* planted_test.c: the contract catches designs that break it: one queue, right in all but one
 * thing. A check that cannot fail is none.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/sched/queue.h"
#include "runtime/sched/test/contract.h"

typedef struct plain {
    uint32_t cores;
    uint64_t calls;
    rs_task_queue queue[RS_CORES_MAX]; /* most designs below use the first only */
    rs_task *again;
    rs_sched_counts counts;
} plain;

static size_t plain_bytes(const rs_sched_config *config) {
    (void)config;
    return sizeof(plain);
}

static void plain_init(void *sched, const rs_sched_config *config) {
    ((plain *)sched)->cores = config->cores;
}

static uint32_t plain_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    plain *p = sched;
    bool surplus = p->queue[0].head != NULL;
    rs_task_queue_push(&p->queue[0], task);
    return surplus ? RS_WAKE_ANY : RS_WAKE_NONE;
}

static rs_task *plain_next(void *sched, uint32_t core) {
    (void)core;
    return rs_task_queue_pop(&((plain *)sched)->queue[0]);
}

static void plain_core(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *plain_counts(void *sched, uint32_t core) {
    (void)core;
    return &((plain *)sched)->counts;
}

static uint64_t plain_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return ready;
}

static const rs_sched_kind plain_kind = {
    .name = "plain",
    .about = "one queue",
    .wait_rounds = plain_rounds,
    .bytes = plain_bytes,
    .init = plain_init,
    .ready = plain_ready,
    .next = plain_next,
    .detach = plain_core,
    .attach = plain_core,
    .counts = plain_counts,
};

/* Which case of the contract `kind` breaks first, on any of some numbers of cores. */
static const char *broken_case(const rs_sched_kind *kind) {
    static const uint32_t cores[] = {1, 2, 8};
    for (size_t i = 0; i < CONTRACT_CASES; i++)
        for (size_t j = 0; j < sizeof cores / sizeof *cores; j++)
            if (contract_cases[i].play(kind, cores[j])) return contract_cases[i].name;
    return "none";
}

TEST(a_plain_queue_keeps_the_contract) {
    CHECK_STR(broken_case(&plain_kind), "none");
}

static rs_task *forgetful_next(void *sched, uint32_t core) {
    if (++((plain *)sched)->calls % 1000 == 0) plain_next(sched, core);
    return plain_next(sched, core);
}
TEST(a_lost_task_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.next = forgetful_next;
    CHECK_STR(broken_case(&kind), "tasks_come_once");
}

static rs_task *stuttering_next(void *sched, uint32_t core) {
    plain *p = sched;
    rs_task *task = p->again ? p->again : plain_next(sched, core);
    p->again = p->again || ++p->calls % 1000 ? NULL : task;
    return task;
}
TEST(a_task_that_comes_twice_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.next = stuttering_next;
    CHECK_STR(broken_case(&kind), "tasks_come_once");
}

static uint32_t own_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)why;
    rs_task_queue_push(&((plain *)sched)->queue[core], task);
    return RS_WAKE_NONE;
}
static rs_task *own_next(void *sched, uint32_t core) {
    return rs_task_queue_pop(&((plain *)sched)->queue[core]);
}
TEST(tasks_left_at_a_detached_core_are_caught) {
    rs_sched_kind kind = plain_kind;
    kind.ready = own_ready;
    kind.next = own_next;
    CHECK_STR(broken_case(&kind), "tasks_come_once");
}

static uint32_t silent_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    plain_ready(sched, task, core, why);
    return RS_WAKE_NONE;
}
TEST(a_design_that_wakes_nobody_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.ready = silent_ready;
    CHECK_STR(broken_case(&kind), "sleepers_are_woken");
}

/* Only what comes second is told. */
static uint32_t late_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    plain *p = sched;
    bool surplus = p->queue[0].head && p->queue[0].head->next;
    plain_ready(sched, task, core, why);
    return surplus ? RS_WAKE_ANY : RS_WAKE_NONE;
}
TEST(a_design_that_holds_back_two_tasks_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.ready = late_ready;
    CHECK_STR(broken_case(&kind), "sleepers_are_woken");
}

static uint32_t wrong_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    plain_ready(sched, task, core, why);
    return (core + 1) % ((plain *)sched)->cores; /* whether detached or not */
}
TEST(a_design_that_wakes_a_detached_core_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.ready = wrong_ready;
    CHECK_STR(broken_case(&kind), "sleepers_are_woken");
}

static uint32_t stacking_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    (void)core;
    (void)why;
    plain *p = sched;
    bool surplus = p->queue[0].head != NULL;
    if (!surplus) p->queue[0].tail = task;
    task->next = p->queue[0].head;
    p->queue[0].head = task;
    return surplus ? RS_WAKE_ANY : RS_WAKE_NONE;
}
TEST(a_stack_starves_and_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.ready = stacking_ready;
    CHECK_STR(broken_case(&kind), "waits_are_as_stated");
}

static uint64_t boastful_rounds(const rs_sched_config *config, uint64_t ready) {
    (void)config;
    return ready - 1;
}
TEST(a_queue_that_states_one_round_too_few_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.wait_rounds = boastful_rounds;
    CHECK_STR(broken_case(&kind), "waits_are_as_stated");
}

static uint64_t place_of(const rs_task *task) {
    return (uint64_t)(uintptr_t)task * UINT64_C(0x9e3779b97f4a7c15);
}

/* Who comes goes ahead of all when its address says so. */
static uint32_t sorting_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    plain *p = sched;
    uint32_t whom = plain_ready(sched, task, core, why);
    rs_task *first = p->queue[0].head;
    if (place_of(first) <= place_of(task)) return whom;
    rs_task_queue rest = {0};
    for (rs_task *next, *one = first; one; one = next) {
        next = one->next;
        if (one != task) rs_task_queue_push(&rest, one);
    }
    p->queue[0] = (rs_task_queue){0};
    rs_task_queue_push(&p->queue[0], task);
    for (rs_task *one; (one = rs_task_queue_pop(&rest));) rs_task_queue_push(&p->queue[0], one);
    return whom;
}
TEST(an_order_by_address_is_caught) {
    rs_sched_kind kind = plain_kind;
    kind.ready = sorting_ready;
    kind.wait_rounds = NULL; /* not what is asked here */
    CHECK_STR(broken_case(&kind), "choices_are_a_function");
}

TEST_MAIN()
