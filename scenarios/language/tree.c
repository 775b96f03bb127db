/* tree.c: the `tree` of a scenario: supervisors, workers, templates, by OTP's rules (S1, S2).
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/limits.h"
#include "scenarios/language/key_words.h"
#include "scenarios/language/path.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_NS 1000000000u

/* OTP's own bounds are those of bignums; these are beyond any use and fit the plan. */
#define INTENSITY_MAX INT32_MAX
#define PERIOD_S_MAX  (366u * 24 * 3600)
#define SHUTDOWN_MAX  (24ull * 3600 * SECOND_NS)
#define BACKOFF_MAX   (24ull * 3600 * SECOND_NS)
#define FACTOR_MAX    1000u

const rs_worker rs_tree_unknown_worker = {.name = "unknown"};

typedef enum place_in_tree { ROOT, CHILD, TEMPLATE } place_in_tree;

static rs_plan_node *read_node(rs_reader *reader, const rs_plan_node *parent,
                               const rs_document_node *mapping, place_in_tree where);

static void read_shutdown(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *value = rs_reader_get(mapping, "shutdown");
    node->shutdown_ns = node->worker ? 5ull * SECOND_NS : RS_PLAN_INFINITY; /* S1 */
    if (!value) return;
    const char *text = rs_reader_text(reader, value, "'shutdown'");
    if (!text) return;
    if (strcmp(text, "brutal_kill") == 0)
        node->shutdown_ns = RS_PLAN_BRUTAL_KILL;
    else if (strcmp(text, "infinity") == 0)
        node->shutdown_ns = RS_PLAN_INFINITY;
    else if (*text >= 'a' && *text <= 'z')
        rs_diagnostic_unknown(reader->diagnostics, value->place, "'shutdown'", text,
                              (const char *const[]){"brutal_kill", "infinity", "5s", NULL});
    else
        rs_reader_duration(reader, value, "'shutdown'", 0, SHUTDOWN_MAX, &node->shutdown_ns);
}

/* OTP counts in whole seconds. 0: a problem. */
static uint32_t read_period(rs_reader *reader, const rs_document_node *value) {
    uint64_t ns;
    if (!rs_reader_duration(reader, value, "'period'", SECOND_NS,
                            (uint64_t)PERIOD_S_MAX * SECOND_NS, &ns))
        return 0;
    uint32_t seconds = (uint32_t)(ns / SECOND_NS);
    if (ns % SECOND_NS)
        rs_reader_problem(reader, value->place,
                          "'period' '%.60s' is no whole number of seconds, in which OTP counts; "
                          "%us or %us would do",
                          value->text, seconds, seconds + 1);
    return seconds;
}

/* What only counts for who is restarted. */
static void refuse_temporary(rs_reader *reader, const rs_plan_node *node,
                             const rs_document_node *value, const char *what) {
    if (node->restart == RS_PLAN_TEMPORARY)
        rs_reader_problem(reader, value->place,
                          "a temporary child is never restarted: %s needs restart: permanent or "
                          "transient",
                          what);
}

/* ---- backoff ---- */

static void read_wait(rs_reader *reader, const rs_document_node *mapping, const char *key,
                      const char *what, uint64_t min, uint64_t *ns) {
    const rs_document_node *value = rs_reader_get(mapping, key);
    if (value) rs_reader_duration(reader, value, what, min, BACKOFF_MAX, ns);
}

/* Defaults: twice as long each time, up to 30 s, no jitter; who has lived for twice the longest
 * wait is well again. */
static void read_growing(rs_reader *reader, const rs_document_node *mapping,
                         rs_plan_backoff *backoff) {
    uint64_t factor = 2, jitter_ppm = 0;
    rs_reader_keys(reader, mapping, rs_key_words_backoff);
    if (!rs_reader_need(reader, mapping, "first", "a backoff")) return;
    read_wait(reader, mapping, "first", "'first'", 1, &backoff->first_ns);
    backoff->max_ns = 30ull * SECOND_NS;
    if (backoff->max_ns < backoff->first_ns) backoff->max_ns = backoff->first_ns;
    read_wait(reader, mapping, "max", "'max'", backoff->first_ns, &backoff->max_ns);
    backoff->reset_ns = 2 * backoff->max_ns;
    read_wait(reader, mapping, "reset", "'reset'", backoff->first_ns, &backoff->reset_ns);
    const rs_document_node *value = rs_reader_get(mapping, "factor");
    if (value) rs_reader_count(reader, value, "'factor'", 1, FACTOR_MAX, &factor);
    value = rs_reader_get(mapping, "jitter");
    if (value) rs_reader_share(reader, value, "'jitter'", &jitter_ppm);
    backoff->factor = (uint32_t)factor;
    backoff->jitter_ppm = (uint32_t)jitter_ppm;
}

