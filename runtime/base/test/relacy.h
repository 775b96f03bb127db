/* relacy.h: what stands behind base/atomic.h when the Relacy race detector compiles our C. C++,
 * since Relacy is. A `X_relacy.cc` includes this first, then the real sources, then says as models
 * what must hold, and ends with rs_relacy_main.
 *
 * Every place in the sources where an atomic operation stands is a site. The program checks the
 * models with the orders as written, and then once for each way in which the order of one site can
 * be weaker: some model must fail then, or the site is listed as one that cannot be caught, with
 * its reason.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_RELACY_H
#define RS_TEST_RELACY_H

#include <relacy/relacy.hpp>

#undef new
#undef delete
#undef malloc
#undef calloc
#undef realloc
#undef free

#include <new>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define _Alignas alignas
#define _Noreturn [[noreturn]]
#define _Static_assert static_assert

/* ---------------------------------------------------------------- sites */

/* What a weaker order lacks. */
enum rs_weaker {
    RS_NO_ACQUIRE,
    RS_NO_RELEASE,
    RS_NO_TOTAL_ORDER,
    RS_FAILED_NO_ACQUIRE, /* of a CAS that fails */
    RS_FAILED_NO_TOTAL_ORDER,
    RS_WEAKER_COUNT
};

static const char *const rs_weaker_names[] = {"no acquire", "no release", "no total order",
                                              "no acquire when it fails",
                                              "no total order when it fails"};

typedef struct rs_site {
    const char *file, *function, *operation;
    int line;
    bool loads, stores;
    rl::memory_order order, order_failed; /* as written; of a CAS that fails */
    rl::memory_order now, now_failed;
    bool reached;
} rs_site;

extern rs_site *__start_rs_sites[], *__stop_rs_sites[];

static inline bool rs_acquires(rl::memory_order order) {
    return order == rl::mo_acquire || order == rl::mo_acq_rel || order == rl::mo_seq_cst;
}

static inline bool rs_releases(rl::memory_order order) {
    return order == rl::mo_release || order == rl::mo_acq_rel || order == rl::mo_seq_cst;
}

static inline rl::memory_order rs_order(bool acquire, bool release) {
    return acquire ? (release ? rl::mo_acq_rel : rl::mo_acquire)
                   : (release ? rl::mo_release : rl::mo_relaxed);
}

/* rs_site_weaken says whether the site's order can be weaker so, and makes it so. */
static inline bool rs_site_weaken(rs_site *site, rs_weaker weaker) {
    bool of_failed = weaker >= RS_FAILED_NO_ACQUIRE;
    rl::memory_order *order = of_failed ? &site->now_failed : &site->now;
    bool acquires = site->loads && rs_acquires(*order);
    bool releases = site->stores && !of_failed && rs_releases(*order);
    switch (weaker) {
    case RS_NO_ACQUIRE:
    case RS_FAILED_NO_ACQUIRE: *order = rs_order(false, releases); return acquires;
    case RS_NO_RELEASE: *order = rs_order(acquires, false); return releases;
    default: break;
    }
    bool is_total = *order == rl::mo_seq_cst;
    *order = rs_order(acquires, releases);
    return is_total;
}

/* The site of the macro's expansion, found again through its section. */
#define RS_SITE(OPERATION, LOADS, STORES, ORDER, FAILED)                                           \
    ({                                                                                             \
        static rs_site site = {__FILE__, __func__, OPERATION, __LINE__, LOADS, STORES,             \
                               ORDER,    FAILED,   ORDER,     FAILED,   false};                    \
        static rs_site *const listed __attribute__((section("rs_sites"), used)) = &site;           \
        site.reached = true;                                                                       \
        &site;                                                                                     \
    })

static inline rl::debug_info rs_info(const rs_site *site) {
    return rl::debug_info(site->function, site->file, (unsigned)site->line);
}

/* ---------------------------------------------------------------- atomics */

#define RS_THREADS_MAX 4

