/* partition_supervisor_test.c: keys that lead to partitions: which, when they are replaced, when
 * the supervisor dies, and while their number changes; everywhere. Source: rule E3.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/partition_supervisor.h"

#include "runtime/otp/sys.h"
#include "runtime/otp/test/places.h"
#include "runtime/process/process.h"

static rs_atom pool(void) {
    return rs_atom_find("pool");
}

/* ------------------------------------------------------------------ small words */

static void set_place(void *args, uint32_t bytes, uint32_t partition) {
    CHECK_INT(bytes, sizeof(plan));
    ((plan *)args)->place += partition;
}

static const plan origin = {.place = 100};
static const rs_child_spec child = {
    .start = start_place, .args = &origin, .bytes = sizeof origin, .shutdown_ns = LONG_NS};

static rs_partition_supervisor_spec partitions(int64_t count) {
    rs_partition_supervisor_spec spec = rs_partition_supervisor_defaults(&child);
    spec.partitions = count;
    spec.with_arguments = set_place;
    return spec;
}

static rs_pid start_spec(const rs_partition_supervisor_spec *spec) {
    const rs_start_options options = {.name = pool(), .link = true};
    rs_pid pid = 0;
    rs_trap_exit(true);
    empty_places();
    CHECK_INT(rs_partition_supervisor_start(spec, &options, &pid, NULL), RS_START_OK);
    CHECK(rs_whereis(pool()) == pid);
    return pid;
}

static rs_pid start_pool(int64_t count) {
    const rs_partition_supervisor_spec spec = partitions(count);
    return start_spec(&spec);
}

/* The pid of the partition that `key` leads to; takes the key. */
static rs_pid find(rs_term key) {
    rs_pid pid = 0;
    CHECK_INT(rs_partition_supervisor_whereis(pool(), key, &pid), RS_OK);
    rs_term_release(key);
    return pid;
}

static rs_pid find_number(int64_t key) {
    return find(rs_term_integer(key));
}

static void leads_nowhere(rs_err expected) {
    rs_pid pid = 0;
    CHECK_INT(rs_partition_supervisor_whereis(pool(), rs_term_integer(0), &pid), expected);
}

static void has_partitions(uint32_t expected) {
    uint32_t count = 77;
    CHECK_INT(rs_partition_supervisor_partitions(pool(), &count), RS_OK);
    CHECK_INT(count, expected);
}

static void resizes(int64_t count, const char *expected) {
    is_term(rs_partition_supervisor_resize(pool(), count), expected);
}

/* ------------------------------------------------------------------ routing */

/* rem(abs(Key), N). */
static void route_numbers(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_pool(3);
    static const int64_t large = (INT64_C(1) << 58) + 1;
    for (int64_t key = 0; key < 30; key++) {
        CHECK(find_number(key) == pid_at(100 + (uint32_t)key % 3));
        CHECK(find_number(-key) == pid_at(100 + (uint32_t)key % 3));
        CHECK(find_number(large + key) == pid_at(100 + (uint32_t)((large + key) % 3)));
        CHECK(find_number(-large - key) == pid_at(100 + (uint32_t)((large + key) % 3)));
    }
    stop_normally(supervisor);
}
TEST(E3_integers_lead_to_the_rest_of_their_magnitude) {
    everywhere(route_numbers);
}

/* Takes the key. */
static uint32_t hash_of(rs_term key, uint32_t count) {
    uint64_t hash = rs_term_hash(key);
    rs_term_release(key);
    return (uint32_t)(hash % count);
}

/* Equal keys lead to the same one; many keys to all. */
static void route_terms(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_pool(4);
    uint32_t seen[4] = {0};
    char text[32];
    for (uint32_t i = 0; i < 400; i++) {
        snprintf(text, sizeof text, "{game,\"%u\"}", i);
        rs_pid pid = find(term_of(text));
        uint32_t which = hash_of(term_of(text), 4);
        CHECK(pid == find(term_of(text)) && pid == pid_at(100 + which));
        seen[which]++;
    }
    for (uint32_t i = 0; i < 4; i++) CHECK(seen[i] > 50);
    CHECK(find(rs_self()) == pid_at(100 + hash_of(rs_self(), 4)));
    CHECK(find(RS_ATOM(ok)) == pid_at(100 + hash_of(RS_ATOM(ok), 4)));
    stop_normally(supervisor);
}
TEST(E3_other_keys_lead_to_that_of_their_hash) {
    everywhere(route_terms);
}