/* `backoff: 10ms` is always the same wait, 0s is none, as in OTP: a row of a sweep. */
static void read_backoff(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *value = rs_reader_get(mapping, "backoff");
    rs_plan_backoff *backoff = &node->backoff;
    if (!value) return;
    if (value->kind == RS_DOCUMENT_MAPPING) {
        read_growing(reader, value, backoff);
    } else if (rs_reader_duration(reader, value, "'backoff'", 0, BACKOFF_MAX, &backoff->first_ns)) {
        backoff->max_ns = backoff->reset_ns = backoff->first_ns;
        backoff->factor = 1;
    }
    refuse_temporary(reader, node, value, "a backoff");
}

/* ---- budget ---- */

static void read_budget(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *value = rs_reader_get(mapping, "budget");
    uint64_t most = 0;
    if (!value || !rs_reader_mapping(reader, value, "'budget'")) return;
    rs_reader_keys(reader, value, rs_key_words_budget);
    const rs_document_node *count = rs_reader_need(reader, value, "restarts", "a budget");
    const rs_document_node *period = rs_reader_need(reader, value, "period", "a budget");
    if (count && rs_reader_count(reader, count, "'restarts'", 0, INTENSITY_MAX, &most))
        node->budget_restarts = (uint32_t)most;
    if (period) node->budget_period_s = read_period(reader, period);
    refuse_temporary(reader, node, value, "a budget");
}

/* ---- fence ---- */

static void read_fence(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *value = rs_reader_get(mapping, "fence");
    if (!value) return;
    rs_reader_duration(reader, value, "'fence'", 0, BACKOFF_MAX, &node->fence_ns);
    refuse_temporary(reader, node, value, "a fence");
}

/* ---- as a child ---- */

static void check_significant(rs_reader *reader, const rs_document_node *mapping,
                              const rs_plan_node *node) {
    if (!node->significant || !node->parent) return;
    rs_place place = rs_reader_get(mapping, "significant")->place;
    if (node->parent->auto_shutdown == RS_PLAN_NEVER)
        rs_reader_problem(reader, place,
                          "significant: true needs a supervisor with auto_shutdown: "
                          "any_significant or all_significant");
    if (node->restart == RS_PLAN_PERMANENT)
        rs_reader_problem(reader, place,
                          "significant: true needs restart: transient or temporary, "
                          "not permanent");
}

static void read_child_keys(rs_reader *reader, const rs_document_node *mapping,
                            rs_plan_node *node) {
    const rs_document_node *restart = rs_reader_get(mapping, "restart");
    const rs_document_node *significant = rs_reader_get(mapping, "significant");
    int word = restart ? rs_reader_word(reader, restart, "'restart'", rs_key_restarts) : 0;
    bool is_known = word >= 0;
    if (is_known) node->restart = (rs_plan_restart)word;
    read_shutdown(reader, mapping, node);
    if (significant) rs_reader_boolean(reader, significant, "'significant'", &node->significant);
    if (is_known) check_significant(reader, mapping, node);
    read_backoff(reader, mapping, node);
    read_budget(reader, mapping, node);
    read_fence(reader, mapping, node);
}

/* ---- workers ---- */

static const char *const *worker_words(rs_reader *reader) {
    uint32_t count = 0;
    while (rs_workers[count]) count++;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    for (uint32_t i = 0; i < count; i++) words[i] = rs_workers[i]->name;
    return words;
}

static void read_worker(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *value = rs_reader_get(mapping, "worker");
    const char *name = rs_reader_text(reader, value, "worker"), *const *words =
                                                                    worker_words(reader);
    int index = name ? rs_word_index(name, words) : -1;
    if (name && index < 0)
        rs_diagnostic_unknown_word(reader->diagnostics, value->place, "worker", name, words);
    node->worker = index < 0 ? &rs_tree_unknown_worker : rs_workers[index];
    read_child_keys(reader, mapping, node);
    if (index < 0) return; /* its options are not known */
    const rs_worker *worker = node->worker;
    rs_reader_keys(
        reader, mapping,
        rs_option_keys(reader, rs_key_words_worker, worker->options, worker->option_count));
    void *config = rs_plan_memory_take(reader->memory, worker->config_bytes);
    const char *owner = rs_plan_memory_format(reader->memory, "worker '%s'", worker->name);
    const rs_reader_path *before = reader->paths;
    rs_option_read(reader, worker->options, worker->option_count, mapping, owner, config);
    for (rs_reader_path *path = reader->paths; path != before; path = path->next)
        path->owner = node;
    node->config = config;
}

