/* code_test.c: modules that are replaced while their processes live, by real shared objects (see
 * test/counter.c), everywhere. What comes of errors was looked up in OTP 25.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code.h"

#include "runtime/otp/supervisor.h"
#include "runtime/otp/sys.h"
#include "runtime/otp/test/counter.h"
#include "runtime/otp/upgrade.h"
#include "runtime/process/test/puppet.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if RS_TSAN || (RS_ASAN && defined(__clang__))
#define PREEMPTIBLE 0
#else
#define PREEMPTIBLE 1
#endif

/* ------------------------------------------------------------------ the program's version */

const rs_type counter_answer_type = {.name = "counter", .bytes = sizeof(counter_answer)};

static rs_next counter_init(void *state, const void *args, uint32_t bytes) {
    counter *self = state;
    self->tag = rs_alloc(COUNTER_TAG_BYTES);
    memcpy(self->tag, args, bytes);
    return RS_INIT_OK;
}

static rs_next counter_call(void *state, rs_from from, const rs_message *request) {
    counter *self = state;
    (void)from;
    self->count += *(const int64_t *)(const void *)request->payload;
    counter_answer now = {.count = self->count, .version = 1};
    memcpy(now.tag, self->tag, sizeof now.tag);
    return rs_reply(&counter_answer_type, &now, sizeof now);
}

/* Back from the second. */
static rs_term counter_change(const rs_old_state *old, void *state, rs_term extra) {
    const counter_2 *second = old->state;
    counter *self = state;
    (void)extra;
    if (old->version != 2 || second->count == 13) return rs_atom_find("unlucky");
    self->count = second->count;
    self->tag = rs_alloc(COUNTER_TAG_BYTES);
    memcpy(self->tag, second->tag, COUNTER_TAG_BYTES);
    return RS_ATOM(ok);
}

static const rs_gen_server counter_server = {
    .name = "counter",
    .state_bytes = sizeof(counter),
    .version = 1,
    .init = counter_init,
    .handle_call = counter_call,
    .code_change = counter_change,
};

/* Of the same name, but it knows no other. */
static const rs_gen_server stubborn_server = {
    .name = "counter",
    .state_bytes = sizeof(counter),
    .version = 1,
    .init = counter_init,
    .handle_call = counter_call,
};

/* ------------------------------------------------------------------ words */

static const char *object(const char *name) {
    static char path[512];
    const char *build = getenv("RESPAWN_BUILD");
    snprintf(path, sizeof path, "%s/tests/%s.so", build ? build : "build/dev", name);
    return path;
}

static const rs_gen_server *load(const char *name) {
    rs_code_object it;
    rs_code_load(object(name), &it);
    CHECK_STR(it.why, "");
    CHECK_INT(it.err, RS_OK);
    CHECK_STR(it.server->name, "counter");
    return it.server;
}

static rs_pid start(const rs_gen_server *server) {
    rs_pid pid = 0;
    CHECK_INT(rs_gen_server_start(rs_code_current(server), "tag", 4, NULL, &pid, NULL),
              RS_START_OK);
    return pid;
}

static counter_answer add(rs_pid pid, int64_t count) {
    const rs_message *reply = rs_gen_server_call(pid, &any_type, &count, sizeof count, LONG_NS);
    CHECK(reply->type == &counter_answer_type);
    return *(const counter_answer *)(const void *)reply->payload;
}

static void counter_is(rs_pid pid, uint32_t version, int64_t count, int64_t changes) {
    counter_answer now = add(pid, 0);
    CHECK_INT(now.version, version);
    CHECK_INT(now.count, count);
    CHECK_INT(now.changes, changes);
    CHECK_STR(now.tag, "tag");
}