/* The supervisor takes no message meanwhile. */
static void route_alone(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_pool(2);
    CHECK_INT(rs_sys_suspend(supervisor, LONG_NS), RS_OK);
    CHECK(find_number(1) == pid_at(101));
    has_partitions(2);
    CHECK_INT(rs_sys_resume(supervisor, LONG_NS), RS_OK);
    stop_normally(supervisor);
}
TEST(E3_the_supervisor_is_not_asked) {
    everywhere(route_alone);
}

/* ------------------------------------------------------------------ children */

static void start_all(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_partition_supervisor_spec spec = rs_partition_supervisor_defaults(&child);
    CHECK_INT(spec.partitions, rs_the_runtime->core_count);
    CHECK(spec.strategy == RS_ONE_FOR_ONE && spec.intensity == 3 && spec.period_s == 5);
    rs_pid supervisor = start_spec(&spec); /* all in one place: their args are the same */
    CHECK_INT(starts_at(100), spec.partitions);
    has_partitions((uint32_t)spec.partitions);
    stop_normally(supervisor);
    supervisor = start_pool(3);
    rs_child_info infos[4];
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, infos, 4), 3);
    for (uint32_t i = 0; i < 3; i++) { /* in reverse start order: S31 */
        const char id[] = {(char)('0' + 2 - i), '\0'};
        CHECK_STR(infos[i].id, id);
        CHECK(infos[i].child == pid_at(102 - i));
        CHECK_INT(starts_at(100 + i), 1);
    }
    rs_child_counts counts;
    CHECK(rs_supervisor_count_children(supervisor, &counts));
    CHECK(counts.specs == 3 && counts.active == 3 && counts.workers == 3);
    stop_normally(supervisor);
}
TEST(E3_it_is_a_supervisor_of_numbered_children) {
    everywhere(start_all);
}

/* Neither the spec nor its args are needed any more, and nobody's args are another's. */
static void keep_arguments(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    plan mine = {.place = 200};
    rs_child_spec spec = child;
    spec.args = &mine;
    rs_partition_supervisor_spec whole = partitions(2);
    whole.child_spec = &spec;
    rs_pid supervisor = start_spec(&whole), old = pid_at(201);
    memset(&mine, 0xff, sizeof mine);
    memset(&spec, 0, sizeof spec);
    end_place(201, "killed");
    CHECK(await_successor(201, old) != old);
    CHECK(starts_at(200) == 1 && starts_at(201) == 2);
    stop_normally(supervisor);
}
TEST(E3_arguments_are_made_once_and_kept) {
    everywhere(keep_arguments);
}

/* ------------------------------------------------------------------ restarts */

static rs_pid routed; /* to partition 0, by the one who is started */

static rs_next look_init(void *state, const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    (void)state;
    return RS_INIT_OK;
}

static const rs_gen_server looking = {.name = "looking", .init = look_init};

/* Partition 1 is started after partition 0, by the supervisor itself, which has not come back to
 * its loop in between. */
static rs_start_result start_and_look(const rs_child_start *given, rs_pid *pid, rs_term *reason) {
    rs_pid first = 0;
    if (((const plan *)given->args)->place == 101) {
        CHECK_INT(rs_partition_supervisor_whereis(pool(), rs_term_integer(0), &first), RS_OK);
        CHECK(rs_is_alive(first));
        CHECK_INT(rs_partition_supervisor_whereis(pool(), rs_term_integer(1), &routed),
                  routed ? RS_OK : RS_ENOPROC);
        CHECK(!rs_is_alive(routed));
    }
    return rs_gen_server_start(&looking, NULL, 0, &given->options, pid, reason);
}