/* An atomic, and when each thread has last read it, by its own clock; see rs_note_read. */
template <class T> struct rs_traced {
    rl::atomic<T> value;
    rl::timestamp_t read[RS_THREADS_MAX];
};

/* C allocates structs as zeroed bytes, Relacy's objects are constructed: so this is a pointer to
 * one, made when it is first touched, which is before the threads start. */
template <class T> struct rs_cell { rs_traced<T> *at; };

typedef rs_cell<uint64_t> rs_atomic_u64;
typedef rs_cell<uint32_t> rs_atomic_u32;
typedef rs_cell<int32_t> rs_atomic_i32;
typedef rs_cell<void *> rs_atomic_ptr;

#define RS_CELLS_MAX 256

typedef struct rs_made {
    void *at;
    void (*destroy)(void *at);
} rs_made;

static rs_made rs_cells[RS_CELLS_MAX];
static unsigned rs_cell_count;
static bool rs_is_running; /* the threads are */

static inline void rs_fail(const char *what, rl::debug_info_param info) {
    rl::ctx().fail_test(what, rl::test_result_user_assert_failed, info);
}

template <class T> static void rs_cell_destroy(void *at) {
    static_cast<rs_traced<T> *>(at)->value.~atomic();
    (free)(at);
}

template <class T> static rl::atomic<T> *rs_cell_of(rs_cell<T> *cell) {
    if (cell->at) return &cell->at->value;
    if (rs_is_running || rs_cell_count == RS_CELLS_MAX) {
        fprintf(stderr, "an atomic that was not made in setup, or more than RS_CELLS_MAX\n");
        abort();
    }
    cell->at = (rs_traced<T> *)(malloc)(sizeof *cell->at);
    memset(cell->at->read, 0, sizeof cell->at->read);
    ::new (&cell->at->value) rl::atomic<T>(T());
    rs_cells[rs_cell_count++] = rs_made{cell->at, rs_cell_destroy<T>};
    return &cell->at->value;
}

/* Relacy plays loads in their turn, so it never shows one that is made so late that it sees what
 * was written after. Where that would hurt, a load is good only if a CAS after it succeeds (a place
 * of a ring): so, for pointers, the loads before a successful CAS must happen before whoever writes
 * there next. Kept by Relacy's clocks. */
#define RS_READS_MAX 16

typedef struct rs_reads {
    rl::timestamp_t *at[RS_READS_MAX], when[RS_READS_MAX];
    unsigned count;
} rs_reads;

static rs_reads rs_reads_of[RS_THREADS_MAX]; /* since the thread's last CAS */

template <class T> static void rs_note_read(rs_cell<T> *) {}
template <class T> static void rs_check_write(rs_cell<T> *, const rs_site *) {}

static inline void rs_note_read(rs_cell<void *> *cell) {
    const rl::thread_info_base *thread = rl::ctx().threadx_;
    rs_reads *reads = &rs_reads_of[thread->index_];
    if (reads->count == RS_READS_MAX) reads->count = 0;
    reads->at[reads->count] = &cell->at->read[thread->index_];
    reads->when[reads->count++] = thread->own_acq_rel_order_;
}

static inline void rs_settle_reads(bool good) {
    rs_reads *reads = &rs_reads_of[rl::ctx().threadx_->index_];
    for (unsigned i = 0; good && i < reads->count; i++) *reads->at[i] = reads->when[i];
    reads->count = 0;
}

static inline void rs_check_write(rs_cell<void *> *cell, const rs_site *site) {
    for (unsigned i = 0; rs_is_running && i < (unsigned)rl::ctx().get_thread_count(); i++)
        if (cell->at->read[i] > rl::ctx().threadx_->acq_rel_order_[i])
            rs_fail("it may be read after it is written over", rs_info(site));
}

template <class T> static T rs_do_load(rs_cell<T> *cell, const rs_site *site) {
    T value = rs_cell_of(cell)->load(site->now, rs_info(site));
    rs_note_read(cell);
    return value;
}

