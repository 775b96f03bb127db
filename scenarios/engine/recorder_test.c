/* recorder_test.c: how events become restarts and outcomes of blows.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/recorder.h"

#include "scenarios/engine/test/world.h"

static rs_observer observer;
static uint32_t root, left;

static void begin(void) {
    begin_world();
    observer = rs_recorder_observer(shared);
    root = observer.role(shared, 0, "top");
    left = observer.role(shared, root, "left");
    rs_shared_enter(shared, RS_STAGE_RUN);
}

static void emit(rs_event_kind kind, uint64_t time_ns, uint64_t pid, uint32_t cause,
                 uint32_t detail) {
    rs_event event = {.time_ns = time_ns,
                      .pid = pid,
                      .role = left,
                      .cause = cause,
                      .kind = (uint16_t)kind,
                      .detail = detail};
    observer.event(shared, &event);
}

/* A blow aimed at `pid` in `role`; its cause. */
static uint32_t aim(uint64_t time_ns, uint32_t role, uint64_t pid) {
    return rs_blows_add(&shared->blows, 0, time_ns, (rs_blow_victim){.pid = pid, .role = role},
                        RS_STRIKE_SURVIVED);
}

static const rs_outage_cell *cell_of(uint32_t fault, rs_outage_kind kind) {
    static const rs_outage_cell none;
    const rs_outage_cell *cell = rs_outages_cell(&shared->outages, 0, fault, kind, 0);
    return cell ? cell : &none;
}

static const rs_histogram *stage(rs_outage_kind kind, uint32_t fault, rs_outage_stage which) {
    return &cell_of(fault, kind)->stages[which];
}

TEST(a_restart_counts_from_its_fault_through_all_stages) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t cause = aim(90, left, 1);
    emit(RS_EVENT_FAULT, 100, 1, cause, 0);
    emit(RS_EVENT_EXIT, 110, 1, cause, 0);
    emit(RS_EVENT_NOTICED, 120, 1, cause, 0);
    CHECK_INT(rs_load(&shared->open_outages, rs_relaxed), 1);
    emit(RS_EVENT_STARTED, 150, 2, cause, 0);
    emit(RS_EVENT_REACHABLE, 160, 2, cause, 0);
    emit(RS_EVENT_SERVED, 200, 2, 0, 0);
    CHECK_INT(rs_load(&shared->open_outages, rs_relaxed), 0);
    static const uint64_t expected[] = {10, 20, 50, 60, 100};
    for (uint32_t i = 0; i < RS_OUTAGE_STAGE_COUNT; i++) {
        CHECK_INT(stage(RS_OUTAGE_FAULT, 1, (rs_outage_stage)i)->count, 1);
        CHECK_INT(stage(RS_OUTAGE_FAULT, 1, (rs_outage_stage)i)->max, expected[i]);
    }
    const rs_blow *blow = rs_blows_find(&shared->blows, cause);
    CHECK_INT(rs_load(&blow->outcome, rs_relaxed), RS_STRIKE_HIT);
    CHECK_INT(rs_load(&blow->restart_ns, rs_relaxed), 60);
    for (uint32_t i = 0; i < RS_BLOW_STAGES; i++)
        CHECK_INT((uint64_t)blow->stages_ns[i], expected[i]);
    end_world();
}

/* Its own line tells of the one that it was aimed at. */
TEST(a_blow_has_the_stages_of_its_victim_alone) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t cause = aim(100, root, 77);
    emit(RS_EVENT_STOPPING, 150, 1, cause, RS_STOP_SIBLING);
    emit(RS_EVENT_EXIT, 160, 1, cause, 0);
    emit(RS_EVENT_STARTED, 180, 2, cause, 0);
    const rs_blow *blow = rs_blows_find(&shared->blows, cause);
    for (uint32_t i = 0; i < RS_BLOW_STAGES; i++) CHECK_INT((uint64_t)blow->stages_ns[i], 0);
    end_world();
}

TEST(a_supervisor_that_gives_up_is_counted_where_it_is) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_ESCALATED, 100, 1, 0, 0);
    CHECK_INT(shared->roles.at[left].escalations, 1);
    CHECK_INT(shared->roles.at[root].escalations, 0);
    end_world();
}

TEST(failed_starts_lengthen_the_restart) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0);
    emit(RS_EVENT_INIT_FAILED, 110, 2, 0, 0);
    emit(RS_EVENT_INIT_FAILED, 120, 3, 0, 0);
    emit(RS_EVENT_STARTED, 130, 4, 0, 0);
    CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_STARTED)->max, 30);
    CHECK_INT(stage(RS_OUTAGE_INIT_RETRY, 0, RS_OUTAGE_STARTED)->max, 30);
    CHECK_INT(cell_of(0, RS_OUTAGE_FAULT)->deaths, 1);
    CHECK_INT(cell_of(0, RS_OUTAGE_INIT_RETRY)->deaths, 1);
    end_world();
}