static void change_is_refused(rs_pid pid, const rs_gen_server *module, const char *why) {
    rs_term reason = 0;
    char text[PUPPET_TEXT_MAX];
    CHECK_INT(rs_sys_change_code(pid, module, RS_ATOM(ok), LONG_NS, &reason), RS_EINVAL);
    rs_term_print(reason, text, sizeof text);
    rs_term_release(reason);
    CHECK_STR(text, why);
}

static void change(rs_pid pid, const rs_gen_server *module) {
    rs_term reason = 0;
    CHECK_INT(rs_sys_change_code(pid, module, RS_ATOM(ok), LONG_NS, &reason), RS_OK);
}

static void suspend(rs_pid pid) {
    CHECK_INT(rs_sys_suspend(pid, LONG_NS), RS_OK);
}

static void resume(rs_pid pid) {
    CHECK_INT(rs_sys_resume(pid, LONG_NS), RS_OK);
}

/* ------------------------------------------------------------------ one process */

static void changes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    rs_pid pid = start(&counter_server);
    add(pid, 7);
    const rs_gen_server *second = load("counter_good");
    CHECK(rs_code_current(&counter_server) == second);
    counter_is(pid, 1, 7, 0);
    change_is_refused(pid, second, "{unknown_system_msg,change_code}");
    suspend(pid);
    change(pid, second);
    rs_term reason = 0;
    const int64_t none = 0;
    CHECK(!rs_gen_server_try_call(pid, &any_type, &none, sizeof none, 2 * MS, &reason));
    CHECK(reason == RS_ATOM(timeout)); /* resume is a step of its own */
    resume(pid);
    counter_is(pid, 2, 7, 1);
    suspend(pid);
    change(pid, &counter_server);
    resume(pid);
    counter_is(pid, 1, 7, 0);
    rs_pid young = start(&counter_server);
    counter_is(young, 2, 0, 0);
    kill_and_wait(pid);
    kill_and_wait(young);
}
TEST(H1_the_new_state_is_built_beside_the_old_one) {
    everywhere(changes);
}

static void refuses(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = start(&counter_server);
    const rs_gen_server *second = load("counter_refuses");
    add(pid, 7);
    suspend(pid);
    change_is_refused(pid, second, "{error,{undefined,ok}}");
    change_is_refused(pid, &stubborn_server, "{'EXIT',undef}");
    change_is_refused(pid, &counter_server, "{error,unlucky}");
    resume(pid);
    counter_is(pid, 1, 7, 0);
    kill_and_wait(pid);
    rs_term reason = 0;
    CHECK_INT(rs_sys_change_code(pid, second, 0, LONG_NS, &reason), RS_ENOPROC);
}
TEST(H1_who_refuses_stays_as_it_was) {
    everywhere(refuses);
}

/* Blocks of both states go, those of refusals too. */
static void changes_often(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = start(&counter_server);
    const rs_gen_server *second = load("counter_good");
    rs_memory_use before = {0}, after;
    for (int i = 0; i < 100; i++) {
        suspend(pid);
        change_is_refused(pid, &stubborn_server, "{'EXIT',undef}");
        change(pid, second);
        change_is_refused(pid, &stubborn_server, "{'EXIT',undef}");
        change(pid, &counter_server);
        resume(pid);
        rs_memory_read(&after);
        if (i == 0) before = after;
    }
    CHECK_INT(after.arena, before.arena);
    kill_and_wait(pid);
}
TEST(changes_leave_nothing_behind) {
    everywhere(changes_often);
}

static void crashes(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = start(&counter_server);
    const rs_gen_server *second = load("counter_crashes_change");
    add(pid, 7);
    suspend(pid);
    for (int i = 0; i < 3; i++) change_is_refused(pid, second, "{'EXIT',sigsegv}");
    resume(pid);
    counter_is(pid, 1, 7, 0);
    kill_and_wait(pid);
}
TEST(H1_a_crash_of_code_change_leaves_the_state) {
    everywhere(crashes);
}

/* ------------------------------------------------------------------ two versions */

