/* words.c: plugins that bring words: a scheduler and faults that work (RS_WORDS_GOOD), and those
 * that must be refused: of another version of the interface (RS_WORDS_VERSION), with a struct of
 * another size (RS_WORDS_SIZE), whose word respawn has already (RS_WORDS_TAKEN), without a word
 * (RS_WORDS_EMPTY), with an option that every child has (RS_WORDS_OPTION), with a server of another
 * name (RS_WORDS_SERVER), with a fault that does not strike (RS_WORDS_WEAK), with half a scheduler
 * (RS_WORDS_HALF), with a name that is none (RS_WORDS_NAME).
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/gen_server.h"
#include "runtime/sched/queue.h"
#include "scenarios/language/vocabulary.h"

#include <unistd.h>

#ifdef RS_WORDS_HALF
#define IS_HALF true
#else
#define IS_HALF false
#endif

#ifdef RS_WORDS_WEAK
#define IS_WEAK true
#else
#define IS_WEAK false
#endif

/* ------------------------------------------------------------------ a scheduler: last in, first
 * out
 */

typedef struct lifo {
    rs_task *top;
    rs_sched_counts counts;
} lifo;

static size_t lifo_bytes(const rs_sched_config *config) {
    (void)config;
    return sizeof(lifo);
}

static void lifo_init(void *sched, const rs_sched_config *config) {
    (void)sched;
    (void)config;
}

static uint32_t lifo_ready(void *sched, rs_task *task, uint32_t core, rs_ready_why why) {
    lifo *this = sched;
    (void)core;
    (void)why;
    task->next = this->top;
    this->top = task;
    return RS_WAKE_ANY;
}

static rs_task *lifo_next(void *sched, uint32_t core) {
    lifo *this = sched;
    rs_task *task = this->top;
    (void)core;
    if (task) this->top = task->next;
    return task;
}

static void lifo_core(void *sched, uint32_t core) {
    (void)sched;
    (void)core;
}

static rs_sched_counts *lifo_counts(void *sched, uint32_t core) {
    (void)core;
    return &((lifo *)sched)->counts;
}

static const rs_sched_kind lifo_kind = {
    .name = "lifo",
    .about = "who came last runs first",
    .chooses = true,
    .bytes = lifo_bytes,
    .init = lifo_init,
    .ready = lifo_ready,
    .next = IS_HALF ? NULL : lifo_next,
    .detach = lifo_core,
    .attach = lifo_core,
    .counts = lifo_counts,
};

/* ------------------------------------------------------------------ a fault: ends with `surprise`
 */

static void surprise(uint64_t unused) {
    (void)unused;
    rs_emit(RS_EVENT_FAULT, rs_self(), rs_self_role(), rs_self_cause());
    rs_exit(rs_atom_find("surprise"));
}

static void strike(const rs_fault_blow *blow) {
    rs_interrupt(blow->victim, surprise, 0, blow->cause);
}

/* ------------------------------------------------------------------ another one: ends the program
 */

static void vanish(const rs_fault_blow *blow) {
    (void)blow;
    _exit(3);
}

static const rs_fault_kind vanish_kind = {
    .name = "vanish",
    .about = "ends the program that plays",
    .strike = vanish,
};

static const rs_fault_kind surprise_kind = {
    .name = "surprise",
    .about = "ends it with the reason surprise",
    .reason = "surprise",
    .strike = IS_WEAK ? NULL : strike,
};

/* ------------------------------------------------------------------ a worker: does nothing */

static rs_next idle_call(void *state, rs_from from, const rs_message *request) {
    (void)state;
    (void)from;
    return rs_reply(request->type, request->payload, request->bytes);
}

static const rs_gen_server idle_server = {.name = "idler", .handle_call = idle_call};

typedef struct idle_config {
    int64_t size;
} idle_config;

#ifdef RS_WORDS_OPTION
#define KEY "restart"
#else
#define KEY "size"
#endif

static const rs_option idle_options[] = {{.key = KEY,
                                          .type = RS_OPTION_INTEGER,
                                          .offset = offsetof(idle_config, size),
                                          .fallback = "0",
                                          .help = "nothing"}};

#ifdef RS_WORDS_TAKEN
#define WORD "echo"
#elif defined RS_WORDS_SERVER
#define WORD "other"
#elif defined RS_WORDS_NAME
#define WORD "Idler"
#else
#define WORD "idler"
#endif

static const rs_worker idle_worker = {.name = WORD,
                                      .about = "does nothing",
                                      .options = idle_options,
                                      .option_count = 1,
                                      .config_bytes = sizeof(idle_config),
                                      .server = &idle_server};

static const rs_worker *const workers[] = {&idle_worker, NULL};
static const rs_fault_kind *const faults[] = {&surprise_kind, &vanish_kind, NULL};
static const rs_sched_kind *const schedulers[] = {&lifo_kind, NULL};

#ifdef RS_WORDS_VERSION
#undef RS_VOCABULARY_VERSION
#define RS_VOCABULARY_VERSION 2u
#endif

#ifdef RS_WORDS_SIZE
#undef RS_VOCABULARY_SIZE
#define RS_VOCABULARY_SIZE(NAME, SIZE) (uint32_t)(SIZE) + 8,
#endif

#ifdef RS_WORDS_EMPTY
#define FROM 1 /* where each list ends, but that of two */
#else
#define FROM 0
#endif

RS_VOCABULARY(.workers = workers + FROM, .faults = faults + 2 * FROM,
              .schedulers = schedulers + FROM);