TEST(starts_that_fail_for_ever_are_unfinished_as_such_too) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0);
    emit(RS_EVENT_INIT_FAILED, 110, 2, 0, 0);
    emit(RS_EVENT_INIT_FAILED, 120, 3, 0, 0);
    rs_outage_settle(&shared->outages, &shared->roles.at[left].outage);
    CHECK_INT(cell_of(0, RS_OUTAGE_INIT_RETRY)->deaths, 1);
    CHECK_INT(cell_of(0, RS_OUTAGE_INIT_RETRY)->unfinished, 1);
    CHECK_INT(cell_of(0, RS_OUTAGE_FAULT)->unfinished, 1);
    end_world();
}

TEST(what_fails_to_start_after_the_end_was_not_tried_again) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0);
    rs_shared_enter(shared, RS_STAGE_COUNT);
    emit(RS_EVENT_INIT_FAILED, 110, 2, 0, 0);
    rs_outage_settle(&shared->outages, &shared->roles.at[left].outage);
    CHECK_INT(cell_of(0, RS_OUTAGE_INIT_RETRY)->unfinished, 0);
    CHECK_INT(cell_of(0, RS_OUTAGE_FAULT)->unfinished, 1);
    end_world();
}

TEST(a_sibling_counts_from_the_blow_that_hit_another) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t cause = aim(100, root, 77);
    emit(RS_EVENT_STOPPING, 150, 1, cause, RS_STOP_SIBLING);
    emit(RS_EVENT_EXIT, 160, 1, cause, 0);
    emit(RS_EVENT_STARTED, 180, 2, cause, 0);
    CHECK_INT(stage(RS_OUTAGE_SIBLING, 1, RS_OUTAGE_STARTED)->max, 80);
    CHECK_INT(rs_load(&rs_blows_find(&shared->blows, cause)->outcome, rs_relaxed),
              RS_STRIKE_SURVIVED);
    end_world();
}

TEST(a_death_that_is_not_due_is_joined_when_somebody_starts_a_successor_anyhow) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0);
    emit(RS_EVENT_NOT_DUE, 110, 1, 0, 0);
    CHECK_INT(rs_load(&shared->open_outages, rs_relaxed), 0);
    rs_outage_settle(&shared->outages, &shared->roles.at[left].outage);
    CHECK_INT(cell_of(0, RS_OUTAGE_FAULT)->not_due, 1);
    CHECK_INT(cell_of(0, RS_OUTAGE_FAULT)->unfinished, 0);
    emit(RS_EVENT_STARTED, 130, 2, 0, 0);
    CHECK_INT(rs_load(&shared->open_outages, rs_relaxed), 0);
    CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_STARTED)->max, 30);
    end_world();
}

TEST(what_nobody_noticed_is_not_noticed_at_the_next_exit) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0); /* its supervisor is dead as well */
    emit(RS_EVENT_STARTED, 130, 2, 0, 0);
    emit(RS_EVENT_STOPPING, 9000, 2, 0, RS_STOP_SHUTDOWN);
    emit(RS_EVENT_EXIT, 9010, 2, 0, 0);
    emit(RS_EVENT_NOTICED, 9020, 2, 0, 0);
    CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_NOTICED)->count, 0);
    end_world();
}

TEST(a_question_of_the_harness_is_no_request) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0);
    emit(RS_EVENT_STARTED, 130, 2, 0, 0);
    rs_shared_enter(shared, RS_STAGE_COUNT);
    emit(RS_EVENT_SERVED, 9000, 2, 0, 0);
    CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_SERVED)->count, 0);
    end_world();
}

TEST(a_successor_that_comes_after_the_end_finishes_nothing) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 1, 0, 0);
    rs_shared_enter(shared, RS_STAGE_COUNT);
    emit(RS_EVENT_STARTED, 130, 2, 0, 0);
    emit(RS_EVENT_REACHABLE, 140, 2, 0, 0);
    CHECK_INT(rs_load(&shared->roles.at[left].pid, rs_relaxed), 2);
    rs_outage_settle(&shared->outages, &shared->roles.at[left].outage);
    CHECK_INT(cell_of(0, RS_OUTAGE_FAULT)->unfinished, 1);
    CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_STARTED)->count, 0);
    end_world();
}