static void loads_thrice(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_code_object third;
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    CHECK_INT(rs_code_add(&stubborn_server), RS_ETAKEN);
    CHECK(rs_code_current(&counter_server) == &counter_server);
    rs_pid first = start(&counter_server);
    const rs_gen_server *second = load("counter_good");
    rs_pid pid = start(&counter_server);
    CHECK_INT(rs_code_load(object("counter_good"), &third), RS_ETAKEN);
    CHECK(strstr(third.why, "not_purged") != NULL);
    CHECK(!rs_code_soft_purge(&counter_server));
    counter_is(first, 1, 0, 0);
    rs_ref ref = rs_monitor(first);
    CHECK_INT(rs_code_purge(&counter_server), 1);
    expect_down(first, ref, "killed");
    CHECK_INT(rs_code_purge(&counter_server), 0);
    CHECK(rs_code_soft_purge(&counter_server));
    CHECK(load("counter_good") != second); /* a copy of its own */
    counter_is(pid, 2, 0, 0);
    kill_and_wait(pid);
    CHECK(rs_code_soft_purge(&counter_server));
}
TEST(H2_a_third_version_needs_a_purge_that_kills_or_is_refused) {
    everywhere(loads_thrice);
}

static void is_refused(const char *name, rs_err err, const char *words) {
    rs_code_object it;
    CHECK_INT(rs_code_load(name, &it), err);
    CHECK_INT(it.err, err);
    if (!strstr(it.why, words)) rs_test_fail(__FILE__, __LINE__, "%s: %s", name, it.why);
}

static void loads_oddities(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    is_refused("/nowhere/at/all.so", RS_EIO, "No such file");
    is_refused("/tmp", RS_EIO, "is no regular file");
    is_refused("CMakeLists.txt", RS_ESYNTAX, "build one with -shared");
    is_refused(object("odd_foreign"), RS_EINVAL, "build it from this one's headers");
    is_refused(object("odd_silent"), RS_EINVAL, "write RS_CODE_MODULE");
    is_refused(object("odd_local"), RS_EINVAL, "keep them in its state");
    is_refused(object("odd_lost"), RS_ESYNTAX, "undefined symbol: rs_nobody_has_this");
    CHECK(rs_code_current(&counter_server) == &counter_server);
}
TEST(what_is_no_module_of_ours_is_refused_in_words) {
    everywhere(loads_oddities);
}

/* ------------------------------------------------------------------ files that are damaged */

static _Alignas(16) char image[1 << 20];
static size_t image_bytes;

static const char *scratch(void) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/code_test.%d", (int)getpid());
    return path;
}

static void read_image(const char *path) {
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    image_bytes = fread(image, 1, sizeof image, file);
    CHECK(image_bytes > sizeof(Elf64_Ehdr) && image_bytes < sizeof image);
    fclose(file);
}

static void write_image(const char *path, size_t bytes) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(image, 1, bytes, file) == bytes);
    fclose(file);
}

/* Wherever it is cut: in its header, a table, a segment, or just before its end. */
static void loads_what_is_cut(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const char *path = scratch();
    read_image(object("counter_good"));
    const size_t sizes[] = {0, 1, 63, 64, 100, 1000, 4096, 5000, 12000, image_bytes / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        write_image(path, sizes[i]);
        is_refused(path, RS_ESYNTAX, sizes[i] < 64 ? "is no shared object" : "was cut off");
    }
    write_image(path, image_bytes - 1);
    is_refused(path, RS_ESYNTAX, "was cut off");
    write_image(path, image_bytes);
    rs_code_object whole;
    CHECK_INT(rs_code_load(path, &whole), RS_OK);
    unlink(path);
}
TEST(a_file_that_was_cut_off_is_refused_in_words) {
    run_on(&one_thread, loads_what_is_cut);
}