/* one_for_all: both are replaced in one go, and each is found before the next is started. */
static void route_at_once(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_child_spec spec = child;
    spec.start = start_and_look;
    rs_partition_supervisor_spec whole = partitions(2);
    whole.child_spec = &spec;
    whole.strategy = RS_ONE_FOR_ALL;
    routed = 0;
    rs_pid supervisor = start_spec(&whole), first = find_number(0), second = find_number(1);
    kill_and_wait(first);
    for (int i = 0; i < 10000 && (find_number(0) == first || find_number(1) == second); i++)
        wait_ns(MS);
    CHECK(routed == second && find_number(1) != second && rs_is_alive(find_number(1)));
    stop_normally(supervisor);
}
TEST(E3_who_is_restarted_is_routed_to_at_once) {
    everywhere(route_at_once);
}

/* As long as nobody has been started for it, a key leads to the dead. */
static void route_to_dead(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    static const rs_backoff slow = {.first_ns = 50 * MS, .max_ns = 50 * MS, .factor = 1};
    rs_child_spec spec = child;
    spec.backoff = &slow;
    rs_partition_supervisor_spec whole = partitions(2);
    whole.child_spec = &spec;
    rs_pid supervisor = start_spec(&whole), old = find_number(1);
    end_place(101, "killed");
    CHECK(find_number(1) == old && find_number(0) == pid_at(100));
    rs_pid now = await_successor(101, old);
    while (find_number(1) != now) wait_ns(MS);
    stop_normally(supervisor);
}
TEST(a_key_leads_to_the_dead_until_they_are_replaced) {
    run_on(&one_core, route_to_dead);
    run_on(&three_cores, route_to_dead);
}

/* ------------------------------------------------------------------ the end */

static void end_pool(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint32_t count;
    leads_nowhere(RS_ENOPROC);
    for (int64_t i = 1; i < 4; i++) {
        rs_pid supervisor = start_pool(i);
        has_partitions((uint32_t)i);
        CHECK(find_number(i - 1) == pid_at(99 + (uint32_t)i));
        kill_and_wait(supervisor);
        leads_nowhere(RS_ENOPROC);
        CHECK_INT(rs_partition_supervisor_partitions(pool(), &count), RS_ENOPROC);
        resizes(1, "{error,noproc}");
        for (int64_t k = 0; k < i; k++) await_successor(100 + (uint32_t)k, 0);
    }
    CHECK_INT(rs_register(pool(), rs_self()), RS_OK); /* the name alone makes no supervisor */
    leads_nowhere(RS_ENOPROC);
    resizes(1, "{error,noproc}");
    CHECK_INT(rs_unregister(pool()), RS_OK);
    rs_pid pid = 0;
    CHECK_INT(rs_partition_supervisor_whereis(0, rs_term_integer(0), &pid), RS_ENOPROC);
}
TEST(E3_a_dead_supervisors_partitions_are_not_found) {
    everywhere(end_pool);
}

/* A second one of the name changes nothing of the first. */
static void clash(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options options = {.name = pool()};
    const rs_partition_supervisor_spec more = partitions(5);
    rs_pid supervisor = start_pool(2), pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_partition_supervisor_start(&more, &options, &pid, &reason), RS_START_ERROR);
    CHECK(rs_term_is_pair(reason, RS_ATOM(already_started)));
    rs_term_release(reason);
    has_partitions(2);
    CHECK(find_number(1) == pid_at(101));
    stop_normally(supervisor);
}
TEST(who_comes_second_to_a_name_is_refused) {
    everywhere(clash);
}

/* S7 as of any supervisor. */
static void fail(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const rs_start_options options = {.name = pool()};
    const rs_partition_supervisor_spec spec = partitions(3);
    rs_pid pid = 0;
    rs_term reason = 0;
    empty_places();
    rs_store(&places[102].failures, 1, rs_relaxed);
    CHECK_INT(rs_partition_supervisor_start(&spec, &options, &pid, &reason), RS_START_ERROR);
    is_term(rs_term_element(reason, 0), "shutdown");
    rs_term_release(reason);
    CHECK(!rs_is_alive(pid_at(100)) && !rs_is_alive(pid_at(101)));
    leads_nowhere(RS_ENOPROC);
}
TEST(a_partition_that_does_not_start_takes_all_along) {
    everywhere(fail);
}

