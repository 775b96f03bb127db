/* conform.c: the runner of cases: a process that is the root's parent, does one action after
 * another, and waits after each until all is quiet.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/conform/conform.h"

#include "runtime/otp/sys.h"
#include "scenarios/conform/tree.h"

#include <stdlib.h>
#include <string.h>

#define MS UINT64_C(1000000)

/* Whoever is alive after so long, and not to be found below the root, has leaked. */
#define LEAK_NS (3000 * MS)
/* What is not quiet then never will be. */
#define QUIET_NS (20000 * MS)

/* Declared costs, so that also what goes round in circles comes to QUIET_NS. Small enough that a
 * case that does not sleep stays within a second. */
static const rs_costs costs = {.callback_ns = 50, .message_ns = 10, .start_ns = 500};

typedef struct runner {
    rs_world world;
    FILE *out;
    rs_err err;
} runner;

/* The runtime hands its entry a copy of bytes; this is where the runner is. */
typedef struct runner_at {
    runner *it;
} runner_at;

/* ---------------------------------------------------------------- what the runtime tells */

static uint32_t role(void *context, uint32_t parent, const char *key) {
    rs_world *world = context;
    rs_place *place = rs_world_place(world, parent ? world->places[parent] : NULL, key);
    return place ? place->number : world->root->number;
}

static void on_event(void *context, const rs_event *event) {
    rs_world *world = context;
    rs_life *life = event->kind == RS_EVENT_EXIT ? rs_world_life(world, event->pid) : NULL;
    if (!life) return; /* its init has not succeeded */
    rs_world_died(life);
    rs_world_say_of(life, life->is_supervisor ? "sup_down" : "exit", 1, event->reason);
}

static const char *reported_child(rs_world *world, const rs_report *report) {
    if (report->count)
        return rs_pool_print(world->pool, "nb=%llu", (unsigned long long)report->count);
    if (report->id) return report->id;
    const rs_life *life = rs_world_life(world, report->child);
    return life ? life->place->id : "?";
}

static void on_report(void *context, const rs_report *report) {
    rs_world *world = context;
    rs_world_say(world, "report %s %s %s %s", world->places[report->supervisor_role]->path,
                 rs_report_word(report->context), reported_child(world, report),
                 rs_world_term(world, report->reason));
}

/* ---------------------------------------------------------------- processes */

static bool is_alive(const rs_place *place) {
    return place && place->pid && rs_is_alive(place->pid);
}

static bool is_down(const rs_message *message, void *context) {
    return message->kind == RS_MESSAGE_DOWN && message->ref == *(rs_ref *)context;
}

static void await_down(rs_pid pid) {
    rs_ref monitor = rs_monitor(pid);
    rs_receive(is_down, &monitor, RS_FOREVER);
}

static rs_term parse(const char *text) {
    rs_term term = 0;
    return rs_term_parse(text, &term) == RS_OK ? term : RS_ATOM(badarg);
}

/* ---------------------------------------------------------------- results */

static const char *told(rs_world *world, rs_term term) {
    const char *text = rs_world_term(world, term);
    rs_term_release(term);
    return text;
}

static const char *told_start(rs_world *world, rs_start_result result, rs_pid pid, rs_term reason) {
    if (result == RS_START_OK)
        return rs_pool_print(world->pool, "{ok,%s}", rs_world_term(world, pid));
    if (result == RS_START_IGNORE) return "{ok,undefined}";
    return rs_pool_print(world->pool, "{error,%s}", told(world, reason));
}

/* ---------------------------------------------------------------- actions */

static const char *boot(runner *it) {
    const rs_tree_start start = {it->world.root, &it->world.one->root};
    const rs_start_options options = {.link = true, .role = it->world.root->number};
    rs_pid pid = 0;
    rs_term reason = RS_ATOM(undefined);
    rs_start_result result = rs_tree_start_supervisor(&start, &options, &pid, &reason);
    if (result == RS_START_IGNORE) return "ignore";
    return told_start(&it->world, result, pid, reason);
}

static void make_exit(const rs_place *place, const char *reason) {
    rs_pid pid = place->pid;
    if (strcmp(reason, "kill") == 0) {
        rs_exit_signal(pid, RS_ATOM(kill));
        await_down(pid);
    } else if (place->is_supervisor) {
        rs_term why = parse(reason);
        rs_gen_server_stop(pid, why, RS_FOREVER);
        rs_term_release(why);
    } else {
        rs_tree_tell_stop(pid, reason);
        await_down(pid);
    }
}