static void is_refused_with(size_t offset, uint64_t value, size_t bytes) {
    const char *path = scratch();
    char kept[8];
    memcpy(kept, image + offset, bytes);
    memcpy(image + offset, &value, bytes);
    write_image(path, image_bytes);
    is_refused(path, RS_ESYNTAX, "is damaged");
    memcpy(image + offset, kept, bytes);
    unlink(path);
}

#define BREAK(HEADER, FIELD, VALUE)                                                                \
    is_refused_with((size_t)((const char *)&(HEADER)->FIELD - image), (VALUE),                     \
                    sizeof(HEADER)->FIELD)

static void breaks_dynamic(const Elf64_Phdr *segment) {
    const Elf64_Dyn *entry = (const void *)(image + segment->p_offset);
    BREAK(segment, p_type, PT_NULL);
    BREAK(segment, p_vaddr, UINT64_MAX);
    BREAK(segment, p_filesz, sizeof *entry);
    while (entry->d_tag != DT_STRTAB) entry++;
    BREAK(entry, d_un.d_ptr, UINT64_C(1) << 40);
}

static void loads_what_is_broken(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    read_image(object("counter_good"));
    const Elf64_Ehdr *head = (const void *)image;
    const Elf64_Phdr *segments = (const void *)(image + head->e_phoff);
    is_refused_with(0x40, UINT64_MAX, 8);
    BREAK(head, e_phnum, 0);
    BREAK(head, e_phnum, UINT16_MAX);
    BREAK(head, e_phentsize, 8);
    BREAK(head, e_phoff, UINT64_MAX - 7);
    BREAK(head, e_shoff, image_bytes);
    BREAK(&segments[0], p_type, PT_NULL);
    for (uint32_t i = 0; i < head->e_phnum; i++) {
        BREAK(&segments[i], p_filesz, image_bytes + 1);
        BREAK(&segments[i], p_offset, UINT64_MAX);
        if (segments[i].p_type == PT_LOAD) BREAK(&segments[i], p_memsz, 0);
        if (segments[i].p_type == PT_DYNAMIC) breaks_dynamic(&segments[i]);
    }
}
TEST(a_file_with_broken_headers_is_refused_in_words) {
    run_on(&one_thread, loads_what_is_broken);
}

static void loads_a_fifo(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    const char *path = scratch();
    unlink(path);
    CHECK_INT(mkfifo(path, 0600), 0);
    is_refused(path, RS_EIO, "is no regular file");
    is_refused("/dev/zero", RS_EIO, "is no regular file");
    unlink(path);
}
TEST(a_fifo_is_refused_and_not_waited_for) {
    run_on(&one_thread, loads_a_fifo);
}

/* A killed loader leaves nothing half done. */
static void loads_once(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    load("counter_good");
}

static void kills_loaders(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (uint64_t i = 0; i < 10; i++) {
        rs_ref ref;
        rs_pid pid = rs_spawn_monitor(loads_once, NULL, 0, &ref);
        wait_ns(i * MS / 5);
        rs_exit_signal(pid, RS_ATOM(kill));
        wanted this = {pid, ref, RS_MESSAGE_DOWN};
        CHECK(rs_receive(is_wanted, &this, LONG_NS) != NULL);
        rs_code_purge(&counter_server);
    }
    rs_pid pid = start(load("counter_good"));
    counter_is(pid, 2, 0, 0);
    kill_and_wait(pid);
}
TEST(loaders_may_be_killed) {
    everywhere(kills_loaders);
}

/* ------------------------------------------------------------------ all processes, under load */

#define MANY    300
#define CALLERS 4

typedef struct crowd {
    rs_pid counters[MANY];
    uint32_t variant;
} crowd;

static rs_atomic_u32 over, told_count;

