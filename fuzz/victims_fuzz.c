/* victims_fuzz.c: any texts as `crash` and `pick` of a fault, and any lives of a tree's roles. The
 * language takes or refuses the texts, for the same reasons each time and where they stand. What is
 * a pattern then chooses victims, beside a naive model: all of them live, match it step by step and
 * differ; one is one, N are the lesser of N and the living, P% are rounded up, all are all, in path
 * order; the same random stream chooses the same.
 *
 * The first line is the pattern, the second the pick. Then `+PATH` starts a role, `-PATH` ends it,
 * and any other line is a firing.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "fuzz/texts.h"
#include "runtime/base/units.h"
#include "scenarios/engine/victim.h"
#include "scenarios/language/path.h"

#define FILE_NAME   "fuzz.yaml"
#define LINES_MAX   200
#define ROOT        "app"
#define CRASH_LINE  11u
#define VALUE_PLACE 12u

static const char scenario[] =
    "scenario: fuzz\n"
    "tree:\n"
    "  id: " ROOT "\n"
    "  strategy: one_for_one\n"
    "  children: [{ id: a, worker: echo }, { id: shop, strategy: one_for_one, children: [{ id: db, "
    "worker: echo }] }, { id: tables, strategy: simple_one_for_one, child: { worker: echo } }]\n"
    "phases: { on: 1s, off: 1s }\n"
    "faults:\n"
    "  - id: blows\n"
    "    how: kill\n"
    "    at: 1ms\n"
    "    crash: ";

/* ------------------------------------------------------------------ the language */

/* Numbers count only where they are not quoted. */
static void print_pick(FILE *out, const char *pick) {
    const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%.";
    bool is_plain = *pick && strspn(pick, plain) == strlen(pick);
    if (is_plain)
        fputs(pick, out);
    else
        rs_texts_quote(out, pick, strlen(pick));
}

static rs_plan *parse(const char *text, size_t length, char **told) {
    rs_diagnostics *problems = rs_diagnostics_create();
    rs_plan *plan = rs_plan_parse(FILE_NAME, text, length, NULL, 0, problems);
    RS_ASSERT((plan != NULL) == (rs_diagnostics_count(problems) == 0));
    rs_texts_check_problems(problems, FILE_NAME, text, length);
    for (uint32_t i = 0; i < rs_diagnostics_count(problems) && i < RS_DIAGNOSTICS_MAX; i++) {
        const rs_place *place = &rs_diagnostics_get(problems, i)->place;
        RS_ASSERT(place->line == CRASH_LINE || place->line == CRASH_LINE + 1);
        RS_ASSERT(place->column == VALUE_PLACE - (place->line > CRASH_LINE));
    }
    *told = rs_texts_problems(problems);
    rs_diagnostics_destroy(problems);
    return plan;
}

/* read_fault returns the plan of a scenario with these two texts, NULL when it is refused. */
static rs_plan *read_fault(const char *crash, const char *pick) {
    char *text = NULL, *first, *second;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    RS_ASSERT(out);
    fputs(scenario, out);
    rs_texts_quote(out, crash, strlen(crash));
    fputs("\n    pick: ", out);
    print_pick(out, pick);
    fputc('\n', out);
    fclose(out);
    rs_plan *plan = parse(text, length, &first), *again = parse(text, length, &second);
    RS_ASSERT(strcmp(first, second) == 0);
    rs_plan_destroy(again);
    free(first);
    free(second);
    free(text);
    return plan;
}

/* The root's id is the root: nobody in the tree is called like it. */
static const char *resolve(const char *crash) {
    const char *const rest = strncmp(crash, ROOT, strlen(ROOT)) == 0 ? crash + strlen(ROOT) : "/";
    return strcmp(rest, "") == 0 || strcmp(rest, "/**") == 0 ? rest : crash;
}

static void check_fault(const rs_plan_fault *fault, const char *crash, const char *pick) {
    RS_ASSERT(rs_path_is_pattern(crash) && strcmp(fault->crash, crash) == 0);
    RS_ASSERT(strcmp(fault->pattern, resolve(crash)) == 0);
    switch (fault->pick) {
    case RS_PLAN_PICK_ONE: RS_ASSERT(strcmp(pick, "one") == 0); break;
    case RS_PLAN_PICK_ALL: RS_ASSERT(strcmp(pick, "all") == 0); break;
    case RS_PLAN_PICK_COUNT: RS_ASSERT(*pick >= '0' && *pick <= '9'); break;
    case RS_PLAN_PICK_SHARE:
        RS_ASSERT(strchr(pick, '%') && fault->pick_value <= RS_UNITS_SHARE_WHOLE);
        break;
    }
}

/* ------------------------------------------------------------------ the model */

/* The same steps, the last of which may be a star that stands for one, or two for what is left. */
static bool matches_steps(const char *pattern, const char *path) {
    if (strcmp(pattern, "**") == 0) return true;
    size_t wanted = strcspn(pattern, "/"), given = strcspn(path, "/");
    bool is_star = strcmp(pattern, "*") == 0;
    if (given == 0) return false;
    if (!is_star && (wanted != given || strncmp(pattern, path, given) != 0)) return false;
    pattern += wanted + (pattern[wanted] == '/');
    path += given + (path[given] == '/');
    return *pattern ? matches_steps(pattern, path) : !*path;
}

