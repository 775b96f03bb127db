/* supervisor_fuzz.c: a tree of supervisors and what is done to it, in the model
 * (supervisor_model.c), which knows the rules, and in the runtime (supervisor_subject.c). The two
 * stories, told with the times at which things happen, must be the same.
 *
 * The first part of an input is the tree; then an operation is four bytes: what, to whom, and two
 * that say how. FUZZ_STORY=1 prints the stories.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/program.h"
#include "fuzz/supervisor_subject.h"
#include "runtime/base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPS_MAX   96u
#define NODES_MAX 128u
#define DEPTH_MAX 3u /* supervisors one below another */

static rs_model_node nodes[NODES_MAX];
static uint32_t node_count, op_count;
static rs_model_op ops[OPS_MAX];
static rs_model_story foretold, told;

/* ------------------------------------------------------------------ trees */

static const char *const reasons[] = {"normal", "shutdown", "{shutdown,bye}", "boom", "kill"};

/* Nobody's end may fall together with somebody's patience: no sum of some of these, but for a
 * worker with its own supervisor's children, is another. */
#define SLOW_NS (310 * RS_MODEL_MS)
static const uint64_t worker_shutdowns[] = {1000 * RS_MODEL_MS, 230 * RS_MODEL_MS, RS_BRUTAL_KILL,
                                            RS_SHUTDOWN_INFINITY};
static const uint64_t supervisor_shutdowns[DEPTH_MAX][4] = {
    {RS_SHUTDOWN_INFINITY, RS_SHUTDOWN_INFINITY, RS_SHUTDOWN_INFINITY, RS_SHUTDOWN_INFINITY},
    {RS_SHUTDOWN_INFINITY, 1730 * RS_MODEL_MS, RS_BRUTAL_KILL, RS_SHUTDOWN_INFINITY},
    {RS_SHUTDOWN_INFINITY, 450 * RS_MODEL_MS, RS_BRUTAL_KILL, RS_SHUTDOWN_INFINITY}};

static rs_model_node *new_node(const char *id) {
    RS_ASSERT(node_count < NODES_MAX);
    rs_model_node *node = &nodes[node_count++];
    *node = (rs_model_node){.farewell = "shutdown"};
    snprintf(node->id, sizeof node->id, "%s", id);
    return node;
}

/* Who never ends and is waited for would never be over. */
static void hurry(rs_model_node *node) {
    bool is_endless = node->shutdown_ns == RS_SHUTDOWN_INFINITY;
    if (node->delay_ns == RS_MODEL_FOREVER && is_endless) node->delay_ns = SLOW_NS;
}

static void decode_worker(rs_model_node *node, uint8_t shape) {
    static const struct {
        bool traps;
        uint64_t delay_ns;
        const char *farewell;
    } kinds[] = {{false, 0, "shutdown"},      {true, 0, "shutdown"},
                 {true, SLOW_NS, "shutdown"}, {true, RS_MODEL_FOREVER, "shutdown"},
                 {true, 0, "normal"},         {true, SLOW_NS, "boom"},
                 {true, 0, "{shutdown,bye}"}, {false, 0, "shutdown"}};
    unsigned kind = shape % 8;
    node->traps = kinds[kind].traps;
    node->delay_ns = kinds[kind].delay_ns;
    node->farewell = kinds[kind].farewell;
    node->shutdown_ns = worker_shutdowns[shape / 8 % 4];
    hurry(node);
}

static void decode_children(rs_program *program, rs_model_node *node, uint32_t depth,
                            uint32_t count);

/* Of children that stop together some may be slower than others. */
static void add_other_half(rs_model_node *parent, uint8_t kind) {
    const rs_model_node *half = parent->children[0];
    rs_model_node *other = new_node(half->id);
    decode_worker(other, kind);
    other->restart = half->restart;
    other->significant = half->significant;
    other->shutdown_ns = half->shutdown_ns;
    hurry(other);
    parent->children[1] = other;
}