/* Each call is answered, by whichever version, and counts. */
static void calls_all(const void *args, uint32_t bytes) {
    const crowd *these = args;
    (void)bytes;
    int64_t sum[MANY] = {0}; /* its own share of each */
    for (uint32_t round = 0; !rs_load(&over, rs_relaxed) || round < 3; round++)
        for (uint32_t i = 0; i < MANY; i++) {
            counter_answer now = add(these->counters[i], 1);
            CHECK(now.count > sum[i]);
            sum[i] = now.count;
        }
}

static void hears(void *context, const rs_upgraded *upgraded) {
    CHECK(context == &over);
    CHECK(upgraded->err == RS_OK && upgraded->suspended_ns < LONG_NS);
    rs_add(&told_count, 1, rs_relaxed);
}

static void start_many(crowd *these) {
    for (int i = 0; i < MANY; i++) these->counters[i] = start(&counter_server);
}

static void upgrades_under_load(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    crowd *these = rs_alloc(sizeof *these);
    rs_store(&over, 0, rs_relaxed);
    rs_store(&told_count, 0, rs_relaxed);
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    start_many(these);
    for (int i = 0; i < CALLERS; i++) {
        rs_ref ref;
        CHECK(rs_spawn_monitor(calls_all, these, sizeof *these, &ref) != 0);
    }
    wait_ns(MS / 2);
    load("counter_good");
    rs_atomic_u64 suspended = 0;
    const rs_upgrade_options options = {.told = hears, .context = &over, .suspended = &suspended};
    rs_upgrade_counts counts = rs_upgrade_all(&counter_server, &options);
    CHECK_INT(counts.upgraded, MANY);
    CHECK_INT(counts.failed, 0);
    CHECK(!counts.taken_back);
    CHECK_INT(rs_load(&told_count, rs_relaxed), MANY);
    CHECK_INT(rs_load(&suspended, rs_relaxed), 0);
    CHECK(rs_code_soft_purge(&counter_server));
    rs_store(&over, 1, rs_relaxed);
    all_end(CALLERS);
    for (int i = 0; i < MANY; i++) {
        counter_answer now = add(these->counters[i], 0);
        CHECK(now.version == 2 && now.changes == 1);
        kill_and_wait(these->counters[i]);
    }
}
TEST(all_processes_are_changed_under_load_and_no_call_is_lost) {
    everywhere(upgrades_under_load);
}

static void upgrades_the_unwilling(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    rs_pid pid = start(&counter_server);
    CHECK_INT(rs_upgrade_all(&counter_server, &(rs_upgrade_options){0}).upgraded, 0);
    load("counter_refuses");
    rs_upgrade_counts counts = rs_upgrade_all(&counter_server, &(rs_upgrade_options){0});
    CHECK_INT(counts.upgraded, 0);
    CHECK_INT(counts.failed, 1);
    counter_is(pid, 1, 0, 0);
    kill_and_wait(pid);
}
TEST(who_cannot_be_changed_goes_on_with_the_old_version) {
    everywhere(upgrades_the_unwilling);
}

#define LATE 3
static rs_pid late[LATE];

/* Old ones are born while the first is changed: others of the upgrade's processes have passed the
 * places that some of them get. */
static void gives_birth(void *context, const rs_upgraded *upgraded) {
    (void)context;
    (void)upgraded;
    if (rs_swap(&told_count, 1, rs_relaxed)) return;
    for (int i = 0; i < LATE; i++)
        CHECK_INT(rs_gen_server_start(&counter_server, "tag", 4, NULL, &late[i], NULL),
                  RS_START_OK);
}

static void upgrades_the_late(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_store(&told_count, 0, rs_relaxed);
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    rs_pid pid = start(&counter_server);
    load("counter_good");
    const rs_upgrade_options options = {.told = gives_birth};
    CHECK_INT(rs_upgrade_all(&counter_server, &options).upgraded, 1 + LATE);
    for (int i = 0; i < LATE; i++) {
        counter_is(late[i], 2, 0, 1);
        kill_and_wait(late[i]);
    }
    kill_and_wait(pid);
}
TEST(who_is_born_with_the_old_version_meanwhile_is_changed_too) {
    everywhere(upgrades_the_late);
}