/* Its starter was slow to tell, or it lives on beside its successor. */
TEST(a_replacement_is_not_reached_where_the_one_before_it_was) {
    for (int lives_on = 0; lives_on < 2; lives_on++) {
        begin();
        emit(RS_EVENT_STARTED, 10, 1, 0, 0);
        emit(RS_EVENT_EXIT, 100, 1, 0, 0);
        emit(RS_EVENT_STARTED, 110, 2, 0, 0);
        if (!lives_on) emit(RS_EVENT_EXIT, 120, 2, 0, 0);
        emit(RS_EVENT_STARTED, 130, 3, 0, 0);
        emit(RS_EVENT_REACHABLE, 140, 2, 0, 0);
        CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_REACHABLE)->count, 0);
        emit(RS_EVENT_REACHABLE, 150, 3, 0, 0);
        CHECK_INT(stage(RS_OUTAGE_FAULT, 0, RS_OUTAGE_REACHABLE)->max, lives_on ? 50 : 30);
        end_world();
    }
}

/* What two cores see is told with the time of each. */
TEST(what_seems_to_lie_before_the_blow_took_no_time) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t cause = aim(190, left, 1);
    emit(RS_EVENT_FAULT, 200, 1, cause, 0);
    emit(RS_EVENT_EXIT, 201, 1, cause, 0);
    emit(RS_EVENT_STARTED, 198, 2, cause, 0);
    emit(RS_EVENT_REACHABLE, 199, 2, cause, 0);
    CHECK_INT(rs_load(&rs_blows_find(&shared->blows, cause)->restart_ns, rs_relaxed), 1);
    CHECK_INT(stage(RS_OUTAGE_FAULT, 1, RS_OUTAGE_REACHABLE)->max, 0);
    end_world();
}

TEST(shutting_down_opens_nothing) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_STOPPING, 100, 1, 0, RS_STOP_SHUTDOWN);
    emit(RS_EVENT_EXIT, 110, 1, 0, 0);
    CHECK_INT(shared->roles.at[left].outage.state, RS_OUTAGE_NONE);
    CHECK_INT(rs_load(&shared->roles.at[left].pid, rs_relaxed), 0);
    end_world();
}

TEST(two_processes_in_one_role_are_remembered) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_STARTED, 20, 2, 0, 0);
    CHECK_INT(rs_load(&shared->roles.double_count, rs_relaxed), 1);
    CHECK(rs_roles_find_double(&shared->roles, left, 1) != NULL);
    emit(RS_EVENT_EXIT, 30, 1, 0, 0);
    CHECK(rs_roles_find_double(&shared->roles, left, 1) == NULL);
    CHECK_INT(shared->roles.at[left].outage.state, RS_OUTAGE_NONE);
    end_world();
}

/* ------------------------------------------------------------------ what is lost */

#define PID(INDEX, GENERATION) ((uint64_t)(GENERATION) << 32 | (INDEX) << 4)

static const rs_outage_cell *cell(rs_outage_kind kind) {
    return cell_of(0, kind);
}

/* One death of a process that kept `kept`, and a successor whose init kept `again`. */
static uint64_t lose(uint64_t kept, uint64_t again) {
    begin();
    emit(RS_EVENT_STARTED, 10, PID(1, 1), 0, 0);
    observer.keep(shared, PID(1, 1), kept);
    emit(RS_EVENT_EXIT, 100, PID(1, 1), 0, 0);
    observer.keep(shared, PID(2, 1), again);
    emit(RS_EVENT_STARTED, 130, PID(2, 1), 0, 0);
    observer.keep(shared, PID(2, 1), again + 1000);
    uint64_t lost = cell(RS_OUTAGE_FAULT)->lost;
    const rs_outage_cell *of_node = rs_outages_node_cell(&shared->outages, 0, left, true);
    CHECK_INT(of_node ? of_node->lost : 0, lost);
    end_world();
    return lost;
}

TEST(lost_is_what_the_successor_began_without) {
    CHECK_INT(lose(5, 0), 5);
    CHECK_INT(lose(5, 3), 2);
    CHECK_INT(lose(5, 5), 0);
    CHECK_INT(lose(5, 7), 0);
    CHECK_INT(lose(0, 0), 0);
}

TEST(without_a_successor_all_is_lost) {
    begin();
    emit(RS_EVENT_STARTED, 10, PID(1, 1), 0, 0);
    observer.keep(shared, PID(1, 1), 5);
    emit(RS_EVENT_EXIT, 100, PID(1, 1), 0, 0);
    observer.keep(shared, PID(2, 1), 9); /* its init fails: it is no successor */
    emit(RS_EVENT_INIT_FAILED, 110, PID(2, 1), 0, 0);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 0);
    rs_spin_lock(&shared->outages.locks[0].lock); /* as a killed child may leave it */
    rs_outage_settle(&shared->outages, &shared->roles.at[left].outage);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 5);
    end_world();
}