typedef struct signal_order {
    rs_pid to;
    const char *reason;
} signal_order;

static void send_signal(const void *args, uint32_t bytes) {
    (void)bytes;
    const signal_order *order = args;
    rs_term reason = parse(order->reason);
    rs_exit_signal(order->to, reason);
    rs_term_release(reason);
    rs_is_alive(order->to); /* has handled it then */
}

/* By a helper: from the runner it would be the root's parent's. */
static void signal_from_outside(rs_pid to, const char *reason) {
    const signal_order order = {to, reason};
    rs_ref monitor;
    if (rs_spawn_monitor(send_signal, &order, sizeof order, &monitor))
        rs_receive(is_down, &monitor, RS_FOREVER);
}

/* The supervisor finds all EXITs at once, in this order: a death is over once its EXIT is sent. */
static void burst(runner *it, rs_place *supervisor, const rs_case_action *action) {
    rs_sys_suspend(supervisor->pid, RS_FOREVER);
    for (uint32_t i = 0; i < action->exit_count; i++) {
        const rs_place *place = rs_world_place(&it->world, supervisor, action->exits[i].id);
        if (is_alive(place)) make_exit(place, action->exits[i].reason);
    }
    rs_sys_resume(supervisor->pid, RS_FOREVER);
}

static const char *start_child(runner *it, rs_place *supervisor, const rs_case_node *node) {
    rs_pid pid = 0;
    rs_term reason = RS_ATOM(undefined);
    rs_start_result result;
    rs_child_spec spec;
    if (supervisor->is_simple) {
        uint32_t bytes = (uint32_t)strlen(node->id) + 1;
        result = rs_supervisor_start_child(supervisor->pid, NULL, node->id, bytes, node->id, &pid,
                                           &reason);
    } else {
        if (!rs_tree_spec(supervisor, node, &spec)) return "{error,system_limit}";
        result = rs_supervisor_start_child(supervisor->pid, &spec, NULL, 0, NULL, &pid, &reason);
    }
    return told_start(&it->world, result, pid, reason);
}

/* simple_one_for_one: by the pid last known at the path, or by id if there never was one. */
static rs_term terminate_child(runner *it, rs_place *supervisor, const char *id) {
    const rs_place *place =
        supervisor->is_simple ? rs_world_place(&it->world, supervisor, id) : NULL;
    if (place && place->pid)
        return rs_supervisor_terminate_child(supervisor->pid, NULL, place->pid);
    return rs_supervisor_terminate_child(supervisor->pid, id, 0);
}

static const char *count_children(runner *it, rs_pid supervisor) {
    rs_child_counts n = {0};
    if (!rs_supervisor_count_children(supervisor, &n)) return "{error,noproc}";
    return rs_pool_print(it->world.pool,
                         "[{specs,%llu},{active,%llu},{supervisors,%llu},{workers,%llu}]",
                         (unsigned long long)n.specs, (unsigned long long)n.active,
                         (unsigned long long)n.supervisors, (unsigned long long)n.workers);
}

static const char *act_on_process(const rs_place *place, const rs_case_action *action) {
    if (!is_alive(place)) return "{error,noproc}";
    if (action->op == RS_CASE_EXIT)
        make_exit(place, action->reason);
    else
        signal_from_outside(place->pid, action->reason);
    return "ok";
}

static const char *act_on_supervisor(runner *it, rs_place *place, const rs_case_action *action) {
    if (!is_alive(place) || !place->is_supervisor) return "{error,noproc}";
    switch (action->op) {
    case RS_CASE_BURST: burst(it, place, action); return "ok";
    case RS_CASE_START_CHILD: return start_child(it, place, action->child);
    case RS_CASE_TERMINATE_CHILD: return told(&it->world, terminate_child(it, place, action->id));
    case RS_CASE_RESTART_CHILD:
        return told(&it->world, rs_supervisor_restart_child(place->pid, action->id));
    case RS_CASE_DELETE_CHILD:
        return told(&it->world, rs_supervisor_delete_child(place->pid, action->id));
    default: return count_children(it, place->pid);
    }
}

static const char *stop_root(const rs_place *root) {
    if (!is_alive(root)) return "{error,noproc}";
    rs_exit_signal(root->pid, RS_ATOM(shutdown));
    await_down(root->pid);
    return "ok";
}