static void decode_supervisor(rs_program *program, rs_model_node *node, uint32_t depth) {
    uint8_t first = rs_program_byte(program), second = rs_program_byte(program);
    node->is_supervisor = true;
    node->strategy = (rs_strategy)(first % 4);
    node->auto_shutdown = (rs_auto_shutdown)(first / 4 % 3);
    node->intensity = second % 4;
    node->period_s = 1 + second / 4 % 4;
    bool is_simple = node->strategy == RS_SIMPLE_ONE_FOR_ONE;
    decode_children(program, node, depth + 1, is_simple ? 1 : second / 16 % 5);
    if (is_simple && node->child_count) add_other_half(node, second / 16 % 8);
}

/* A child of a supervisor: one byte says what it is to it, one what it is. */
static rs_model_node *decode_child(rs_program *program, const rs_model_node *parent, const char *id,
                                   uint32_t depth) {
    rs_model_node *node = new_node(id);
    uint8_t first = rs_program_byte(program), second = rs_program_byte(program);
    bool is_below = first / 4 % 4 == 3 && parent->strategy != RS_SIMPLE_ONE_FOR_ONE;
    node->restart = (rs_restart)(first % 3);
    node->significant = first / 16 % 2 && node->restart != RS_PERMANENT &&
                        parent->auto_shutdown != RS_AUTO_SHUTDOWN_NEVER;
    if (!is_below || depth >= DEPTH_MAX) {
        decode_worker(node, second);
        return node;
    }
    decode_supervisor(program, node, depth);
    node->shutdown_ns = supervisor_shutdowns[depth][second % 4];
    return node;
}

static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};

static void decode_children(rs_program *program, rs_model_node *node, uint32_t depth,
                            uint32_t count) {
    for (uint32_t i = 0; i < count && node_count + 1 < NODES_MAX; i++)
        node->children[node->child_count++] = decode_child(program, node, ids[i], depth);
}

/* What start_child is given: also what is refused. */
static const rs_model_node *decode_new(const char *path, uint8_t first, uint8_t second) {
    uint32_t depth = 1;
    for (const char *at = path; *at; at++) depth += *at == '/';
    rs_model_node *node = new_node(ids[first % 6]);
    node->restart = (rs_restart)(first / 6 % 3);
    node->significant = first / 18 % 4 == 3;
    decode_worker(node, second);
    if (second / 32 % 4 != 3 || depth >= DEPTH_MAX || node_count + 2 > NODES_MAX) return node;
    node->is_supervisor = true;
    node->strategy = (rs_strategy)(second % 3);
    node->intensity = 1;
    node->period_s = 1;
    node->shutdown_ns = supervisor_shutdowns[depth][second / 8 % 4];
    for (uint32_t i = 0; i < 2; i++) {
        rs_model_node *worker = new_node(ids[i]);
        decode_worker(worker, (uint8_t)(second / 2));
        node->children[node->child_count++] = worker;
    }
    return node;
}

/* ------------------------------------------------------------------ operations */

static rs_model_op *add(rs_model_deed deed, const char *path) {
    static rs_model_op nowhere;
    rs_model_op *op = op_count < OPS_MAX ? &ops[op_count] : &nowhere;
    *op = (rs_model_op){.deed = deed};
    snprintf(op->path, sizeof op->path, "%s", path);
    return op;
}

/* The operation that was added last is done. */
static void done(void) {
    if (op_count < OPS_MAX && !rs_model_is_full()) rs_model_do(&ops[op_count++]);
}

static void add_exit(rs_model_deed deed, const char *path, uint8_t how) {
    /* who is suspended does not hear of anything but a kill */
    bool is_deaf = rs_model_is_suspended(path);
    add(deed, path)->reason = is_deaf ? "kill" : reasons[how % 5];
    done();
}

static void write_below(char *path, const char *supervisor, const char *id) {
    RS_ASSERT((size_t)snprintf(path, RS_MODEL_PATH, "%s/%s", supervisor, id) < RS_MODEL_PATH);
}

