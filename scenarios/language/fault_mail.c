/* fault_mail.c: which mail a fault is aimed at.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/fault_mail.h"

#include "runtime/base/units.h"
#include "scenarios/language/fault_whom.h"
#include "scenarios/language/path.h"
#include "scenarios/language/section.h"
#include "scenarios/language/word.h"

#include <string.h>

/* More than anything sends in a run. */
#define AFTER_MAX UINT64_C(1000000000000)

static const char *const mail_keys[] = {"mail", "from", "message", NULL};

/* ---- whose ---- */

static int find_load(const rs_plan *plan, const char *id) {
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].id && strcmp(plan->loads[i].id, id) == 0) return (int)i;
    return -1;
}

/* A place is a position of the tree, or a load, whose clients it stands for. */
static void report_place(rs_reader *reader, rs_place place, const char *text) {
    const rs_plan *plan = reader->plan;
    const char **paths = rs_tree_paths(reader, false);
    uint32_t count = 0;
    while (paths[count]) count++;
    const char **words =
        rs_plan_memory_array(reader->memory, count + plan->load_count + 1u, sizeof *words);
    memcpy(words, paths, count * sizeof *words);
    for (uint32_t i = 0; i < plan->load_count; i++)
        if (plan->loads[i].id) words[count++] = plan->loads[i].id;
    rs_diagnostic_unknown(reader->diagnostics, place, "path or load", text, words);
}

/* What supervisors send and get is left alone. */
static bool names_a_worker(rs_reader *reader, const char *pattern) {
    const rs_plan_node *root = reader->plan->root, *unused[1];
    uint32_t count = rs_path_select(root, pattern, unused, 0);
    const rs_plan_node **nodes = rs_plan_memory_array(reader->memory, count, sizeof *nodes);
    rs_path_select(root, pattern, nodes, count);
    for (uint32_t i = 0; i < count; i++)
        if (nodes[i]->worker) return true;
    return false;
}

static void read_place(rs_reader *reader, const rs_document_node *value, const char *key,
                       const char **pattern, int *load) {
    const rs_plan_node *root = reader->plan->root, *unused[1];
    const char *text = value->text;
    if (!root) return;
    const char *resolved = rs_path_is_pattern(text) ? rs_path_resolve(root, text) : NULL;
    if (resolved && rs_path_select(root, resolved, unused, 0)) {
        *pattern = resolved;
        if (!names_a_worker(reader, resolved))
            rs_reader_problem(reader, value->place,
                              "'%s' '%.60s' is a supervisor: what supervisors send and get is left "
                              "alone; name workers or a load",
                              key, text);
        return;
    }
    *load = find_load(reader->plan, text);
    if (*load < 0) report_place(reader, value->place, text);
}

/* ---- of which type ---- */

/* count_words adds the types that the workers below `node` know to `words` (may be NULL); *known is
 * false when one of them does not tell. */
static uint32_t count_words(const rs_plan_node *node, const char **words, bool *known) {
    const rs_worker *worker = node->worker;
    uint32_t count = 0;
    if (worker && !worker->messages) *known = false;
    for (uint32_t i = 0; worker && worker->messages && worker->messages[i]; i++, count++)
        if (words) words[count] = worker->messages[i];
    if (node->child) count += count_words(node->child, words ? words + count : NULL, known);
    for (uint32_t i = 0; i < node->child_count; i++)
        count += count_words(node->children[i], words ? words + count : NULL, known);
    return count;
}

static void check_message(rs_reader *reader, const rs_document_node *value, const char *text) {
    const rs_plan_node *root = reader->plan->root;
    bool known = root != NULL;
    uint32_t count = root ? count_words(root, NULL, &known) : 0;
    if (!known) return;
    const char **words = rs_plan_memory_array(reader->memory, count + 1u, sizeof *words);
    count_words(root, words, &known);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) { /* each once */
        const char *word = words[i];
        words[i] = NULL;
        if (rs_word_index(word, words) < 0) words[kept++] = word;
    }
    if (rs_word_index(text, words) < 0)
        rs_diagnostic_unknown(reader->diagnostics, value->place, "message", text, words);
}

/* ---- all of it ---- */

static void refuse(rs_reader *reader, const rs_document_node *mapping, const rs_plan_fault *fault) {
    for (uint32_t i = 0; mail_keys[i]; i++) {
        const rs_document_entry *entry = rs_document_find(mapping, mail_keys[i]);
        if (entry && fault->how)
            rs_reader_problem(reader, entry->place, "'%s': %s is not aimed at mail; leave it out",
                              entry->key, fault->how->name);
    }
}

void rs_fault_mail_read(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault) {
    rs_plan_mail *mail = &fault->mail;
    mail->to_load = mail->from_load = -1;
    if (!fault->how || fault->how->aim != RS_AIM_MAIL) {
        refuse(reader, mapping, fault);
        return;
    }
    const rs_document_node *to = rs_reader_get(mapping, "mail");
    const rs_document_node *from = rs_reader_get(mapping, "from");
    const rs_document_node *message = rs_reader_get(mapping, "message");
    const rs_document_entry *pick = rs_document_find(mapping, "pick");
    if (!to && !rs_reader_get(mapping, "crash")) /* which was reported */
        rs_reader_need(reader, mapping, "mail", "a fault of mail");
    fault->crash = to ? rs_reader_text(reader, to, "'mail'") : NULL;
    mail->from = from ? rs_reader_text(reader, from, "'from'") : NULL;
    mail->message = message ? rs_reader_text(reader, message, "'message'") : NULL;
    if (fault->crash) read_place(reader, to, "mail", &fault->pattern, &mail->to_load);
    if (mail->from) read_place(reader, from, "from", &mail->from_pattern, &mail->from_load);
    if (mail->message) check_message(reader, message, mail->message);
    bool chooses = !rs_reader_get(mapping, "probability") && !rs_reader_get(mapping, "strikes");
    if (pick && chooses) /* beside those it is refused for any fault */
        rs_reader_problem(reader, pick->place,
                          "'pick' does nothing beside 'mail': each firing hits one message");
}

void rs_fault_mail_after(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault) {
    const char *text = rs_reader_text(reader, value, "'after'"), *why = NULL;
    fault->trigger = RS_PLAN_AFTER;
    if (!text) return;
    size_t length = strcspn(text, " ");
    const char *unit = text + length + (text[length] == ' ');
    const char *count = rs_plan_memory_copy(reader->memory, text, length);
    bool is_one = strcmp(unit, "message") == 0;
    rs_err err = rs_units_parse_count(count, &fault->after_count, &why);
    if (err != RS_OK || (!is_one && strcmp(unit, "messages") != 0) || fault->after_count == 0 ||
        fault->after_count > AFTER_MAX)
        rs_reader_problem(reader, value->place,
                          "'after' '%.60s': write a number of messages, such as 1000 messages",
                          text);
}
