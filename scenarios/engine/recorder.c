/* recorder.c: the observer of a run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/recorder.h"

#include "scenarios/engine/camera.h"

#include <string.h>

/* ------------------------------------------------------------------ outages */

static bool is_recording(const rs_shared *shared) {
    rs_stage stage = rs_shared_stage(shared);
    return stage == RS_STAGE_RUN || stage == RS_STAGE_DRAIN;
}

static uint16_t phase_of(const rs_shared *shared, uint64_t time_ns) {
    int64_t since_ns = rs_shared_since(shared, time_ns);
    return (uint16_t)rs_ledger_phase(shared->plan, since_ns > 0 ? (uint64_t)since_ns : 0);
}

/* The blow that ended this very process, or NULL when it died of another's, or of none. */
static rs_blow *find_own_blow(const rs_shared *shared, const rs_event *event) {
    rs_blow *blow = rs_blows_find(&shared->blows, event->cause);
    return blow && blow->pid == event->pid ? blow : NULL;
}

/* An outage counts from the blow that led to it, however many deaths lie between. */
static rs_outage outage_of(const rs_shared *shared, const rs_event *event, uint32_t stop_cause) {
    rs_outage outage = {.since_ns = event->time_ns, .dead = event->pid, .cause = event->cause};
    const rs_blow *blow = rs_blows_find(&shared->blows, event->cause);
    if (blow) {
        outage.since_ns = rs_load(&blow->time_ns, rs_relaxed);
        outage.fault = (uint16_t)(1 + rs_blow_fault(event->cause));
    }
    outage.kept = rs_keeps_get(&shared->keeps, event->pid);
    outage.node = rs_shared_node(shared, event->role);
    outage.kind = (uint8_t)rs_outage_kind_of(find_own_blow(shared, event) != NULL, stop_cause);
    outage.phase = phase_of(shared, outage.since_ns);
    return outage;
}

/* The blow that emptied a role works on until somebody can reach a successor. */
static void close_blow(const rs_shared *shared, const rs_outage *outage) {
    rs_blow *blow = rs_blows_find(&shared->blows, outage->cause);
    bool waits = outage->state == RS_OUTAGE_ALIVE && !rs_outage_has(outage, RS_OUTAGE_REACHABLE);
    if (blow && waits) rs_sub(&blow->open, 1, rs_relaxed);
}

/* Of the death that a blow is for: what else it brought down has no line of its own. */
static void note_stage(const rs_shared *shared, const rs_outage *outage, rs_outage_stage stage,
                       uint64_t time_ns) {
    rs_blow *blow = rs_blows_find(&shared->blows, outage->cause);
    if (!blow || blow->pid != outage->dead || blow->stages_ns[stage] > 0) return;
    uint64_t took_ns = rs_outage_took_ns(outage, time_ns);
    blow->stages_ns[stage] = (float)(took_ns ? took_ns : 1);
}

static void reach(const rs_shared *shared, rs_role *role, const rs_event *event,
                  rs_outage_stage stage) {
    if (stage < RS_BLOW_STAGES && role->outage.state != RS_OUTAGE_NONE)
        note_stage(shared, &role->outage, stage, event->time_ns);
    rs_outage_reach(&shared->outages, event->core, &role->outage, stage, event->time_ns);
}

static void open_outage(rs_shared *shared, rs_role *role, const rs_event *event) {
    rs_outage opened = outage_of(shared, event, role->stop_cause);
    rs_blow *blow = rs_blows_find(&shared->blows, event->cause);
    close_blow(shared, &role->outage);
    if (blow) rs_add(&blow->open, 1, rs_relaxed);
    rs_add(&shared->open_outages, 1, rs_relaxed);
    rs_outage_open(&shared->outages, event->core, &role->outage, &opened, event->time_ns);
    note_stage(shared, &role->outage, RS_OUTAGE_DETECTED, event->time_ns);
}

/* ------------------------------------------------------------------ blows */