template <class T, class V>
static void rs_do_store(rs_cell<T> *cell, V value, const rs_site *site) {
    rs_cell_of(cell)->store((T)value, site->now, rs_info(site));
    rs_check_write(cell, site);
}

template <rl::rmw_type_e type, class T, class V>
static T rs_do_rmw(rs_cell<T> *cell, V value, const rs_site *site) {
    return rs_cell_of(cell)->rmw(rl::rmw_type_t<type>(), (T)value, site->now, rs_info(site));
}

/* A CAS that fails is a load, which may see an older value; Relacy's own always sees the newest, so
 * it is preceded by a load, sometimes. */
template <bool weak, class T, class V>
static bool rs_do_cas(rs_cell<T> *cell, T *expected, V wanted, const rs_site *site) {
    rl::atomic<T> *at = rs_cell_of(cell);
    if (rl::rand(2)) {
        T seen = at->load(site->now_failed, rs_info(site));
        if (seen != *expected) {
            *expected = seen;
            rs_settle_reads(false);
            return false;
        }
    }
    bool done = at->compare_exchange(rl::bool_t<weak>(), *expected, (T)wanted, site->now,
                                     site->now_failed, rs_info(site));
    rs_settle_reads(done);
    return done;
}

#define RS_ATOMIC_MODEL 1

#define rs_relaxed rl::mo_relaxed
#define rs_acquire rl::mo_acquire
#define rs_release rl::mo_release
#define rs_acq_rel rl::mo_acq_rel
#define rs_seq_cst rl::mo_seq_cst

#define RS_RMW_SITE(OPERATION, ORDER) RS_SITE(OPERATION, true, true, ORDER, rs_relaxed)

#define rs_load(OBJECT, ORDER) rs_do_load(OBJECT, RS_SITE("load", true, false, ORDER, rs_relaxed))
#define rs_store(OBJECT, VALUE, ORDER)                                                             \
    rs_do_store(OBJECT, VALUE, RS_SITE("store", false, true, ORDER, rs_relaxed))
#define rs_swap(OBJECT, VALUE, ORDER)                                                              \
    rs_do_rmw<rl::rmw_type_swap>(OBJECT, VALUE, RS_RMW_SITE("swap", ORDER))
#define rs_add(OBJECT, VALUE, ORDER)                                                               \
    rs_do_rmw<rl::rmw_type_add>(OBJECT, VALUE, RS_RMW_SITE("add", ORDER))
#define rs_sub(OBJECT, VALUE, ORDER)                                                               \
    rs_do_rmw<rl::rmw_type_sub>(OBJECT, VALUE, RS_RMW_SITE("sub", ORDER))
#define rs_or(OBJECT, VALUE, ORDER)                                                                \
    rs_do_rmw<rl::rmw_type_or>(OBJECT, VALUE, RS_RMW_SITE("or", ORDER))
#define rs_and(OBJECT, VALUE, ORDER)                                                               \
    rs_do_rmw<rl::rmw_type_and>(OBJECT, VALUE, RS_RMW_SITE("and", ORDER))
#define rs_cas(OBJECT, EXPECTED, WANTED, ORDER)                                                    \
    rs_do_cas<true>(OBJECT, EXPECTED, WANTED, RS_RMW_SITE("cas", ORDER))
#define rs_cas_strong(OBJECT, EXPECTED, WANTED, ORDER)                                             \
    rs_do_cas<false>(OBJECT, EXPECTED, WANTED, RS_RMW_SITE("cas_strong", ORDER))
#define rs_cas_total(OBJECT, EXPECTED, WANTED)                                                     \
    rs_do_cas<false>(OBJECT, EXPECTED, WANTED,                                                     \
                     RS_SITE("cas_total", true, true, rs_seq_cst, rs_seq_cst))

/* For models, whose steps are no sites: relaxed. */
static const rs_site rs_no_site = {"a model",  "",         "",         0,          true, true,
                                   rs_relaxed, rs_relaxed, rs_relaxed, rs_relaxed, true};