/* ---- supervisors ---- */

/* A broken strategy is guessed, so that it brings no second problem. */
static void read_strategy(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *value = rs_reader_get(mapping, "strategy");
    int word = value ? rs_reader_word(reader, value, "strategy", rs_key_strategies) : 0;
    if (word >= 0)
        node->strategy = (rs_plan_strategy)word;
    else if (rs_reader_get(mapping, "child"))
        node->strategy = RS_PLAN_SIMPLE_ONE_FOR_ONE;
}

static void read_limits(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_node *intensity = rs_reader_get(mapping, "intensity");
    const rs_document_node *period = rs_reader_get(mapping, "period");
    uint64_t count = 1; /* S1 */
    if (intensity) rs_reader_count(reader, intensity, "'intensity'", 0, INTENSITY_MAX, &count);
    uint32_t period_s = period ? read_period(reader, period) : 0;
    node->intensity = (uint32_t)count;
    node->period_s = period_s ? period_s : 5;
}

static void read_template(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_entry *children = rs_document_find(mapping, "children");
    if (children)
        rs_reader_problem(reader, children->place,
                          "simple_one_for_one has no 'children' but one 'child', the template");
    const rs_document_node *child = rs_reader_get(mapping, "child");
    if (child)
        node->child = read_node(reader, node, child, TEMPLATE);
    else if (!children)
        rs_reader_problem(reader, mapping->place,
                          "simple_one_for_one needs 'child', the template of its children");
}

typedef struct sibling {
    const char *id;
    uint32_t index;
} sibling;