/* ------------------------------------------------------------------ taken back */

static rs_start_result start_supervised(const rs_child_start *start, rs_pid *pid, rs_term *reason) {
    return rs_gen_server_start(rs_code_current(&counter_server), "tag", 4, &start->options, pid,
                               reason);
}

static rs_pid start_tree(void) {
    const rs_child_spec children[] = {
        {.id = "a", .start = start_supervised, .shutdown_ns = LONG_NS},
        {.id = "b", .start = start_supervised, .shutdown_ns = LONG_NS},
        {.id = "unlucky", .start = start_supervised, .shutdown_ns = LONG_NS}};
    const rs_supervisor_spec spec = {
        .intensity = 5, .period_s = 5, .children = children, .child_count = 3};
    const rs_start_options link = {.link = true};
    rs_pid supervisor = 0;
    CHECK_INT(rs_supervisor_start(&spec, &link, &supervisor, NULL), RS_START_OK);
    return supervisor;
}

/* Of the three, in reverse order. */
static rs_pid child_of(rs_pid supervisor, uint32_t index) {
    rs_child_info infos[3];
    CHECK_INT(rs_supervisor_which_children(supervisor, 0, infos, 3), 3);
    CHECK(rs_term_tag(infos[index].child) == RS_TAG_PID);
    return infos[index].child;
}

static bool is_taken_back(const rs_message *message, void *context) {
    (void)context;
    return message->type == &rs_upgrade_back_type;
}

/* One crashes; one is changed back, one cannot be and is killed; the restarted run the old one. */
static void is_taken_back_all(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_trap_exit(true);
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    rs_pid supervisor = start_tree();
    rs_pid unlucky = child_of(supervisor, 0), b = child_of(supervisor, 1);
    rs_pid a = child_of(supervisor, 2);
    add(a, 1), add(b, 2), add(unlucky, 13);
    const rs_gen_server *second = load("counter_crashes_call");
    CHECK_INT(rs_upgrade_all(&counter_server, &(rs_upgrade_options){0}).upgraded, 3);
    rs_term reason = 0;
    const int64_t none = 0;
    CHECK(!rs_gen_server_try_call(a, &any_type, &none, sizeof none, LONG_NS, &reason));
    CHECK(reason == RS_ATOM(sigsegv));
    CHECK(rs_code_current(&counter_server) == &counter_server);
    const rs_message *message = rs_receive(is_taken_back, NULL, LONG_NS);
    CHECK(message != NULL);
    const rs_upgrade_back back = *(const rs_upgrade_back *)(const void *)message->payload;
    CHECK(back.server == second && back.reason == RS_ATOM(sigsegv));
    CHECK_INT(back.restored, 1);
    CHECK_INT(back.killed, 1);
    counter_is(b, 1, 2, 0);
    settle();
    CHECK(!rs_is_alive(a) && !rs_is_alive(unlucky));
    counter_is(child_of(supervisor, 0), 1, 0, 0);
    CHECK(child_of(supervisor, 1) == b);
    counter_is(child_of(supervisor, 2), 1, 0, 0);
    rs_exit_signal(supervisor, RS_ATOM(shutdown));
    expect_exit(supervisor, "shutdown");
}
TEST(a_version_that_crashes_in_its_first_calls_is_taken_back) {
    everywhere(is_taken_back_all);
}

/* Calls, whatever comes of it, until the end. */
static void calls_for_better_or_worse(const void *args, uint32_t bytes) {
    const crowd *these = args;
    (void)bytes;
    while (!rs_load(&over, rs_relaxed))
        for (uint32_t i = 0; i < MANY; i++) {
            const int64_t one = 1;
            rs_gen_server_try_call(these->counters[i], &any_type, &one, sizeof one, LONG_NS, NULL);
        }
}