static const rs_fault_kind *how_of(const rs_shared *shared, const rs_event *event) {
    return shared->plan->faults[rs_blow_fault(event->cause)].how;
}

/* Nobody was aimed at; who was hit, if anybody, is known now. */
static void hit_runtime(rs_blow *blow, const rs_role *role, const rs_event *event) {
    rs_store(&blow->outcome, RS_STRIKE_HIT, rs_relaxed);
    if (!event->pid) return;
    blow->pid = event->pid;
    blow->role = event->role;
    blow->incarnation = rs_load(&role->incarnation, rs_relaxed);
}

/* The blow takes effect now: this is the time that restarts count from. Of one that spares its
 * victim that is all there is to it. */
static void strike(rs_shared *shared, rs_role *role, const rs_event *event) {
    rs_blow *blow = rs_blows_find(&shared->blows, event->cause);
    bool is_over = blow && rs_load(&blow->outcome, rs_relaxed) == RS_STRIKE_HIT; /* it hit mail */
    if (!is_over && event->pid) {
        role->struck_pid = event->pid;
        role->struck_cause = event->cause;
    }
    if (!blow) return;
    if (how_of(shared, event)->aim == RS_AIM_RUNTIME) hit_runtime(blow, role, event);
    rs_store(&blow->time_ns, event->time_ns, rs_relaxed);
    rs_store(&blow->landed, 1, rs_relaxed);
    if (how_of(shared, event)->spares) rs_store(&blow->outcome, RS_STRIKE_HIT, rs_relaxed);
}

/* The victim is dead. Another blow that had reached it came too late to kill. */
static void judge_blows(rs_shared *shared, rs_role *role, const rs_event *event) {
    rs_blow *hit = find_own_blow(shared, event);
    if (hit) {
        rs_store(&hit->outcome, RS_STRIKE_HIT, rs_relaxed);
        rs_store(&hit->restart_ns, RS_STRIKE_NEVER, rs_relaxed);
    }
    rs_blow *latest = rs_blows_find(&shared->blows, role->struck_cause);
    if (latest && latest != hit && role->struck_pid == event->pid &&
        rs_load(&latest->outcome, rs_relaxed) == RS_STRIKE_SURVIVED)
        rs_store(&latest->outcome, RS_STRIKE_ALREADY_DEAD, rs_relaxed);
}

/* Of all roles that it emptied, a blow is over with the one that it hit. */
static void end_blow(rs_shared *shared, const rs_role *role, const rs_event *event) {
    const rs_outage *outage = &role->outage;
    rs_blow *blow = rs_blows_find(&shared->blows, outage->cause);
    if (!blow || blow->pid != outage->dead || outage->state != RS_OUTAGE_ALIVE) return;
    if (rs_load(&blow->restart_ns, rs_relaxed) != RS_STRIKE_NEVER) return;
    uint64_t took_ns = rs_outage_took_ns(outage, event->time_ns);
    rs_store(&blow->restart_ns, took_ns ? took_ns : 1, rs_relaxed);
}

/* ------------------------------------------------------------------ a role's life */

static bool counts(const rs_shared *shared, uint32_t stop_cause) {
    return is_recording(shared) && rs_outage_opens(stop_cause);
}

/* Whoever took its role began without what it kept, but for as much as it had itself: a killed one
 * may still have to die when its successor is there, and has found all of it in a table. */
static void take_exit_of_double(rs_shared *shared, rs_role_double *one, const rs_event *event) {
    rs_outage outage = outage_of(shared, event, one->stop_cause);
    rs_roles_end_double(&shared->roles, one);
    if (counts(shared, one->stop_cause) && outage.kept > one->inherited)
        rs_outage_lose(&shared->outages, event->core, &outage, outage.kept - one->inherited);
}

static void take_exit(rs_shared *shared, rs_role *role, const rs_event *event) {
    rs_role_double *other = rs_roles_find_double(&shared->roles, event->role, event->pid);
    if (is_recording(shared)) judge_blows(shared, role, event);
    if (other) take_exit_of_double(shared, other, event);
    if (rs_load(&role->pid, rs_relaxed) != event->pid) return;
    rs_store(&role->changed_ns, event->time_ns, rs_relaxed);
    rs_store(&role->pid, 0, rs_relaxed);
    if (counts(shared, role->stop_cause)) open_outage(shared, role, event);
    role->stop_cause = 0;
    role->struck_pid = 0;
}