TEST(a_slot_that_is_used_again_keeps_nothing_of_its_former_process) {
    begin();
    emit(RS_EVENT_STARTED, 10, PID(1, 1), 0, 0);
    observer.keep(shared, PID(1, 1), 5);
    emit(RS_EVENT_EXIT, 100, PID(1, 1), 0, 0);
    emit(RS_EVENT_STARTED, 130, PID(1, 2), 0, 0);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 5);
    emit(RS_EVENT_EXIT, 140, PID(1, 2), 0, 0);
    emit(RS_EVENT_STARTED, 150, PID(1, 3), 0, 0);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 5);
    end_world();
}

TEST(a_double_loses_what_it_kept_itself) {
    begin();
    emit(RS_EVENT_STARTED, 10, PID(1, 1), 0, 0);
    observer.keep(shared, PID(1, 1), 5);
    observer.keep(shared, PID(2, 1), 0);
    emit(RS_EVENT_STARTED, 20, PID(2, 1), 0, 0);
    observer.keep(shared, PID(2, 1), 7);
    emit(RS_EVENT_EXIT, 30, PID(1, 1), 0, 0);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 5);
    emit(RS_EVENT_EXIT, 40, PID(2, 1), 0, 0);
    emit(RS_EVENT_STARTED, 50, PID(3, 1), 0, 0);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 12);
    end_world();
}

/* It was killed, and another found in a table what it kept, before it came to die. */
TEST(what_a_successor_found_is_not_lost_with_its_double) {
    begin();
    emit(RS_EVENT_STARTED, 10, PID(1, 1), 0, 0);
    observer.keep(shared, PID(1, 1), 5);
    observer.keep(shared, PID(2, 1), 4);
    emit(RS_EVENT_STARTED, 20, PID(2, 1), 0, 0);
    emit(RS_EVENT_EXIT, 30, PID(1, 1), 0, 0);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 1);
    end_world();
}

TEST(shutting_down_loses_nothing) {
    begin();
    emit(RS_EVENT_STARTED, 10, PID(1, 1), 0, 0);
    observer.keep(shared, PID(1, 1), 5);
    emit(RS_EVENT_STOPPING, 100, PID(1, 1), 0, RS_STOP_SHUTDOWN);
    emit(RS_EVENT_EXIT, 110, PID(1, 1), 0, 0);
    rs_outage_settle(&shared->outages, &shared->roles.at[left].outage);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->lost, 0);
    end_world();
}

/* ------------------------------------------------------------------ work */

static uint64_t work_of(uint32_t cause) {
    return rs_load(&rs_blows_find(&shared->blows, cause)->work, rs_relaxed);
}

TEST(work_counts_from_a_death_until_all_it_took_along_can_be_reached) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t cause = aim(90, left, 1);
    observer.work(shared, cause, 1);
    emit(RS_EVENT_FAULT, 100, 1, cause, 0);
    emit(RS_EVENT_EXIT, 110, 1, cause, 0);
    rs_event sibling = {.pid = 9, .role = root, .cause = cause, .kind = RS_EVENT_STARTED};
    observer.event(shared, &sibling);
    sibling.kind = RS_EVENT_EXIT;
    observer.event(shared, &sibling);
    observer.work(shared, cause, 10);
    emit(RS_EVENT_STARTED, 150, 2, cause, 0);
    observer.work(shared, cause, 100);
    emit(RS_EVENT_REACHABLE, 160, 2, cause, 0);
    emit(RS_EVENT_REACHABLE, 161, 2, cause, 0);
    observer.work(shared, cause, 1000);
    sibling = (rs_event){.pid = 10, .role = root, .cause = cause, .kind = RS_EVENT_STARTED};
    observer.event(shared, &sibling);
    sibling.kind = RS_EVENT_REACHABLE;
    observer.event(shared, &sibling);
    observer.work(shared, cause, 10000);
    CHECK_INT(work_of(cause), 1110);
    observer.work(shared, 0xffffffff, 1); /* of no blow */
    end_world();
}

TEST(a_role_that_dies_again_before_it_can_be_reached_works_for_its_next_blow) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t first = aim(90, left, 1);
    uint32_t second = aim(95, left, 2);
    emit(RS_EVENT_EXIT, 110, 1, first, 0);
    emit(RS_EVENT_STARTED, 150, 2, first, 0);
    emit(RS_EVENT_EXIT, 160, 2, second, 0);
    observer.work(shared, first, 1);
    observer.work(shared, second, 1);
    CHECK_INT(work_of(first), 0);
    CHECK_INT(work_of(second), 1);
    end_world();
}