static int compare_siblings(const void *left, const void *right) {
    const sibling *a = left, *b = right;
    int order = strcmp(a->id, b->id);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Sorted, since ten thousand siblings may be written. Nodes without a usable id are left out. */
static void refuse_same_ids(rs_reader *reader, const rs_plan_node *node) {
    sibling *siblings = rs_plan_memory_array(reader->memory, node->child_count, sizeof *siblings);
    for (uint32_t i = 0; i < node->child_count; i++)
        siblings[i] = (sibling){node->children[i]->id, i};
    qsort(siblings, node->child_count, sizeof *siblings, compare_siblings);
    for (uint32_t i = 1, first = 0; i < node->child_count; i++) {
        bool is_same = *siblings[i].id && strcmp(siblings[i].id, siblings[first].id) == 0;
        if (!is_same) {
            first = i;
            continue;
        }
        rs_place earlier = node->children[siblings[first].index]->place;
        rs_reader_problem(reader, node->children[siblings[i].index]->place,
                          "duplicate id '%s' among siblings; the first is at %u:%u", siblings[i].id,
                          earlier.line, earlier.column);
    }
}

static void read_children(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node) {
    const rs_document_entry *template = rs_document_find(mapping, "child");
    const rs_document_node *list = rs_reader_get(mapping, "children");
    if (template)
        rs_reader_problem(reader, template->place,
                          "'child' is the template of simple_one_for_one; %s has 'children'",
                          rs_key_strategies[node->strategy]);
    if (list && list->kind != RS_DOCUMENT_LIST) {
        rs_reader_list(reader, list, "'children'");
        return;
    }
    if (!list || list->count == 0) {
        if (!template) rs_reader_problem(reader, mapping->place, "a supervisor without children");
        return;
    }
    const rs_plan_node **children =
        rs_plan_memory_array(reader->memory, list->count, sizeof *children);
    node->children = children;
    for (uint32_t i = 0; i < list->count; i++) {
        rs_plan_node *child = read_node(reader, node, list->entries[i].value, CHILD);
        if (child) children[node->child_count++] = child;
    }
    refuse_same_ids(reader, node);
}

static void read_supervisor(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node,
                            place_in_tree where) {
    const rs_document_node *value = rs_reader_get(mapping, "auto_shutdown");
    rs_reader_keys(reader, mapping, where == ROOT ? rs_key_words_root : rs_key_words_supervisor);
    read_strategy(reader, mapping, node);
    read_limits(reader, mapping, node);
    int word = value ? rs_reader_word(reader, value, "'auto_shutdown'", rs_key_auto_shutdowns) : 0;
    /* Unknown: one that allows significant children, which are no second problem then. */
    node->auto_shutdown = word < 0 ? RS_PLAN_ANY_SIGNIFICANT : (rs_plan_auto_shutdown)word;
    if (where != ROOT) read_child_keys(reader, mapping, node);
    if (node->strategy == RS_PLAN_SIMPLE_ONE_FOR_ONE)
        read_template(reader, mapping, node);
    else
        read_children(reader, mapping, node);
}

/* ---- nodes ---- */

/* Processes register under their paths, which are atoms. Of a branch the first one is enough. */
static void check_path_length(rs_reader *reader, const rs_document_node *mapping,
                              const rs_plan_node *node) {
    size_t length = strlen(node->path);
    if (length > RS_ATOM_BYTES_MAX && strlen(node->parent->path) <= RS_ATOM_BYTES_MAX)
        rs_reader_problem(reader, mapping->place,
                          "the path '%.20s…' has %zu letters; at most %u make a name", node->path,
                          length, RS_ATOM_BYTES_MAX);
}

static void read_id(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node,
                    place_in_tree where) {
    const rs_document_node *value = rs_reader_get(mapping, "id");
    if (!value && where != TEMPLATE) value = rs_reader_need(reader, mapping, "id", "a child");
    const char *id = value ? rs_reader_id(reader, value, "id") : NULL;
    node->id = id ? id : "";
    if (where == TEMPLATE)
        node->path = node->parent->path;
    else if (where == ROOT)
        node->path = "";
    else if (*node->parent->path)
        node->path = rs_plan_memory_format(reader->memory, "%s/%s", node->parent->path, node->id);
    else
        node->path = node->id;
    if (where == CHILD) check_path_length(reader, mapping, node);
}

static void refuse_both(rs_reader *reader, const rs_document_node *mapping) {
    const rs_document_entry *worker = rs_document_find(mapping, "worker");
    if (worker && rs_reader_get(mapping, "strategy"))
        rs_reader_problem(reader, worker->place,
                          "both 'worker' and 'strategy': a child is a worker or a supervisor");
}

static void read_kind(rs_reader *reader, const rs_document_node *mapping, rs_plan_node *node,
                      place_in_tree where) {
    bool is_worker = rs_reader_get(mapping, "worker");
    bool is_supervisor = rs_reader_get(mapping, "strategy") || rs_reader_get(mapping, "children") ||
                         rs_reader_get(mapping, "child");
    if (where == ROOT && is_worker)
        rs_reader_problem(reader, mapping->place, "the root of the tree must be a supervisor");
    else if (where == TEMPLATE && is_supervisor)
        rs_reader_problem(reader, mapping->place, "a template must be a worker");
    else if (where == ROOT)
        read_supervisor(reader, mapping, node, where);
    else if (is_worker)
        read_worker(reader, mapping, node);
    else if (is_supervisor)
        read_supervisor(reader, mapping, node, where);
    else
        rs_reader_problem(reader, mapping->place,
                          "a child needs 'worker', or 'strategy' if it is a supervisor");
    if (is_worker && !node->worker) node->worker = &rs_tree_unknown_worker;
}

static rs_plan_node *read_node(rs_reader *reader, const rs_plan_node *parent,
                               const rs_document_node *mapping, place_in_tree where) {
    static const char *const names[] = {"'tree'", "a child", "'child'"};
    if (!rs_reader_mapping(reader, mapping, names[where])) return NULL;
    if (reader->node_count++ == RS_READER_NODES_MAX)
        rs_reader_problem(reader, mapping->place, "the tree has more than %u children",
                          RS_READER_NODES_MAX);
    if (reader->node_count > RS_READER_NODES_MAX) return NULL;
    rs_plan_node *node = rs_plan_memory_take(reader->memory, sizeof *node);
    node->parent = parent;
    node->place = mapping->place;
    read_id(reader, mapping, node, where);
    refuse_both(reader, mapping);
    read_kind(reader, mapping, node, where);
    if (where == TEMPLATE && !*node->id && node->worker) node->id = node->worker->name;
    return node;
}

/* ---- paths ---- */

static uint32_t list_paths(rs_reader *reader, const rs_plan_node *node, const char **paths,
                           uint32_t used) {
    if (*node->path) paths[used++] = node->path;
    if (node->child)
        paths[used++] =
            rs_plan_memory_format(reader->memory, "%s%s*", node->path, *node->path ? "/" : "");
    for (uint32_t i = 0; i < node->child_count; i++)
        used = list_paths(reader, node->children[i], paths, used);
    return used;
}

const char **rs_tree_paths(rs_reader *reader, bool with_root) {
    const rs_plan_node *root = reader->plan->root;
    const char **paths =
        rs_plan_memory_array(reader->memory, rs_path_count(root) * 2u + 2u, sizeof *paths);
    uint32_t count = list_paths(reader, root, paths, 0);
    if (with_root) paths[count] = root->id;
    return paths;
}

void rs_tree_unknown_path(rs_reader *reader, rs_place place, const char *what, const char *path) {
    if (reader->plan->root && rs_diagnostics_count(reader->diagnostics) <= RS_DIAGNOSTICS_MAX)
        rs_diagnostic_unknown(reader->diagnostics, place, what, path, rs_tree_paths(reader, false));
}

/* What was reported already is taken for what it should have been. */
static bool is_unknown(const rs_plan_node *node) {
    const rs_plan_node *worker = node->child ? node->child : node;
    return worker->worker == &rs_tree_unknown_worker;
}

static const rs_plan_node *find_accepted(const rs_plan_node *node, const rs_reader_path *path) {
    if (node != path->owner && !is_unknown(node) && path->option->accepts(node)) return node;
    const rs_plan_node *found = NULL;
    for (uint32_t i = 0; !found && i < node->child_count; i++)
        found = find_accepted(node->children[i], path);
    return found;
}

static void refuse_node(rs_reader *reader, const rs_reader_path *path, const rs_plan_node *node) {
    const rs_plan_node *better = find_accepted(reader->plan->root, path);
    const char *what = "the worker itself", *example = "";
    if (!node->worker)
        what = "a supervisor";
    else if (node != path->owner)
        what = rs_plan_memory_format(reader->memory, "worker '%s'", node->worker->name);
    if (better) example = rs_plan_memory_format(reader->memory, ", such as '%.60s'", better->path);
    rs_reader_problem(reader, path->place, "'%s' '%.60s' is %s; it must be %s%s", path->option->key,
                      path->text, what, path->option->accepted, example);
}

/* Where `option` of the node leads on; NULL: nowhere, or to what was reported already. */
static const rs_plan_node *follow(const rs_reader *reader, const rs_plan_node *node,
                                  const rs_option *option) {
    const rs_worker *worker = node->worker;
    for (uint32_t i = 0; node->config && worker && i < worker->option_count; i++) {
        if (&worker->options[i] != option) continue;
        const char *text;
        memcpy(&text, (const char *)node->config + option->offset, sizeof text);
        return text ? rs_path_find(reader->plan->root, text) : NULL;
    }
    return NULL;
}

/* Of each node that lies on a circle it is said; the circle may also lie further on. */
static void refuse_circle(rs_reader *reader, const rs_reader_path *path, const rs_plan_node *node) {
    for (uint32_t steps = 0; node && steps <= RS_READER_NODES_MAX; steps++) {
        if (node == path->owner) {
            rs_reader_problem(reader, path->place,
                              "'%s' '%.60s' leads back to the worker itself; the last one has no "
                              "'%s'",
                              path->option->key, path->text, path->option->key);
            return;
        }
        node = follow(reader, node, path->option);
    }
}

static void check_path(rs_reader *reader, const rs_reader_path *path) {
    const rs_plan_node *node = *path->text ? rs_path_find(reader->plan->root, path->text) : NULL;
    if (!node)
        rs_tree_unknown_path(reader, path->place, "path", path->text);
    else if (path->option->accepts && !is_unknown(node) &&
             (node == path->owner || !path->option->accepts(node)))
        refuse_node(reader, path, node);
    else if (path->option->is_acyclic)
        refuse_circle(reader, path, node);
}

static void check_paths(rs_reader *reader) {
    for (const rs_reader_path *path = reader->paths; path; path = path->next)
        check_path(reader, path);
    reader->paths = NULL;
}

const rs_plan_node *rs_tree_target(rs_reader *reader, const rs_document_node *node,
                                   const char *what) {
    const char *path = rs_reader_text(reader, node, what);
    if (!path || !reader->plan->root) return NULL;
    const rs_plan_node *target = *path ? rs_path_find(reader->plan->root, path) : NULL;
    if (!target) {
        rs_tree_unknown_path(reader, node->place, "path", path);
        return NULL;
    }
    if (!target->worker)
        rs_reader_problem(reader, node->place, "%s '%.60s' is a supervisor; it must be a worker",
                          what, path);
    return target->worker && target->worker != &rs_tree_unknown_worker ? target : NULL;
}

void rs_section_tree(rs_reader *reader, const rs_document_node *scenario) {
    const rs_document_node *tree = rs_reader_need(reader, scenario, "tree", "a scenario");
    if (!tree) return;
    reader->plan->root = read_node(reader, NULL, tree, ROOT);
    if (reader->plan->root) check_paths(reader);
}