static const char *act(runner *it, const rs_case_action *action) {
    rs_place *place = action->path ? rs_world_find(&it->world, action->path) : NULL;
    switch (action->op) {
    case RS_CASE_EXIT:
    case RS_CASE_SIGNAL: return act_on_process(place, action);
    case RS_CASE_SLEEP_MS: rs_tree_sleep(action->ms * MS); return "ok";
    case RS_CASE_STOP_ROOT: return stop_root(it->world.root);
    default: return act_on_supervisor(it, place, action);
    }
}

/* ---------------------------------------------------------------- looking at the tree */

/* Of a supervisor, in start order, or by id. Owner: the runner, who ends it with forget. */
typedef struct children {
    rs_child_info *infos;
    uint32_t count, room;
} children;

static void forget(children *all) {
    if (all->room) rs_free(all->infos, all->room * sizeof *all->infos);
}

static int by_id(const void *a, const void *b) {
    return strcmp(((const rs_child_info *)a)->id, ((const rs_child_info *)b)->id);
}

static void reverse(children *all) {
    for (uint32_t i = 0; i < all->count / 2; i++) {
        rs_child_info swap = all->infos[i];
        all->infos[i] = all->infos[all->count - 1 - i];
        all->infos[all->count - 1 - i] = swap;
    }
}

static children children_of(runner *it, const rs_place *place) {
    children all = {.room = rs_supervisor_which_children(place->pid, 0, NULL, 0)};
    if (all.room == 0) return all;
    all.infos = rs_alloc(all.room * sizeof *all.infos);
    all.count = rs_supervisor_which_children(place->pid, 0, all.infos, all.room);
    if (all.count > all.room) all.count = all.room;
    if (!place->is_simple) {
        reverse(&all);
        return all;
    }
    for (uint32_t i = 0; i < all.count; i++)
        snprintf(all.infos[i].id, sizeof all.infos[i].id, "%s",
                 it->world.places[all.infos[i].role]->id);
    qsort(all.infos, all.count, sizeof *all.infos, by_id);
    return all;
}

static bool is_pid(rs_term term) {
    return rs_term_tag(term) == RS_TAG_PID;
}

/* Everybody listed is alive and has handled what came, and nothing is being restarted. Whom it
 * finds it counts. */
static bool walk(runner *it, const rs_place *place, uint32_t *found) {
    if (!rs_is_alive(place->pid)) return false;
    children all = children_of(it, place);
    bool quiet = true;
    ++*found;
    for (uint32_t i = 0; i < all.count && quiet; i++) {
        const rs_child_info *info = &all.infos[i];
        if (info->child == RS_ATOM(restarting)) quiet = false;
        if (!is_pid(info->child) || !quiet) continue;
        if (info->is_supervisor)
            quiet = walk(it, it->world.places[info->role], found);
        else if ((quiet = rs_tree_ping(info->child)))
            ++*found;
    }
    forget(&all);
    return quiet;
}

/* Quiet: two looks find the same, and all that lives is found below the root. Returns how many are
 * not; UINT32_MAX: never quiet. */
static uint32_t quiesce(runner *it) {
    rs_world *world = &it->world;
    uint64_t began_ns = rs_now_ns(), lines = UINT64_MAX;
    for (;;) {
        uint32_t found = 0;
        bool quiet = !is_alive(world->root) || walk(it, world->root, &found);
        uint32_t lost = world->living > found ? (uint32_t)(world->living - found) : 0;
        uint64_t waited_ns = rs_now_ns() - began_ns;
        if (waited_ns > QUIET_NS || world->overflowed) return UINT32_MAX;
        bool settled = quiet && (lost == 0 || waited_ns > LEAK_NS);
        if (settled && lines == world->line_total) return lost;
        lines = settled ? world->line_total : UINT64_MAX;
        rs_tree_sleep(MS);
    }
}

static void print_state(runner *it, const rs_child_info *info) {
    const rs_life *life = is_pid(info->child) ? rs_world_life(&it->world, info->child) : NULL;
    if (life)
        fprintf(it->out, " %s=alive#%llu", info->id, (unsigned long long)life->incarnation);
    else
        fprintf(it->out, " %s=%s", info->id, rs_atom_text(info->child));
}

static void snap(runner *it, const rs_place *place) {
    children all = children_of(it, place);
    fprintf(it->out, "snap %s #%llu:", place->path, (unsigned long long)place->starts);
    for (uint32_t i = 0; i < all.count; i++) print_state(it, &all.infos[i]);
    fputc('\n', it->out);
    for (uint32_t i = 0; i < all.count; i++)
        if (all.infos[i].is_supervisor && is_pid(all.infos[i].child))
            snap(it, it->world.places[all.infos[i].role]);
    forget(&all);
}