/* ------------------------------------------------------------------ what is wrong */

static void is_not_started(rs_partition_supervisor_spec spec, rs_atom name, const char *expected) {
    const rs_start_options options = {.name = name};
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_partition_supervisor_start(&spec, &options, &pid, &reason), RS_START_ERROR);
    is_term(reason, expected);
    leads_nowhere(RS_ENOPROC);
}

static void refuse(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_partition_supervisor_spec spec = partitions(1), nothing = spec;
    empty_places();
    nothing.child_spec = NULL;
    is_not_started(nothing, pool(), "{badarg,child_spec}");
    is_not_started(spec, 0, "{badarg,name}");
    spec.partitions = 0;
    is_not_started(spec, pool(), "{badarg,{partitions,0}}");
    spec.partitions = -1;
    is_not_started(spec, pool(), "{badarg,{partitions,-1}}");
    spec.partitions = RS_PARTITIONS_MAX + 1;
    is_not_started(spec, pool(), "{badarg,{partitions,4001}}");
    spec.partitions = 1;
    spec.intensity = -1;
    is_not_started(spec, pool(), "{supervisor_data,{invalid_intensity,-1}}");
    spec.strategy = RS_SIMPLE_ONE_FOR_ONE;
    is_not_started(spec, pool(), "{supervisor_data,{invalid_strategy,simple_one_for_one}}");
    rs_child_spec empty = child;
    empty.start = NULL;
    spec = partitions(1);
    spec.child_spec = &empty;
    is_not_started(spec, pool(), "{start_spec,missing_start}");
    CHECK_INT(starts_at(100), 0);
}
TEST(E3_wrong_arguments_are_refused) {
    everywhere(refuse);
}

static void start_most(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_partition_supervisor_spec spec = partitions(RS_PARTITIONS_MAX);
    spec.with_arguments = NULL;
    rs_pid supervisor = start_spec(&spec);
    has_partitions(RS_PARTITIONS_MAX);
    CHECK(rs_is_alive(find_number(RS_PARTITIONS_MAX - 1)));
    stop_normally(supervisor);
}
TEST(there_may_be_thousands) {
    run_on(&one_core, start_most);
}

/* ------------------------------------------------------------------ resizing */

static void resize(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_pool(4), first = pid_at(100), last = pid_at(103);
    resizes(5, "{error,{badarg,{partitions,5}}}");
    resizes(-1, "{error,{badarg,{partitions,-1}}}");
    resizes(4, "{ok,4}");
    CHECK(pid_at(103) == last && rs_is_alive(last));
    resizes(2, "{ok,4}");
    has_partitions(2);
    CHECK(!rs_is_alive(pid_at(102)) && !rs_is_alive(last) && rs_is_alive(pid_at(101)));
    CHECK(find_number(2) == first && find_number(3) == pid_at(101));
    resizes(3, "{ok,2}");
    CHECK(find_number(2) == pid_at(102) && rs_is_alive(pid_at(102)));
    CHECK_INT(starts_at(102), 2);
    CHECK_INT(starts_at(103), 1);
    resizes(0, "{ok,3}");
    has_partitions(0);
    leads_nowhere(RS_EINVAL);
    CHECK(!rs_is_alive(first));
    resizes(4, "{ok,0}");
    for (int64_t i = 0; i < 4; i++)
        CHECK(find_number(i) == pid_at(100 + (uint32_t)i) && rs_is_alive(find_number(i)));
    stop_normally(supervisor);
}
TEST(E3_resizing_takes_the_top_away_and_brings_it_back) {
    everywhere(resize);
}

/* Keys go where they went, and the next attempt does the rest. */
static void resize_in_vain(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_pool(4);
    resizes(1, "{ok,4}");
    rs_store(&places[102].failures, 1, rs_relaxed);
    resizes(4, "{error,{2,{no,\"place\"}}}");
    has_partitions(1);
    CHECK_INT(starts_at(101), 2);
    resizes(4, "{ok,1}");
    CHECK_INT(starts_at(101), 2);
    CHECK(find_number(3) == pid_at(103) && rs_is_alive(pid_at(103)));
    stop_normally(supervisor);
}
TEST(resizing_goes_on_where_it_failed) {
    everywhere(resize_in_vain);
}