/* Some children end, one after another, and the supervisor hears of all at once. */
static void add_burst(const char *supervisor, uint8_t first, uint8_t second) {
    add(RS_MODEL_SUSPEND, supervisor);
    done();
    for (unsigned i = 0; i < 4; i++) {
        char path[RS_MODEL_PATH];
        write_below(path, supervisor, ids[(unsigned)first >> (2 * i) & 3]);
        uint8_t how = (uint8_t)(((unsigned)second >> (2 * i) & 3) + (i == 3));
        if (rs_model_lives(path)) add_exit(RS_MODEL_EXIT, path, how);
    }
    add(RS_MODEL_RESUME, supervisor);
    done();
}

static void add_call(rs_model_deed deed, const char *supervisor, uint8_t first, uint8_t second) {
    bool is_simple = rs_model_supervisor(supervisor)->strategy == RS_SIMPLE_ONE_FOR_ONE;
    rs_model_op *op = add(deed, supervisor);
    if (is_simple && deed == RS_MODEL_TERMINATE_ID && second % 8) op->deed = RS_MODEL_TERMINATE;
    snprintf(op->id, sizeof op->id, "%s", ids[first % 6]);
    if (op->deed == RS_MODEL_TERMINATE && second % 8 == 1) *op->id = 0;
    if (deed == RS_MODEL_START && !is_simple) op->node = decode_new(supervisor, first, second);
    done();
}

/* A child that will not start again ends; another, too; and before the supervisor looks at either,
 * somebody asks: so it is asked between its retries (S18, S19). */
static void add_retries(const char *supervisor, uint8_t first, uint8_t second) {
    static const rs_model_deed calls[] = {RS_MODEL_START,  RS_MODEL_TERMINATE_ID, RS_MODEL_RESTART,
                                          RS_MODEL_DELETE, RS_MODEL_WHICH,        RS_MODEL_COUNT};
    char path[RS_MODEL_PATH];
    const char *id = ids[first % 4], *other = ids[first / 4 % 4];
    add(RS_MODEL_SUSPEND, supervisor);
    done();
    write_below(path, supervisor, id);
    rs_model_op *op = add(RS_MODEL_PLAN, path);
    op->outcome = (rs_model_outcome)(1 + second % 2);
    op->number = 1 + first / 16 % 3;
    done();
    if (rs_model_lives(path)) add_exit(RS_MODEL_EXIT, path, 3);
    write_below(path, supervisor, other);
    if (first / 64 % 2 && rs_model_lives(path)) add_exit(RS_MODEL_EXIT, path, 3);
    add_call(calls[second / 2 % 6], supervisor, first % 4, second);
    add_call(calls[second / 12 % 6], supervisor, second / 72 ? first % 4 : first / 4 % 4, second);
    add(RS_MODEL_RESUME, supervisor);
    done();
}

static void add_sleep(uint8_t first) {
    static const uint64_t ms[] = {250, 500, 999, 1000, 1001, 2000, 3000, 100};
    add(RS_MODEL_SLEEP, "r")->number = ms[first % 8] * RS_MODEL_MS;
    done();
}

static void add_plan(uint8_t whom, uint8_t first) {
    rs_model_op *op = add(RS_MODEL_PLAN, rs_model_place_path(whom));
    op->outcome = (rs_model_outcome)(1 + first % 4);
    if (op->outcome == RS_MODEL_RAISES && !strchr(op->path, '/')) op->outcome = RS_MODEL_FAILS;
    op->number = 1 + first / 4 % 3;
    done();
}