static void take_started(rs_shared *shared, rs_role *role, const rs_event *event) {
    uint64_t before = rs_load(&role->pid, rs_relaxed);
    uint64_t keeps = rs_keeps_get(&shared->keeps, event->pid), kept = role->outage.kept;
    if (before == event->pid) return;
    if (before) rs_roles_double(&shared->roles, event->role, before, keeps);
    rs_add(&role->incarnation, 1, rs_relaxed);
    rs_store(&role->changed_ns, event->time_ns, rs_relaxed);
    rs_store(&role->pid, event->pid, rs_relaxed);
    if (role->outage.state != RS_OUTAGE_OPEN || !is_recording(shared)) return;
    if (kept > keeps) rs_outage_lose(&shared->outages, event->core, &role->outage, kept - keeps);
    role->restarts++;
    if (!role->outage.not_due) rs_sub(&shared->open_outages, 1, rs_relaxed);
    rs_add(&shared->started, 1, rs_relaxed);
    rs_outage_start(&shared->outages, event->core, &role->outage, event->time_ns);
    note_stage(shared, &role->outage, RS_OUTAGE_STARTED, event->time_ns);
}

/* Of an elder that lives on, or was told of late, it says nothing about the restart. */
static void take_reachable(rs_shared *shared, rs_role *role, const rs_event *event) {
    rs_store(&role->entry, event->pid, rs_relaxed);
    if (role->outage.state != RS_OUTAGE_ALIVE || !is_recording(shared)) return;
    if (rs_load(&role->pid, rs_relaxed) != event->pid) return;
    close_blow(shared, &role->outage);
    end_blow(shared, role, event);
    reach(shared, role, event, RS_OUTAGE_REACHABLE);
}

/* The questions that are asked when all is over are the harness's own. */
static void take_served(rs_shared *shared, rs_role *role, const rs_event *event) {
    if (is_recording(shared) && rs_load(&role->pid, rs_relaxed) == event->pid)
        reach(shared, role, event, RS_OUTAGE_SERVED);
}

/* A supervisor that died itself notices nothing; what its successor takes is another's exit. When
 * the tree is stopped, seconds later, all are taken. */
static void take_noticed(rs_shared *shared, rs_role *role, const rs_event *event) {
    if (role->outage.dead != event->pid || !is_recording(shared)) return;
    reach(shared, role, event, RS_OUTAGE_NOTICED);
}

/* Nobody is waited for; should somebody else start one, the outage still ends with it. */
static void take_not_due(rs_shared *shared, rs_role *role, const rs_event *event) {
    if (role->outage.dead != event->pid || !rs_outage_waive(&role->outage)) return;
    rs_sub(&shared->open_outages, 1, rs_relaxed);
}

/* After the end nobody waits for a start. */
static void take_init_failed(rs_shared *shared, rs_role *role, const rs_event *event) {
    if (is_recording(shared)) rs_outage_retry(&shared->outages, event->core, &role->outage);
}

static void take_stopping(rs_shared *shared, rs_role *role, const rs_event *event) {
    rs_role_double *other = rs_roles_find_double(&shared->roles, event->role, event->pid);
    *(other ? &other->stop_cause : &role->stop_cause) = 1 + event->detail;
}