/* What goes for children that are not kept: they cannot come back. */
static void resize_temporary(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_child_spec spec = child;
    spec.restart = RS_TEMPORARY;
    rs_partition_supervisor_spec whole = partitions(2);
    whole.child_spec = &spec;
    rs_pid supervisor = start_spec(&whole);
    resizes(1, "{ok,2}");
    resizes(2, "{error,{1,not_found}}");
    resizes(0, "{ok,1}");
    stop_normally(supervisor);
}
TEST(temporary_partitions_do_not_come_back) {
    everywhere(resize_temporary);
}

/* It would lose who leads where (H3 is for supervisors that are nothing else). */
static void change(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid supervisor = start_pool(2);
    const rs_supervisor_spec empty = {.intensity = 1, .period_s = 1};
    CHECK_INT(rs_sys_suspend(supervisor, LONG_NS), RS_OK);
    is_term(rs_supervisor_change_code(supervisor, &empty), "{error,{error,bad_request}}");
    CHECK_INT(rs_sys_resume(supervisor, LONG_NS), RS_OK);
    resizes(1, "{ok,2}");
    stop_normally(supervisor);
}
TEST(it_does_not_go_on_with_the_spec_of_a_plain_supervisor) {
    everywhere(change);
}

/* ------------------------------------------------------------------ many */

static rs_atomic_u32 is_over;

/* Whoever looks finds somebody, or is told why not. */
static void look_often(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    uint64_t found = 0;
    for (int64_t key = 0; !rs_load(&is_over, rs_relaxed) || !found; key++) {
        rs_pid pid = 0;
        rs_err err = rs_partition_supervisor_whereis(pool(), rs_term_integer(key), &pid);
        CHECK(err == RS_OK || err == RS_ENOPROC || err == RS_EINVAL);
        if (err == RS_OK) CHECK_INT(rs_term_tag(pid), RS_TAG_PID);
        found += err == RS_OK;
        if (key % 16 == 0) wait_ns(1000);
    }
}

static void live_a_little(int64_t count) {
    char was[16];
    rs_pid supervisor = start_pool(count), last = pid_at(100);
    snprintf(was, sizeof was, "{ok,%d}", (int)count);
    kill_and_wait(last);
    await_successor(100, last);
    resizes(0, was);
    resizes(count, "{ok,0}");
    CHECK(find_number(count - 1) == pid_at(99 + (uint32_t)count));
    if (count % 2)
        stop_normally(supervisor);
    else
        kill_and_wait(supervisor);
}

#if RS_TSAN
#define LIVES 17
#else
#define LIVES 50
#endif

/* Supervisors of one name come and go, and change their size, while others look. */
static void change_often(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_store(&is_over, 0, rs_relaxed);
    for (int i = 0; i < 3; i++) {
        rs_ref ref;
        rs_spawn_monitor(look_often, NULL, 0, &ref);
    }
    for (int64_t i = 0; i < LIVES; i++) live_a_little(1 + i % 7);
    rs_pid supervisor = start_pool(1);
    rs_store(&is_over, 1, rs_relaxed);
    all_end(3);
    stop_normally(supervisor);
}
TEST(who_looks_while_all_changes_finds_nothing_wrong) {
    everywhere(change_often);
}

/* But for the table of the name, which is there after the first, all memory comes back. */
static void returns_memory(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid largest = start_pool(8);
    rs_memory_use before, after;
    rs_memory_read(&before);
    stop_normally(largest);
    rs_entry *const all[] = {route_numbers, route_terms, keep_arguments, route_at_once,
                             end_pool,      clash,       fail,           refuse,
                             resize,        change_often};
    each_returns_memory(all, sizeof all / sizeof *all);
    rs_memory_read(&after);
    CHECK_INT(after.other, before.other);
}
TEST(partition_supervisors_give_their_memory_back) {
    run_on(&one_core, returns_memory);
    run_on(&two_threads, returns_memory);
}

TEST_MAIN()