static void add_operation(uint8_t what, uint8_t whom, uint8_t first, uint8_t second) {
    static const rs_model_deed calls[] = {RS_MODEL_START,  RS_MODEL_TERMINATE_ID, RS_MODEL_RESTART,
                                          RS_MODEL_DELETE, RS_MODEL_WHICH,        RS_MODEL_COUNT};
    char supervisor[RS_MODEL_PATH], worker[RS_MODEL_PATH];
    if (!rs_model_lives("r")) add(RS_MODEL_BOOT, "r"), done();
    if (!rs_model_living(true, whom, supervisor)) return;
    bool has_worker = rs_model_living(false, whom, worker);
    switch (what % 20) {
    case 0:
    case 1:
    case 2:
    case 3:
        if (has_worker) add_exit(RS_MODEL_EXIT, worker, first);
        break;
    case 4: add_exit(RS_MODEL_EXIT, supervisor, first); break;
    case 5:
        if (has_worker) add(RS_MODEL_SLIP, worker)->reason = reasons[first % 4], done();
        break;
    case 6: add(RS_MODEL_SUSPEND, supervisor), done(); break;
    case 7: add(RS_MODEL_RESUME, supervisor), done(); break;
    case 8: add_retries(supervisor, first, second); break;
    case 9: add_burst(supervisor, first, second); break;
    case 10: add(RS_MODEL_NOISE, supervisor), done(); break;
    case 11:
        if (second % 4 == 0) add(RS_MODEL_STOP, "r")->reason = reasons[first % 4], done();
        break;
    case 12: add_sleep(first); break;
    case 13: add_plan(whom, first); break;
    default: add_call(calls[what % 20 - 14], supervisor, first, second); break;
    }
}

/* ------------------------------------------------------------------ comparing */

static int compare_lines(const void *left, const void *right) {
    const rs_model_line *a = left, *b = right;
    if (a->at_ns != b->at_ns) return a->at_ns < b->at_ns ? -1 : 1;
    return strcmp(a->text, b->text);
}

static bool is_together(const rs_model_line *a, const rs_model_line *b) {
    return a->op == b->op && a->is_aside == b->is_aside &&
           (a->is_aside || (*a->group && strcmp(a->group, b->group) == 0));
}

static int by_place(const void *left, const void *right) {
    const rs_model_line *const *a = left, *const *b = right;
    if ((*a)->op != (*b)->op) return (*a)->op < (*b)->op ? -1 : 1;
    if ((*a)->is_aside != (*b)->is_aside) return (*a)->is_aside ? 1 : -1;
    return *a < *b ? -1 : 1;
}

/* What stands aside comes behind the rest of its operation; what has no order gets one. */
static void put_in_order(rs_model_story *story) {
    static rs_model_line copy[RS_MODEL_LINES_MAX];
    static const rs_model_line *order[RS_MODEL_LINES_MAX];
    memcpy(copy, story->lines, story->count * sizeof *copy);
    for (uint32_t i = 0; i < story->count; i++) order[i] = &copy[i];
    qsort(order, story->count, sizeof *order, by_place);
    for (uint32_t i = 0; i < story->count; i++) story->lines[i] = *order[i];
    for (uint32_t at = 0, end; at < story->count; at = end) {
        const rs_model_line *first = &story->lines[at];
        for (end = at + 1; end < story->count && is_together(first, &story->lines[end]);) end++;
        qsort(&story->lines[at], end - at, sizeof *first, compare_lines);
    }
}

static void print_node(const rs_model_node *node, int depth) {
    static const char *const restarts[] = {"permanent", "transient", "temporary"};
    static const char *const strategies[] = {"one_for_one", "one_for_all", "rest_for_one",
                                             "simple_one_for_one"};
    static const char *const autos[] = {"never", "any_significant", "all_significant"};
    fprintf(stderr, "%*s%s %s%s", 4 * depth, "", node->id, restarts[node->restart],
            node->significant ? " significant" : "");
    if (node->shutdown_ns == RS_BRUTAL_KILL)
        fprintf(stderr, " brutal_kill");
    else if (node->shutdown_ns == RS_SHUTDOWN_INFINITY)
        fprintf(stderr, " infinity");
    else
        fprintf(stderr, " %llu ms", (unsigned long long)(node->shutdown_ns / RS_MODEL_MS));
    if (node->is_supervisor)
        fprintf(stderr, " %s %d in %d s, %s\n", strategies[node->strategy], (int)node->intensity,
                (int)node->period_s, autos[node->auto_shutdown]);
    else
        fprintf(stderr, "%s %lld ms %s\n", node->traps ? " traps" : "",
                (long long)(node->delay_ns == RS_MODEL_FOREVER ? UINT64_MAX
                                                               : node->delay_ns / RS_MODEL_MS),
                node->farewell);
    for (uint32_t i = 0; i < node->child_count; i++) print_node(node->children[i], depth + 1);
}