static bool matches(const char *pattern, const char *path) {
    bool is_whole = strcmp(pattern, "/**") == 0; /* with the root */
    if (!*path) return !*pattern || is_whole;
    return is_whole || matches_steps(pattern, path);
}

static bool is_alive(const rs_roles *roles, uint32_t number) {
    return rs_load(&roles->at[number].pid, rs_relaxed) != 0;
}

static uint64_t count_targets(const rs_roles *roles, const char *pattern) {
    uint64_t count = 0;
    for (uint32_t i = 1; i <= rs_roles_count(roles); i++)
        count += is_alive(roles, i) && matches(pattern, rs_roles_path(roles, i));
    return count;
}

static uint64_t wanted_of(rs_plan_pick pick, uint64_t value, uint64_t targets) {
    if (pick == RS_PLAN_PICK_ALL) return targets;
    if (pick == RS_PLAN_PICK_ONE) value = 1;
    if (pick == RS_PLAN_PICK_SHARE) {
        uint64_t whole = targets * value / RS_UNITS_SHARE_WHOLE;
        value = whole * RS_UNITS_SHARE_WHOLE == targets * value ? whole : whole + 1;
    }
    return value < targets ? value : targets;
}

/* ------------------------------------------------------------------ firing */

static void check_victims(const rs_victims *victims, const char *pattern, uint32_t count,
                          bool are_sorted) {
    const rs_roles *roles = victims->roles;
    for (uint32_t i = 0; i < count; i++) {
        const char *path = rs_roles_path(roles, victims->live[i]);
        RS_ASSERT(is_alive(roles, victims->live[i]) && matches(pattern, path));
        if (are_sorted && i)
            RS_ASSERT(strcmp(rs_roles_path(roles, victims->live[i - 1]), path) < 0);
        for (uint32_t other = 0; other < i; other++)
            RS_ASSERT(victims->live[other] != victims->live[i]);
    }
}

static void fire(rs_victims *victims, rs_plan_pick pick, uint64_t value, rs_prng *prng) {
    static uint32_t first[LINES_MAX * 2];
    rs_prng same = *prng;
    uint64_t targets = count_targets(victims->roles, victims->pattern);
    uint32_t count = rs_victims_pick(victims, pick, value, prng);
    RS_ASSERT(count == wanted_of(pick, value, targets) && count <= LINES_MAX * 2);
    check_victims(victims, victims->pattern, count, count == targets && count > 1);
    if (count) memcpy(first, victims->live, count * sizeof *first);
    RS_ASSERT(rs_victims_pick(victims, pick, value, &same) == count);
    RS_ASSERT(count == 0 || memcmp(first, victims->live, count * sizeof *first) == 0);
    RS_ASSERT(memcmp(&same, prng, sizeof same) == 0);
}

static void fire_all(rs_victims *victims, const rs_plan_fault *fault, uint64_t number,
                     rs_prng *prng) {
    if (fault) fire(victims, fault->pick, fault->pick_value, prng);
    fire(victims, RS_PLAN_PICK_ALL, 1, prng);
    fire(victims, RS_PLAN_PICK_ONE, 1, prng);
    fire(victims, RS_PLAN_PICK_COUNT, 1 + number % 5, prng);
    fire(victims, RS_PLAN_PICK_SHARE, number * 77777 % (RS_UNITS_SHARE_WHOLE + 1), prng);
}

/* Roles are named from the root down; steps without a name are left out. */
static void set_role(rs_roles *roles, char *path, uint64_t pid) {
    char *rest = path;
    uint32_t number = rs_roles_number(roles, 0, ROOT);
    for (char *step; (step = strtok_r(rest, "/", &rest));)
        number = rs_roles_number(roles, number, step);
    rs_store(&roles->at[number].pid, pid, rs_relaxed);
}

static void live(char *lines, const char *pattern, const rs_plan_fault *fault) {
    rs_roles roles = {.count = 0};
    rs_victims victims;
    rs_prng prng;
    RS_ASSERT(rs_roles_init(&roles, NULL) &&
              rs_victims_init(&victims, &roles, pattern, false, NULL));
    rs_prng_init(&prng, 1, "fuzz");
    char *line;
    for (uint64_t i = 0; i < LINES_MAX && (line = strsep(&lines, "\n")); i++)
        if (*line == '+' || *line == '-')
            set_role(&roles, line + 1, *line == '+' ? i + 1 : 0);
        else
            fire_all(&victims, fault, i, &prng);
    rs_victims_fini(&victims, NULL);
    rs_roles_fini(&roles, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1), *rest = text;
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = 0;
    const char *crash = strsep(&rest, "\n"), *pick = rest ? strsep(&rest, "\n") : "one";
    rs_plan *plan = read_fault(crash, pick);
    const rs_plan_fault *fault = plan ? &plan->faults[0] : NULL;
    if (fault) check_fault(fault, crash, pick);
    if (rest && strlen(rest) < 4000 && rs_path_is_pattern(crash)) live(rest, resolve(crash), fault);
    rs_plan_destroy(plan);
    free(text);
    return 0;
}