template <class T, class V> static void rs_model_store(rs_cell<T> *cell, V value) {
    rs_do_store(cell, value, &rs_no_site);
}
template <class T> static T rs_model_load(rs_cell<T> *cell) {
    return rs_do_load(cell, &rs_no_site);
}
template <class T, class V> static void rs_model_and(rs_cell<T> *cell, V value) {
    rs_do_rmw<rl::rmw_type_and>(cell, value, &rs_no_site);
}

/* With the other thread's rs_barrier_all it orders as two fences do. */
static inline void rs_compiler_barrier(void) {
    rl::atomic_thread_fence(rl::mo_seq_cst, $);
}

/* A spinning thread lets others go on, and sees what is new in the end. */
static inline void rs_relax(void) {
    rl::yield(1, $);
}

[[noreturn]] void rs_panic(const char *file, int line, const char *text) {
    rs_fail(text, rl::debug_info("", file, (unsigned)line));
    abort();
}

/* RS_HOLDS fails the model. */
#define RS_HOLDS(CONDITION)                                                                        \
    do {                                                                                           \
        if (!(CONDITION)) rs_fail(#CONDITION, $);                                                  \
    } while (0)

/* ---------------------------------------------------------------- models */

/* A model: setup() on zeroed `world`, thread(index) on each thread, at_end() when all are done.
 * World is plain C; what must not be raced for is a rl::var in the model. */
template <class Model, class World, int threads> struct rs_model : rl::test_suite<Model, threads> {
    static World world;

    void before() {
        rs_is_running = false;
        rs_cell_count = 0;
        memset(rs_reads_of, 0, sizeof rs_reads_of);
        memset((void *)&world, 0, sizeof world);
        static_cast<Model *>(this)->setup();
        rs_is_running = true;
    }

    void after() {
        static_cast<Model *>(this)->at_end();
        for (unsigned i = 0; i < rs_cell_count; i++) rs_cells[i].destroy(rs_cells[i].at);
        rs_cell_count = 0;
    }
};

template <class Model, class World, int threads> World rs_model<Model, World, threads>::world;

typedef struct rs_checked {
    const char *name;
    bool (*play)(rl::test_params &params);
    unsigned rounds; /* random ones */
    unsigned bound;  /* and all with so many preemptions; 0: there are too many */
} rs_checked;

/* As rl::simulate, which would compile all of Relacy's schedulers for each model. A round that
 * fails is played again with its history. */
template <class Model, template <rl::thread_id_t> class Scheduler>
static bool rs_play_on(rl::test_params &params) {
    typedef Scheduler<Model::params::thread_count> scheduler;
    rl::ostringstream failed, again;
    if (rl::run_test<Model, scheduler>(params, failed, false) == rl::test_result_success)
        return true;
    if (params.output_stream->rdbuf()) {
        params.initial_state = failed.str();
        params.collect_history = true;
        rl::run_test<Model, scheduler>(params, again, true);
    }
    return false;
}

template <class Model, unsigned bound> static bool rs_play(rl::test_params &params) {
    if constexpr (bound != 0)
        if (params.search_type == rl::sched_bound)
            return rs_play_on<Model, rl::context_bound_scheduler>(params);
    return rs_play_on<Model, rl::random_scheduler>(params);
}

template <class Model, unsigned bound>
static rs_checked rs_model_entry(const char *name, unsigned rounds) {
    return rs_checked{name, rs_play<Model, bound>, rounds, bound};
}

/* RS_MODEL is the entry of a model. */
#define RS_MODEL(MODEL, ROUNDS, BOUND) rs_model_entry<MODEL, BOUND>(#MODEL, ROUNDS)

/* A weaker order that no model can tell. */
typedef struct rs_uncaught {
    const char *function, *operation;
    rs_weaker weaker;
    const char *reason;
} rs_uncaught;

static std::ostream rs_nowhere(NULL);

/* rs_simulate plays the model, at random or, with `bound`, all there is; false, with the history in
 * `output`, when it fails. */
static inline bool rs_simulate(const rs_checked *model, unsigned bound, std::ostream &output) {
    rl::test_params params;
    params.iteration_count = model->rounds;
    params.output_stream = &output;
    params.progress_stream = &rs_nowhere;
    params.execution_depth_limit = 4000;
    if (bound) params.search_type = rl::sched_bound;
    params.context_bound = bound;
    return model->play(params);
}

static inline bool rs_holds(const rs_checked *model, unsigned bound) {
    return rs_simulate(model, bound, rs_nowhere) || rs_simulate(model, bound, std::cout);
}

/* Each in a process of its own: a failed round leaves everything as it lies. A crash proves
 * nothing. */
static inline bool rs_is_caught(const rs_checked *models, rs_site *site, rs_weaker weaker) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        rs_site_weaken(site, weaker);
        bool holds = true;
        if (!freopen("/dev/null", "w", stdout)) _exit(2);
        for (const rs_checked *model = models; holds && model->name; model++)
            holds = rs_simulate(model, 0, rs_nowhere);
        _exit(holds ? 0 : 1);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) abort();
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) abort();
    return WEXITSTATUS(status) == 1;
}