static void take_event(rs_shared *shared, rs_role *role, const rs_event *event) {
    switch ((rs_event_kind)event->kind) {
    case RS_EVENT_FAULT: strike(shared, role, event); break;
    case RS_EVENT_EXIT: take_exit(shared, role, event); break;
    case RS_EVENT_NOTICED: take_noticed(shared, role, event); break;
    case RS_EVENT_STOPPING: take_stopping(shared, role, event); break;
    case RS_EVENT_STARTED: take_started(shared, role, event); break;
    case RS_EVENT_INIT_FAILED: take_init_failed(shared, role, event); break;
    case RS_EVENT_REACHABLE: take_reachable(shared, role, event); break;
    case RS_EVENT_SERVED: take_served(shared, role, event); break;
    case RS_EVENT_ESCALATED:
        role->stop_cause = 1 + RS_STOP_ESCALATION;
        if (!is_recording(shared)) break;
        role->escalations++;
        rs_add(&shared->escalations, 1, rs_relaxed);
        break;
    case RS_EVENT_NOT_DUE: take_not_due(shared, role, event); break;
    case RS_EVENT_COUNT: break;
    }
}

/* ------------------------------------------------------------------ the story */

/* Of events about a process that is not there yet, or no more, the incarnation is a matter of the
 * kind: before STARTED it is the one to come; who can be reached, and has a successor, is at most
 * the one before. */
static uint32_t incarnation_of(const rs_shared *shared, const rs_role *role,
                               const rs_event *event) {
    const rs_blow *blow = rs_blows_find(&shared->blows, event->cause);
    if (event->kind == RS_EVENT_FAULT && blow) return blow->incarnation;
    uint64_t pid = rs_load(&role->pid, rs_relaxed);
    bool was_before = event->kind == RS_EVENT_REACHABLE && pid && pid != event->pid;
    return rs_load(&role->incarnation, rs_relaxed) + (event->kind == RS_EVENT_INIT_FAILED) -
           was_before;
}

/* The incarnation of a process that lives on beside its successor; 0 of any other. */
static uint32_t incarnation_of_double(const rs_shared *shared, const rs_event *event) {
    const rs_role_double *one = rs_roles_find_double(&shared->roles, event->role, event->pid);
    return one ? one->incarnation : 0;
}

static void hash_event(rs_shared *shared, const rs_event *event, uint32_t incarnation,
                       const char *reason) {
    rs_trace_event line = {
        .time_ns = (uint64_t)rs_shared_since(shared, event->time_ns),
        .kind = rs_event_word((rs_event_kind)event->kind),
        .role = rs_roles_path(&shared->roles, event->role),
        .incarnation = incarnation,
        .reason = *reason ? reason : NULL,
    };
    rs_trace_hash_add(&shared->hash, &line);
}

static void push_event(rs_shared *shared, const rs_event *event, uint32_t incarnation,
                       const char *reason) {
    rs_ring_entry entry = {
        .time_ns = rs_shared_since(shared, event->time_ns),
        .other_ns = event->other_ns ? rs_shared_since(shared, event->other_ns) : 0,
        .role = event->role,
        .incarnation = incarnation,
        .cause = event->cause,
        .detail = event->detail,
        .kind = event->kind,
        .core = event->core,
    };
    memcpy(entry.reason, reason, strlen(reason) + 1);
    rs_ring_push(&shared->rings[event->core % shared->slots], &entry);
}

/* Boot and setup belong to the story of what was there; t = 0 is not known yet, so it is told from
 * t = 0 on. */
static void tell(rs_shared *shared, const rs_event *event, uint32_t incarnation, uint64_t dead) {
    bool is_virtual = shared->plan->runtime.clock == RS_PLAN_VIRTUAL;
    bool is_wanted = is_virtual || shared->export_events || shared->film.slots;
    if (!is_recording(shared) || !is_wanted) return;
    char reason[RS_REASON_BYTES] = "";
    if (event->reason) rs_reason_print(event->reason, reason, sizeof reason);
    if (is_virtual) hash_event(shared, event, incarnation, reason);
    if (shared->export_events) push_event(shared, event, incarnation, reason);
    if (shared->film.slots) rs_camera_take_event(shared, event, incarnation, dead, reason);
}