static uint32_t count_of_the_first(const crowd *these) {
    uint32_t alive = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        if (!rs_is_alive(these->counters[i])) continue;
        CHECK_INT(add(these->counters[i], 0).version, 1);
        alive++;
    }
    return alive;
}

/* The version is taken back while others are being changed to it: nobody is left on it. */
static void is_taken_back_meanwhile(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    crowd *these = rs_alloc(sizeof *these);
    rs_store(&over, 0, rs_relaxed);
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    start_many(these);
    for (int i = 0; i < CALLERS; i++) {
        rs_ref ref;
        CHECK(rs_spawn_monitor(calls_for_better_or_worse, these, sizeof *these, &ref) != 0);
    }
    const rs_gen_server *second = load("counter_crashes_call");
    rs_upgrade_counts counts = rs_upgrade_all(&counter_server, &(rs_upgrade_options){0});
    const rs_message *message = rs_receive(is_taken_back, NULL, LONG_NS);
    CHECK(message != NULL);
    CHECK(((const rs_upgrade_back *)(const void *)message->payload)->server == second);
    CHECK(rs_code_current(&counter_server) == &counter_server);
    CHECK(counts.upgraded + counts.failed <= MANY + 2 * RS_UPGRADE_AT_ONCE);
    rs_store(&over, 1, rs_relaxed);
    all_end(CALLERS);
    CHECK(rs_code_soft_purge(&counter_server));
    CHECK(count_of_the_first(these) > 0);
    for (int i = 0; i < MANY; i++) kill_and_wait(these->counters[i]);
}
TEST(nobody_is_left_on_a_version_that_was_taken_back) {
    for (int i = 0; i < 5; i++) everywhere(is_taken_back_meanwhile);
}

static void dies_here(uint64_t unused) {
    (void)unused;
    rs_crash(RS_ATOM(sigsegv));
}

/* What is done to a process from outside is no fault of the version; nor is what comes late. */
static void stays(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    CHECK_INT(rs_code_add(&counter_server), RS_OK);
    const rs_gen_server *second = load("counter_good");
    rs_pid pid = start(&counter_server);
    rs_ref ref = rs_monitor(pid);
    rs_interrupt(pid, dies_here, 0, 0);
    expect_down(pid, ref, "sigsegv");
    CHECK(rs_code_current(&counter_server) == second);
    pid = start(&counter_server);
    for (uint32_t i = 0; i < RS_CODE_TRIAL_CALLS; i++) add(pid, 1);
    rs_upgrade_take_back(second, RS_ATOM(sigsegv));
    CHECK(rs_code_current(&counter_server) == second);
    kill_and_wait(pid);
}
TEST(only_its_own_crash_within_its_trial_counts) {
    everywhere(stays);
}

/* ------------------------------------------------------------------ memory, and time */

/* One of them for each run: a second one would find what the first has loaded. */
static void returns_memory(const void *args, uint32_t bytes) {
    (void)bytes;
    rs_entry *const all[] = {changes, crashes, loads_oddities, upgrades_under_load};
    each_returns_memory(&all[variant_of(args)], 1);
}
TEST(changes_give_their_memory_back) {
    for (uint32_t i = 0; i < 4; i++) everywhere_with(returns_memory, i);
}

static void spins(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = start(load("counter_good"));
    rs_gen_server_cast(pid, &any_type, NULL, 0);
    rs_counters before = counters();
    for (int i = 0; i < 20; i++) wait_ns(MS);
    rs_counters after = counters();
    CHECK(after.preemptions > before.preemptions);
    CHECK_INT(after.jailed, before.jailed);
    kill_and_wait(pid);
}
/* Where nobody can be stopped, see preempt_test.c, it is left out. */
TEST(who_computes_in_loaded_code_is_stopped_as_others_are) {
    if (PREEMPTIBLE) run_on(&one_thread, spins);
}

TEST_MAIN()