static inline const rs_uncaught *rs_find_uncaught(const rs_uncaught *list, const rs_site *site,
                                                  rs_weaker weaker) {
    for (; list->function; list++)
        if (strcmp(list->function, site->function) == 0 && list->weaker == weaker &&
            strcmp(list->operation, site->operation) == 0)
            return list;
    return NULL;
}

static inline bool rs_is_in(const char *const *files, const rs_site *site) {
    for (; *files; files++)
        if (strstr(site->file, *files)) return true;
    return false;
}

typedef struct rs_result {
    int passed, failed;
} rs_result;

static inline void rs_judge(rs_result *result, bool good, const char *what, const rs_site *site) {
    printf("%s %s %s in %s, %s:%d\n", good ? "ok" : "FAILED", site->operation, what, site->function,
           site->file, site->line);
    *(good ? &result->passed : &result->failed) += 1;
}

static inline void rs_check_weaker(rs_result *result, const rs_checked *models,
                                   const rs_uncaught *list, rs_site *site, rs_weaker weaker) {
    rs_site trial = *site;
    if (!rs_site_weaken(&trial, weaker)) return;
    bool caught = rs_is_caught(models, site, weaker);
    bool listed = rs_find_uncaught(list, site, weaker) != NULL;
    rs_judge(result, caught != listed, rs_weaker_names[weaker], site);
    if (caught && listed) printf("    is caught: take it from the list\n");
    if (!caught && !listed) printf("    is not caught\n");
}

/* A site that no model comes by is as good as not checked; a relaxed one cannot be weaker. */
static inline void rs_check_site(rs_result *result, const rs_checked *models,
                                 const rs_uncaught *list, rs_site *site) {
    if (!site->reached) rs_judge(result, false, "is reached by no model", site);
    for (int weaker = 0; site->reached && weaker < RS_WEAKER_COUNT; weaker++)
        rs_check_weaker(result, models, list, site, (rs_weaker)weaker);
}

/* The main program. `files`: whose sites are weakened here; others are compiled along. */
static inline int rs_relacy_main(const char *const *files, const rs_checked *models,
                                 const rs_uncaught *list) {
    rs_result result = {0, 0};
    int relaxed = 0;
    for (const rs_checked *model = models; model->name; model++) {
        bool holds = rs_holds(model, 0) && (!model->bound || rs_holds(model, model->bound));
        printf("%s %s\n", holds ? "ok" : "FAILED", model->name);
        if (!holds) return 1;
        result.passed++;
    }
    for (rs_site **site = __start_rs_sites; site < __stop_rs_sites; site++) {
        if (!rs_is_in(files, *site)) continue;
        relaxed += (*site)->order == rl::mo_relaxed;
        rs_check_site(&result, models, list, *site);
    }
    printf("%d sites are relaxed as written\n", relaxed);
    printf("%d passed, %d failed\n", result.passed, result.failed);
    return result.failed != 0;
}

#endif