/* What a process keeps is asked for when it begins and when it ends: what lies between is lost. */
static void write_down(const rs_shared *shared, const rs_event *event, uint32_t incarnation) {
    bool keeps = event->kind == RS_EVENT_EXIT || event->kind == RS_EVENT_STARTED;
    rs_history_entry entry = {
        .time_ns = event->time_ns,
        .pid = event->pid,
        .ref = event->other_ns,
        .role = event->role,
        .incarnation = incarnation,
        .cause = event->cause,
        .number = keeps ? (uint32_t)rs_keeps_get(&shared->keeps, event->pid) : 0,
        .detail = event->detail,
        .kind = event->kind,
        .text = rs_history_text(shared->history, event->reason),
    };
    rs_history_add(shared->history, &entry);
}

static void tell_occasions(rs_shared *shared, const rs_event *event, uint32_t incarnation) {
    int64_t since_ns = rs_shared_since(shared, event->time_ns);
    if (!is_recording(shared) || since_ns < 0) return;
    rs_occasions_tell(&shared->occasions, event, (uint64_t)since_ns,
                      rs_roles_path(&shared->roles, event->role), incarnation);
}

/* Whose restart has come a stage further; 0: nobody's. */
static uint64_t find_restart(const rs_outage *before, const rs_outage *now) {
    bool moved = now->dead != before->dead || now->stages != before->stages ||
                 now->not_due != before->not_due;
    return moved ? now->dead : 0;
}

static void observe_event(void *context, const rs_event *event) {
    rs_shared *shared = context;
    if (!event->role || event->role > rs_roles_count(&shared->roles)) return;
    rs_role *role = &shared->roles.at[event->role];
    rs_spin_lock(&role->lock);
    const rs_outage before = role->outage;
    uint32_t incarnation = incarnation_of_double(shared, event);
    take_event(shared, role, event);
    if (!incarnation) incarnation = incarnation_of(shared, role, event);
    if (event->kind == RS_EVENT_EXIT)
        rs_wrecks_end(&shared->wrecks, event->role, event->time_ns, incarnation, event->reason);
    uint64_t dead = find_restart(&before, &role->outage);
    rs_spin_unlock(&role->lock);
    if (shared->history) write_down(shared, event, incarnation);
    tell(shared, event, incarnation, dead);
    if (shared->occasions.count) tell_occasions(shared, event, incarnation);
}

static uint32_t observe_role(void *context, uint32_t parent, const char *key) {
    return rs_roles_number(&((rs_shared *)context)->roles, parent, key);
}

/* A request that its callee never took was dropped with the callee: by a death, by the end of what
 * hung, or when the tree was stopped. The first two are a fault's doing; the third means that a
 * living callee had not come to it in all that time. */
static void observe_late(void *context, rs_pid caller, rs_ref call, bool answered, bool handled) {
    rs_shared *shared = context;
    bool died = is_recording(shared) || rs_shared_stage(shared) == RS_STAGE_RELEASE;
    if (!answered && !handled && !died) return;
    rs_ledgers_tell(&shared->ledgers, call);
    if (rs_history_wants(shared->history, RS_CHECK_CALLS))
        rs_history_add(shared->history, &(rs_history_entry){.time_ns = rs_now_ns(),
                                                            .pid = caller,
                                                            .ref = call,
                                                            .kind = RS_HISTORY_FATE});
}

static void observe_work(void *context, uint32_t cause, uint64_t steps) {
    rs_blow *blow = rs_blows_find(&((rs_shared *)context)->blows, cause);
    if (blow) rs_blow_work(blow, steps);
}

static void observe_keep(void *context, rs_pid pid, uint64_t count) {
    rs_keeps_set(&((rs_shared *)context)->keeps, pid, count);
}

/* Waits of the boot, the drain and the end are the harness's. */
static void observe_wait(void *context, uint32_t core, uint64_t ready_ns, uint64_t wait_ns,
                         bool sampled) {
    rs_shared *shared = context;
    if (!rs_load(&shared->began, rs_acquire)) return; /* pairs with the release in runner.c */
    int64_t since_ns = rs_shared_since(shared, ready_ns);
    if (since_ns < 0) return;
    uint32_t phase = rs_ledger_phase(shared->plan, (uint64_t)since_ns);
    if (phase < shared->plan->phase_count)
        rs_waits_record(&shared->waits, core, phase, wait_ns, sampled);
}