TEST(the_stop_of_a_double_is_not_that_of_its_successor) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_STARTED, 20, 2, 0, 0);
    emit(RS_EVENT_STOPPING, 30, 1, 0, RS_STOP_SHUTDOWN);
    emit(RS_EVENT_EXIT, 40, 1, 0, 0);
    emit(RS_EVENT_EXIT, 100, 2, 0, 0);
    CHECK_INT(shared->roles.at[left].outage.state, RS_OUTAGE_OPEN);
    CHECK_INT(cell(RS_OUTAGE_FAULT)->deaths, 1);
    end_world();
}

static uint32_t told_incarnation(void) {
    const rs_ring_entry *entry = rs_ring_peek(&shared->rings[0]);
    CHECK(entry);
    uint32_t incarnation = entry->incarnation;
    rs_ring_drop(&shared->rings[0]);
    return incarnation;
}

TEST(each_of_two_in_one_role_goes_by_its_own_incarnation) {
    begin();
    shared->export_events = true;
    CHECK(rs_ring_init(&shared->rings[0], NULL));
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    emit(RS_EVENT_STARTED, 20, 2, 0, 0);
    emit(RS_EVENT_EXIT, 30, 1, 0, 0);
    emit(RS_EVENT_EXIT, 40, 2, 0, 0);
    emit(RS_EVENT_STARTED, 50, 3, 0, 0);
    emit(RS_EVENT_REACHABLE, 60, 2, 0, 0); /* told of late */
    emit(RS_EVENT_REACHABLE, 70, 3, 0, 0);
    static const uint32_t expected[] = {1, 2, 1, 2, 3, 2, 3};
    for (int i = 0; i < 7; i++) CHECK_INT(told_incarnation(), expected[i]);
    end_world();
}

TEST(a_blow_is_over_with_the_role_that_it_hit) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    rs_event other = {.time_ns = 10, .pid = 9, .role = root, .kind = RS_EVENT_STARTED};
    observer.event(shared, &other);
    uint32_t cause = aim(90, left, 1);
    emit(RS_EVENT_FAULT, 100, 1, cause, 0);
    emit(RS_EVENT_EXIT, 110, 1, cause, 0);
    static const rs_event others[] = {{.time_ns = 120, .kind = RS_EVENT_EXIT, .pid = 9},
                                      {.time_ns = 130, .kind = RS_EVENT_STARTED, .pid = 10},
                                      {.time_ns = 140, .kind = RS_EVENT_REACHABLE, .pid = 10}};
    for (int i = 0; i < 3; i++) { /* linked to the victim, it dies of it and is back first */
        other = others[i];
        other.role = root;
        other.cause = cause;
        observer.event(shared, &other);
    }
    emit(RS_EVENT_STARTED, 150, 2, cause, 0);
    emit(RS_EVENT_REACHABLE, 160, 2, cause, 0);
    CHECK_INT(rs_load(&rs_blows_find(&shared->blows, cause)->restart_ns, rs_relaxed), 60);
    end_world();
}

/* The successor dies of what the blow led to, such as a request that carried its cause. */
TEST(a_blow_did_not_hit_its_victims_successor) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t cause = aim(90, left, 1);
    emit(RS_EVENT_EXIT, 95, 1, 0, 0);
    emit(RS_EVENT_STARTED, 100, 2, 0, 0);
    emit(RS_EVENT_EXIT, 120, 2, cause, 0);
    CHECK_INT(rs_load(&rs_blows_find(&shared->blows, cause)->outcome, rs_relaxed),
              RS_STRIKE_SURVIVED);
    end_world();
}

TEST(a_late_blow_finds_its_victim_dead) {
    begin();
    emit(RS_EVENT_STARTED, 10, 1, 0, 0);
    uint32_t first = aim(100, left, 1);
    uint32_t second = aim(101, left, 1);
    emit(RS_EVENT_FAULT, 102, 1, first, 0);
    emit(RS_EVENT_FAULT, 103, 1, second, 0);
    emit(RS_EVENT_EXIT, 110, 1, first, 0);
    CHECK_INT(rs_load(&rs_blows_find(&shared->blows, first)->outcome, rs_relaxed), RS_STRIKE_HIT);
    CHECK_INT(rs_load(&rs_blows_find(&shared->blows, second)->outcome, rs_relaxed),
              RS_STRIKE_ALREADY_DEAD);
    end_world();
}

TEST_MAIN()