/* ---------------------------------------------------------------- a case */

static void print_arguments(FILE *out, const rs_case_action *action) {
    if (action->path) fprintf(out, " %s", action->path);
    if (action->reason) fprintf(out, " %s", action->reason);
    if (action->id) fprintf(out, " %s", action->id);
    if (action->child) fprintf(out, " %s", action->child->id);
    for (uint32_t i = 0; i < action->exit_count; i++)
        fprintf(out, " %s=%s", action->exits[i].id, action->exits[i].reason);
    if (action->op == RS_CASE_SLEEP_MS) fprintf(out, " %llu", (unsigned long long)action->ms);
}

/* The alive that are not below the root. */
static void print_leaks(runner *it, uint32_t lost) {
    for (const rs_life *life = it->world.lives; life && lost; life = life->before) {
        if (life->is_dead) continue;
        fprintf(it->out, "leak %s#%llu\n", life->place->path,
                (unsigned long long)life->incarnation);
        lost--;
    }
}

/* One action; `action` is NULL for the boot. False: no more. */
static bool do_block(runner *it, uint32_t number, const rs_case_action *action) {
    rs_world *world = &it->world;
    fprintf(it->out, "action %u %s", number, action ? rs_case_op_word(action->op) : "boot");
    if (action) print_arguments(it->out, action);
    fputc('\n', it->out);
    const char *result = action ? act(it, action) : boot(it);
    uint32_t lost = quiesce(it);
    if (lost == UINT32_MAX) {
        it->err = RS_ELIMIT;
        return false;
    }
    bool has_target = action && (action->op == RS_CASE_EXIT || action->op == RS_CASE_SIGNAL);
    rs_world_flush(world, has_target ? rs_world_find(world, action->path) : NULL, it->out);
    fprintf(it->out, "result %u %s\n", number, result);
    print_leaks(it, lost);
    if (is_alive(world->root))
        snap(it, world->root);
    else
        fputs("snap none\n", it->out);
    return true;
}

static void run_case(const void *args, uint32_t bytes) {
    (void)bytes;
    runner *it = ((const runner_at *)args)->it;
    const rs_case *one = it->world.one;
    rs_trap_exit(true);
    fprintf(it->out, "case %s\n", one->name);
    bool more = do_block(it, 0, NULL);
    for (uint32_t i = 0; i < one->action_count && more; i++)
        more = do_block(it, i + 1, &one->actions[i]);
    fputs("end\n", it->out);
}

static rs_err run(const rs_case *one, rs_pool *pool, FILE *out) {
    runner it = {.out = out};
    if (!rs_world_init(&it.world, one, pool)) return RS_ENOMEM;
    const rs_observer observer = {
        .context = &it.world, .event = on_event, .role = role, .report = on_report};
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL,
                                        .threads = 1,
                                        .costs = costs,
                                        .budget_ns = RS_FOREVER,
                                        .observer = &observer};
    const runner_at at = {&it};
    rs_term reason = 0;
    rs_err err = rs_run(&options, run_case, &at, sizeof at, &reason);
    return err ? err : it.err;
}

/* Into memory first, so that half a trace is never taken for one. */
static rs_err run_and_print(const rs_case *one, rs_pool *pool, FILE *out) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *trace = open_memstream(&text, &bytes);
    if (!trace) return RS_ENOMEM;
    rs_err err = run(one, pool, trace);
    if (fclose(trace) != 0 && !err) err = RS_ENOMEM;
    if (!err) fwrite(text, 1, bytes, out);
    free(text);
    return err;
}

rs_err rs_conform_file(const char *path, FILE *out, char message[RS_CASE_MESSAGE]) {
    rs_pool pool;
    rs_case one;
    if (!rs_pool_init(&pool)) {
        snprintf(message, RS_CASE_MESSAGE, "%s: out of memory", path);
        return RS_ENOMEM;
    }
    rs_err err = rs_case_read(&one, path, &pool, message);
    if (!err) {
        err = run_and_print(&one, &pool, out);
        if (err == RS_ELIMIT)
            snprintf(message, RS_CASE_MESSAGE, "%s: is not quiet after %d s, or does too much",
                     path, (int)(QUIET_NS / (1000 * MS)));
        else if (err)
            snprintf(message, RS_CASE_MESSAGE, "%s: %s", path, rs_error_text(err));
    }
    rs_case_fini(&one);
    rs_pool_fini(&pool);
    return err;
}