/* A trace is of what is reported. */
static void observe_turn(void *context, const rs_turn *turn) {
    rs_shared *shared = context;
    if (is_recording(shared)) rs_camera_take_turn(shared, turn);
}

/* Which incarnation it is of a role, and how those before it ended. */
static void place_wreck(rs_shared *shared, rs_wreck *wreck, const rs_crash_notice *notice) {
    rs_role *role = &shared->roles.at[notice->role];
    rs_spin_lock(&role->lock);
    const rs_role_double *other = rs_roles_find_double(&shared->roles, notice->role, notice->pid);
    bool lives = rs_load(&role->pid, rs_relaxed) == notice->pid;
    wreck->incarnation =
        other ? other->incarnation : rs_load(&role->incarnation, rs_relaxed) + !lives;
    wreck->past = shared->wrecks.pasts[notice->role];
    rs_spin_unlock(&role->lock);
}

static rs_crash_report *observe_crash(void *context, const rs_crash_notice *notice) {
    rs_shared *shared = context;
    rs_wreck *wreck = rs_wrecks_take(&shared->wrecks, notice->reason);
    if (!wreck) return NULL;
    if (notice->role && notice->role <= rs_roles_count(&shared->roles))
        place_wreck(shared, wreck, notice);
    return &wreck->report;
}

static void observe_transit(void *context, const rs_transit *transit) {
    static const uint16_t kinds[] = {
        [RS_TRANSIT_SENT] = RS_HISTORY_SENT,
        [RS_TRANSIT_TAKEN] = RS_HISTORY_TAKEN,
        [RS_TRANSIT_REPLIED] = RS_HISTORY_REPLIED,
    };
    bool sent = transit->step != RS_TRANSIT_TAKEN;
    rs_history_add(((rs_shared *)context)->history,
                   &(rs_history_entry){.time_ns = transit->time_ns,
                                       .pid = sent ? transit->from : transit->to,
                                       .peer = sent ? transit->to : transit->from,
                                       .ref = transit->id,
                                       .kind = kinds[transit->step],
                                       .word = transit->type ? transit->type->name : "notice"});
}

/* Where only counts are wanted, nobody reads of crashes and of waits for a core. */
rs_observer rs_recorder_observer(rs_shared *shared) {
    return (rs_observer){
        .context = shared,
        .event = observe_event,
        .role = observe_role,
        .late = observe_late,
        .work = observe_work,
        .keep = observe_keep,
        .wait = shared->counts_only ? NULL : observe_wait,
        .turn = shared->film.slots ? observe_turn : NULL,
        .crash = shared->counts_only ? NULL : observe_crash,
        .transit = rs_history_wants(shared->history, RS_CHECK_MAIL) ? observe_transit : NULL,
        .recent = shared->wrecks.exported ? RS_CRASH_RECENT_MAX : 0,
    };
}

static void push_call(rs_shared *shared, int64_t time_ns, const rs_plan_load *load, uint32_t client,
                      const char *reason) {
    rs_ring_entry entry = {
        .time_ns = time_ns,
        .role = (uint32_t)(load - shared->plan->loads),
        .incarnation = client,
        .kind = RS_RING_CALL,
    };
    memcpy(entry.reason, reason, strlen(reason) + 1);
    rs_ring_push(&shared->rings[0], &entry);
}

void rs_recorder_call(rs_shared *shared, uint64_t time_ns, const rs_plan_load *load,
                      uint32_t client, const char *reason) {
    int64_t since_ns = rs_shared_since(shared, time_ns);
    rs_trace_event line = {
        .time_ns = (uint64_t)since_ns,
        .kind = "call",
        .role = load->id,
        .incarnation = client,
        .outcome = *reason ? reason : "answered",
    };
    rs_trace_hash_add(&shared->hash, &line);
    if (shared->export_calls) push_call(shared, since_ns, load, client, reason);
}
