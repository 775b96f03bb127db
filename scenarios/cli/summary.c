/* summary.c: what a search has come to, for people.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/summary.h"

#include "reports/formats/escape.h"
#include "runtime/base/units.h"
#include "scenarios/cli/exit.h"

#include <inttypes.h>

/* Names and sentences come from files of strangers. */
static void put_safe(const char *text, FILE *out) {
    rs_escape_put(rs_escape_terminal, text, out);
}

static void print_hits(const rs_search *search, FILE *out) {
    bool any = false;
    for (uint32_t i = 0; i < RS_ATTEMPT_KINDS_MAX && rs_faults[i]; i++) {
        if (!search->hits[i]) continue;
        fprintf(out, "%s %s %" PRIu64, any ? "," : "  struck   ", rs_faults[i]->name,
                search->hits[i]);
        any = true;
    }
    if (any) fputc('\n', out);
}

/* Of a search that is cut into shards, another may see what this one does not. */
static bool is_part(const rs_account *account) {
    return account->shards > 1 && account->shard;
}

static void print_sometimes(const rs_account *account, FILE *out) {
    for (uint32_t i = 0; i < account->sometimes_count; i++) {
        uint64_t lives = account->search.sometimes[i];
        fprintf(out, "  %-9s ", lives ? "seen" : is_part(account) ? "not here" : "NOT SEEN");
        put_safe(account->sometimes[i], out);
        if (lives) fprintf(out, ", in %" PRIu64 " lives", lives);
        fputc('\n', out);
    }
}

static void print_claim(const rs_account *account, const char *speed, FILE *out) {
    const rs_search *search = &account->search;
    put_safe(account->name, out);
    fprintf(out, "  %" PRIu64 " %s, seeds %" PRIu64 "..%" PRIu64, search->lives,
            search->lives == 1 ? "life" : "lives", account->first_seed, account->last_seed);
    if (is_part(account))
        fprintf(out, ", shard %" PRIu64 "/%" PRIu64, account->shard, account->shards);
    if (account->shards > 1 && !account->shard)
        fprintf(out, ", joined from %" PRIu64 " shards", account->shards);
    fputs("\n  envelope  ", out);
    put_safe(account->envelope, out);
    fputc('\n', out);
    print_hits(search, out);
    print_sometimes(account, out);
    if (speed) fprintf(out, "  speed     %s\n", speed);
    fprintf(out, "  traces    %016" PRIx64 "\n\n", search->mix);
}

static void print_kind(const rs_account *account, const rs_search_kind *kind, FILE *out) {
    fputs("  ", out);
    put_safe(kind->failure.check, out);
    if (*kind->failure.path) fputs(" at ", out);
    put_safe(kind->failure.path, out);
    fprintf(out, "\n      %" PRIu64 " of %" PRIu64 " lives, first with seed %" PRIu64 ": ",
            kind->count, account->search.lives, kind->seed);
    put_safe(kind->failure.text, out);
    fputc('\n', out);
    if (!kind->file) return;
    fputs("      ", out);
    put_safe(kind->file, out);
    fputc('\n', out);
}

/* Faults that hit nobody have shown nothing. */
static bool is_idle(const rs_account *account) {
    for (uint32_t i = 0; i < RS_ATTEMPT_KINDS_MAX; i++)
        if (account->search.hits[i]) return false;
    return *account->envelope != 0;
}

/* What is planned, before the drain. */
static uint64_t length_of(const rs_account *account) {
    const json_t *phases = json_object_get(account->plan, "phases");
    uint64_t length_ns = 0;
    for (size_t i = 0; i < json_array_size(phases); i++)
        length_ns +=
            (uint64_t)json_integer_value(json_object_get(json_array_get(phases, i), "duration_ns"));
    return length_ns;
}

static void print_late(const rs_account *account, FILE *out) {
    const rs_search_late *late = &account->search.late;
    char reached[RS_UNITS_TEXT_BYTES], whole[RS_UNITS_TEXT_BYTES];
    if (!late->count) return;
    rs_units_format_duration(late->simulated_ns, reached, sizeof reached);
    rs_units_format_duration(length_of(account), whole, sizeof whole);
    fprintf(out,
            "\n  %" PRIu64 " of %" PRIu64 " lives took longer than a life may by the wall's clock "
            "(--life-timeout)\n"
            "      first with seed %" PRIu64
            ", ended after at least %s of %s simulated; that limit "
            "is of the\n"
            "      machine's time, not of the scenario's: nobody knows whether these lives would "
            "have failed\n",
            late->count, account->search.lives, late->seed, reached, whole);
}

static void print_unchecked(const rs_search *search, FILE *out) {
    if (search->unchecked)
        fprintf(out,
                "\n  %" PRIu64 " of %" PRIu64 " lives were too long for their history to be kept: "
                "no check has looked at them\n",
                search->unchecked, search->lives);
}

static void print_survival(const rs_account *account, FILE *out) {
    const rs_search *search = &account->search;
    uint64_t unknown = search->late.count + search->unchecked;
    const char *but = is_idle(account) ? ", but nothing was hit: that shows nothing" : "";
    if (!search->lives)
        fputs("  nobody has lived\n", out);
    else if (!unknown)
        fprintf(out, "  every life survived%s\n", but);
    else if (unknown < search->lives)
        fprintf(out, "  %" PRIu64 " of %" PRIu64 " lives survived%s\n", search->lives - unknown,
                search->lives, but);
}

static void print_failures(const rs_account *account, FILE *out) {
    const rs_search *search = &account->search;
    fprintf(out, "  %" PRIu64 " of %" PRIu64 " lives failed, in %zu way%s:\n\n", search->failed,
            search->lives, search->kinds.count, search->kinds.count == 1 ? "" : "s");
    size_t shown = rs_search_shown(search);
    for (size_t i = 0; i < shown; i++) print_kind(account, &search->kinds.at[i], out);
    if (search->kinds.count > shown)
        fprintf(out, "  and in %zu other ways, first with later seeds\n",
                search->kinds.count - shown);
    if (search->omitted)
        fprintf(out, "  and %" PRIu64 " failures of yet other kinds, for which there was no room\n",
                search->omitted);
}

void rs_summary_print(const rs_account *account, const char *speed, FILE *out) {
    print_claim(account, speed, out);
    (account->search.failed ? print_failures : print_survival)(account, out);
    print_late(account, out);
    print_unchecked(&account->search, out);
}

static int status_of_lives(const rs_account *account) {
    if (account->search.failed) return RS_EXIT_FAILED;
    for (uint32_t i = 0; i < account->sometimes_count && !is_part(account); i++)
        if (!account->search.sometimes[i]) return RS_EXIT_FAILED;
    if (account->search.unchecked) return RS_EXIT_INCONCLUSIVE;
    return is_idle(account) && !is_part(account) ? RS_EXIT_INCONCLUSIVE : RS_EXIT_PASSED;
}

int rs_summary_status(const rs_account *account) {
    int status = status_of_lives(account);
    return account->search.late.count ? rs_exit_worse(status, RS_EXIT_ABORTED) : status;
}