static void print_op(const rs_model_op *op) {
    static const char *const words[] = {"boot",    "plan",   "exit",           "slip",
                                        "suspend", "resume", "noise",          "stop",
                                        "sleep",   "start",  "terminate",      "terminate_id",
                                        "restart", "delete", "which_children", "count_children"};
    fprintf(stderr, "-- %s %s %s %s %d x %llu\n", words[op->deed], op->path, op->id,
            op->reason ? op->reason : "", (int)op->outcome, (unsigned long long)op->number);
    if (op->node) print_node(op->node, 1);
}

static bool is_same(const rs_model_line *a, const rs_model_line *b) {
    return a->op == b->op && a->at_ns == b->at_ns && strcmp(a->text, b->text) == 0;
}

static void print_line(const char *whose, const rs_model_story *story, uint32_t at) {
    if (at >= story->count) {
        fprintf(stderr, "%s (nothing)\n", whose);
        return;
    }
    const rs_model_line *line = &story->lines[at];
    fprintf(stderr, "%s [%u] %13.6f s %s%s\n", whose, line->op, (double)line->at_ns / 1e9,
            line->is_aside ? "~ " : "", line->text);
}

/* Prints both, from the first difference on, and says where it is; UINT32_MAX: nowhere. */
static uint32_t find_difference(void) {
    uint32_t at = 0;
    while (at < foretold.count && at < told.count && is_same(&foretold.lines[at], &told.lines[at]))
        at++;
    return at == foretold.count && at == told.count ? UINT32_MAX : at;
}

static void print_stories(uint32_t difference) {
    print_node(&nodes[0], 0);
    uint32_t op = UINT32_MAX;
    for (uint32_t i = 0; i < difference && i < foretold.count; i++) {
        if (foretold.lines[i].op != op) print_op(&ops[op = foretold.lines[i].op]);
        print_line("     ", &foretold, i);
    }
    if (difference == UINT32_MAX) return;
    uint32_t here = difference < foretold.count ? foretold.lines[difference].op : op;
    if (here != op) print_op(&ops[here]);
    for (uint32_t i = difference; i < difference + 12; i++) print_line("model", &foretold, i);
    for (uint32_t i = difference; i < difference + 12; i++) print_line("found", &told, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_program program = rs_program_of(data, size);
    node_count = op_count = 0;
    uint64_t began_ns = (UINT64_C(5000) + 125 * (rs_program_byte(&program) % 8)) * RS_MODEL_MS;
    rs_model_node *root = new_node("r");
    decode_supervisor(&program, root, 0);
    root->shutdown_ns = RS_SHUTDOWN_INFINITY;
    rs_model_begin(&foretold, root, began_ns);
    for (uint8_t plans = rs_program_byte(&program) % 4; plans > 0; plans--) {
        uint8_t whom = rs_program_byte(&program);
        add_plan(whom, rs_program_byte(&program));
    }
    while (rs_program_has(&program, 4) && op_count < OPS_MAX - 10) {
        uint32_t word = (uint32_t)rs_program_word(&program, 4);
        if (node_count + 4 > NODES_MAX) break;
        add_operation((uint8_t)word, (uint8_t)(word >> 8), (uint8_t)(word >> 16),
                      (uint8_t)(word >> 24));
    }
    if (rs_model_lives("r")) add(RS_MODEL_STOP, "r")->reason = "shutdown", done();
    if (rs_model_is_full()) return 0;
    rs_subject_run(&told, root, ops, op_count);
    put_in_order(&foretold);
    put_in_order(&told);
    uint32_t difference = find_difference();
    if (difference != UINT32_MAX || getenv("FUZZ_STORY")) print_stories(difference);
    RS_ASSERT(difference == UINT32_MAX);
    return 0;
}
