/* account.c: what a search has come to, as a file.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/explore/account.h"

#include "scenarios/explore/failure.h"
#include "scenarios/explore/story.h"
#include "scenarios/language/plan_json.h"
#include "scenarios/language/print_envelope.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ life */

static char *envelope_of(const rs_plan *plan) {
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out) return strdup("");
    rs_print_envelope(plan, out);
    fclose(out);
    return text;
}

/* Beyond 2^53 a number is not the same for every reader. */
static json_t *hex(uint64_t value) {
    char text[24];
    snprintf(text, sizeof text, "0x%016" PRIx64, value);
    return json_string(text);
}

static json_t *plugins_of(const rs_plugins *plugins) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < plugins->count; i++) {
        const char *path = plugins->at[i].path, *slash = strrchr(path, '/');
        json_t *object = json_object();
        json_object_set_new(object, "file", json_string(slash ? slash + 1 : path));
        json_object_set_new(object, "hash", hex(rs_failure_hash(path)));
        json_array_append_new(array, object);
    }
    return array;
}

void rs_account_init(rs_account *account, const rs_plan *plan, const rs_crew_options *crew) {
    char build[256];
    *account = (rs_account){.plan = rs_plan_to_json(plan),
                            .name = strdup(plan->name),
                            .file = strdup(plan->file),
                            .envelope = envelope_of(plan),
                            .build = strdup(rs_failure_build(build, sizeof build)),
                            .plugins = plugins_of(&crew->plugins),
                            .first_seed = crew->first_seed,
                            .last_seed = crew->last_seed,
                            .shards = crew->shards,
                            .shard = crew->shard};
    /* Where the file lies is no matter of the plan. */
    json_object_del(account->plan, "file");
    for (uint32_t i = 0; i < plan->sometimes_count && i < 64; i++)
        account->sometimes[account->sometimes_count++] = strdup(plan->sometimes[i].text);
    rs_search_init(&account->search);
}

void rs_account_fini(rs_account *account) {
    json_decref(account->plan);
    json_decref(account->plugins);
    free(account->name);
    free(account->file);
    free(account->envelope);
    free(account->build);
    for (uint32_t i = 0; i < account->sometimes_count; i++) free(account->sometimes[i]);
    rs_search_fini(&account->search);
}

/* Where they lay, and under what names, is no matter. */
static bool have_equal_plugins(const rs_account *a, const rs_account *b) {
    size_t count = json_array_size(a->plugins);
    bool equal = count == json_array_size(b->plugins);
    for (size_t i = 0; equal && i < count; i++)
        equal = json_equal(json_object_get(json_array_get(a->plugins, i), "hash"),
                           json_object_get(json_array_get(b->plugins, i), "hash"));
    return equal;
}

static void print_plugins(const rs_account *account, FILE *out) {
    size_t count = json_array_size(account->plugins);
    if (!count) fputs("none", out);
    for (size_t i = 0; i < count; i++) {
        const json_t *plugin = json_array_get(account->plugins, i);
        fprintf(out, "%s%.100s (%.18s)", i ? ", " : "",
                json_string_value(json_object_get(plugin, "file")),
                json_string_value(json_object_get(plugin, "hash")));
    }
}

static void tell_plugins(const rs_account *a, const rs_account *b, char *why, size_t bytes) {
    FILE *out = fmemopen(why, bytes, "w");
    if (!out) return;
    fputs("they ran with different plugins: ", out);
    print_plugins(a, out);
    fputs("; and ", out);
    print_plugins(b, out);
    fclose(out);
    why[bytes - 1] = 0;
}

/* Plugins come before the rest: what they bring shows in plan and envelope. */
static const char *difference(const rs_account *a, const rs_account *b) {
    if (!json_equal(a->plan, b->plan)) return "their plans differ";
    if (strcmp(a->envelope, b->envelope) != 0) return "their envelopes differ";
    if (strcmp(a->build, b->build) != 0) return "different builds of respawn made them";
    if (a->first_seed != b->first_seed || a->last_seed != b->last_seed)
        return "their seeds are not of one range";
    return a->shards != b->shards ? "they were cut into different numbers of shards" : NULL;
}

bool rs_account_differs(const rs_account *a, const rs_account *b, char *why, size_t bytes) {
    const char *text = "they are of different scenarios";
    bool same_name = strcmp(a->name, b->name) == 0;
    if (same_name && !have_equal_plugins(a, b)) {
        tell_plugins(a, b, why, bytes);
        return true;
    }
    if (same_name) text = difference(a, b);
    if (text) snprintf(why, bytes, "%s", text);
    return text != NULL;
}

/* ------------------------------------------------------------------ writing */

static json_t *integer(uint64_t value) {
    return json_integer((json_int_t)value);
}

static json_t *kind_to_json(const rs_search_kind *kind, bool whole) {
    json_t *object = json_object();
    json_object_set_new(object, "check", json_string(kind->failure.check));
    json_object_set_new(object, "path", json_string(kind->failure.path));
    json_object_set_new(object, "text", json_string(kind->failure.text));
    json_object_set_new(object, "time_ns", integer(kind->failure.time_ns));
    json_object_set_new(object, "seed", hex(kind->seed));
    json_object_set_new(object, "lives", integer(kind->count));
    if (kind->file) json_object_set_new(object, "file", json_string(kind->file));
    if (kind->file && whole) rs_story_add(object, kind->file);
    return object;
}

static json_t *hits_to_json(const rs_search *search) {
    json_t *object = json_object();
    for (uint32_t i = 0; i < RS_ATTEMPT_KINDS_MAX && rs_faults[i]; i++)
        json_object_set_new(object, rs_faults[i]->name, integer(search->hits[i]));
    return object;
}

static json_t *sometimes_to_json(const rs_account *account) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < account->sometimes_count; i++) {
        json_t *object = json_object();
        json_object_set_new(object, "text", json_string(account->sometimes[i]));
        json_object_set_new(object, "lives", integer(account->search.sometimes[i]));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *late_to_json(const rs_search_late *late) {
    json_t *object = json_object();
    json_object_set_new(object, "lives", integer(late->count));
    json_object_set_new(object, "seed", hex(late->seed));
    json_object_set_new(object, "simulated_ns", hex(late->simulated_ns));
    return object;
}

static void put_search(json_t *object, const rs_search *search, bool whole) {
    json_t *kinds = json_array();
    for (size_t i = 0; i < search->kinds.count; i++)
        json_array_append_new(kinds, kind_to_json(&search->kinds.at[i], whole));
    json_object_set_new(object, "lives", integer(search->lives));
    json_object_set_new(object, "failed", integer(search->failed));
    json_object_set_new(object, "simulated_ns", hex(search->simulated_ns));
    json_object_set_new(object, "traces", hex(search->mix));
    json_object_set_new(object, "omitted", integer(search->omitted));
    json_object_set_new(object, "unchecked", integer(search->unchecked));
    json_object_set_new(object, "late", late_to_json(&search->late));
    json_object_set_new(object, "hits", hits_to_json(search));
    json_object_set_new(object, "failures", kinds);
}

static json_t *to_json(const rs_account *account, bool whole) {
    json_t *object = json_object();
    json_object_set_new(object, "schema", json_string(RS_ACCOUNT_MARK));
    json_object_set_new(object, "scenario", json_string(account->name));
    json_object_set_new(object, "file", json_string(account->file));
    json_object_set_new(object, "envelope", json_string(account->envelope));
    json_object_set_new(object, "build", json_string(account->build));
    json_object_set(object, "plugins", account->plugins);
    json_object_set_new(object, "first_seed", hex(account->first_seed));
    json_object_set_new(object, "last_seed", hex(account->last_seed));
    json_object_set_new(object, "shards", integer(account->shards));
    json_object_set_new(object, "shard", integer(account->shard));
    json_object_set_new(object, "sometimes", sometimes_to_json(account));
    put_search(object, &account->search, whole);
    json_object_set(object, "plan", account->plan);
    return object;
}

static void write_json(const rs_account *account, bool whole, FILE *out) {
    json_t *json = to_json(account, whole);
    json_dumpf(json, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(json);
}

void rs_account_write(const rs_account *account, FILE *out) {
    write_json(account, false, out);
}

void rs_account_tell(const rs_account *account, FILE *out) {
    write_json(account, true, out);
}

/* ------------------------------------------------------------------ reading */

typedef struct rs_account_reader {
    const json_t *object;
    bool failed;
    char *why;
    size_t bytes;
} rs_account_reader;

static void fail(rs_account_reader *reader, const char *key) {
    if (!reader->failed) snprintf(reader->why, reader->bytes, "'%s' is missing or odd", key);
    reader->failed = true;
}

static const char *text_of(rs_account_reader *reader, const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    if (!text) fail(reader, key);
    return text ? text : "";
}

static uint64_t integer_of(rs_account_reader *reader, const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0) fail(reader, key);
    return (uint64_t)json_integer_value(value);
}

static uint64_t hex_of(rs_account_reader *reader, const json_t *object, const char *key) {
    const char *text = text_of(reader, object, key);
    char *end = NULL;
    uint64_t value = strncmp(text, "0x", 2) == 0 ? strtoull(text + 2, &end, 16) : 0;
    if (!end || *end || strlen(text) > 18) fail(reader, key);
    return value;
}

static void read_kind(rs_account_reader *reader, const json_t *object, rs_search *search) {
    rs_search_kind *kind = RS_ROWS_ADD(&search->kinds);
    rs_attempt_failure *failure = &kind->failure;
    snprintf(failure->check, sizeof failure->check, "%s", text_of(reader, object, "check"));
    snprintf(failure->path, sizeof failure->path, "%s", text_of(reader, object, "path"));
    snprintf(failure->text, sizeof failure->text, "%s", text_of(reader, object, "text"));
    failure->time_ns = integer_of(reader, object, "time_ns");
    kind->seed = hex_of(reader, object, "seed");
    kind->count = integer_of(reader, object, "lives");
    const char *file = json_string_value(json_object_get(object, "file"));
    if (file) kind->file = strdup(file);
}

/* A kind that is not named may be a plugin's that was not there. */
static void read_hits(rs_account_reader *reader, rs_search *search) {
    const json_t *hits = json_object_get(reader->object, "hits");
    if (!json_is_object(hits)) fail(reader, "hits");
    for (uint32_t i = 0; i < RS_ATTEMPT_KINDS_MAX && rs_faults[i]; i++)
        if (json_object_get(hits, rs_faults[i]->name))
            search->hits[i] = integer_of(reader, hits, rs_faults[i]->name);
}

/* No life fails without a failure, and none is found where nobody has lived. */
static bool is_sane(const rs_account *account) {
    const rs_search *search = &account->search;
    bool any = search->kinds.count || search->omitted;
    if (search->late.count > search->lives) return false;
    uint64_t whole = search->lives - search->late.count;
    if (search->failed > whole || search->unchecked > whole || (search->failed > 0) != any)
        return false;
    for (size_t i = 0; i < search->kinds.count; i++) {
        const rs_search_kind *kind = &search->kinds.at[i];
        if (!kind->count || kind->count > search->failed || kind->seed < account->first_seed ||
            kind->seed > account->last_seed)
            return false;
    }
    for (uint32_t i = 0; i < account->sometimes_count; i++)
        if (search->sometimes[i] > search->lives) return false;
    return true;
}

static void read_late(rs_account_reader *reader, const json_t *object, rs_search_late *late) {
    late->count = integer_of(reader, object, "lives");
    late->seed = hex_of(reader, object, "seed");
    late->simulated_ns = hex_of(reader, object, "simulated_ns");
}

static void read_search(rs_account_reader *reader, rs_search *search) {
    const json_t *kinds = json_object_get(reader->object, "failures");
    search->lives = integer_of(reader, reader->object, "lives");
    search->failed = integer_of(reader, reader->object, "failed");
    search->simulated_ns = hex_of(reader, reader->object, "simulated_ns");
    search->mix = hex_of(reader, reader->object, "traces");
    search->omitted = integer_of(reader, reader->object, "omitted");
    search->unchecked = integer_of(reader, reader->object, "unchecked");
    read_late(reader, json_object_get(reader->object, "late"), &search->late);
    read_hits(reader, search);
    if (!json_is_array(kinds) || json_array_size(kinds) > RS_SEARCH_KINDS_MAX)
        fail(reader, "failures");
    for (size_t i = 0; !reader->failed && i < json_array_size(kinds); i++)
        read_kind(reader, json_array_get(kinds, i), search);
}

static void read_sometimes(rs_account_reader *reader, rs_account *account) {
    const json_t *list = json_object_get(reader->object, "sometimes");
    if (!json_is_array(list) || json_array_size(list) > 64) fail(reader, "sometimes");
    for (size_t i = 0; !reader->failed && i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        account->sometimes[account->sometimes_count++] = strdup(text_of(reader, object, "text"));
        account->search.sometimes[i] = integer_of(reader, object, "lives");
    }
}

static void read_plugins(rs_account_reader *reader, rs_account *account) {
    account->plugins = json_incref(json_object_get(reader->object, "plugins"));
    if (!json_is_array(account->plugins)) fail(reader, "plugins");
    for (size_t i = 0; !reader->failed && i < json_array_size(account->plugins); i++) {
        text_of(reader, json_array_get(account->plugins, i), "file");
        hex_of(reader, json_array_get(account->plugins, i), "hash");
    }
}

static void read_account(rs_account_reader *reader, rs_account *account) {
    const json_t *object = reader->object;
    account->plan = json_incref(json_object_get(object, "plan"));
    if (!json_is_object(account->plan)) fail(reader, "plan");
    account->name = strdup(text_of(reader, object, "scenario"));
    account->file = strdup(text_of(reader, object, "file"));
    account->envelope = strdup(text_of(reader, object, "envelope"));
    account->build = strdup(text_of(reader, object, "build"));
    read_plugins(reader, account);
    account->first_seed = hex_of(reader, object, "first_seed");
    account->last_seed = hex_of(reader, object, "last_seed");
    account->shards = integer_of(reader, object, "shards");
    account->shard = integer_of(reader, object, "shard");
    if (!account->shards || account->shard > account->shards) fail(reader, "shard");
    if (account->first_seed > account->last_seed) fail(reader, "last_seed");
    read_search(reader, &account->search);
    read_sometimes(reader, account);
    if (!reader->failed && !is_sane(account)) fail(reader, "failures");
}

bool rs_account_read(rs_account *account, const char *path, char *why, size_t bytes) {
    json_error_t error;
    json_t *object = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    *account = (rs_account){0};
    if (!object) {
        snprintf(why, bytes, "%.120s", error.text);
        return false;
    }
    const char *schema = json_string_value(json_object_get(object, "schema"));
    rs_account_reader reader = {.object = object, .why = why, .bytes = bytes};
    if (schema && strcmp(schema, RS_ACCOUNT_MARK) == 0) {
        read_account(&reader, account);
    } else {
        reader.failed = true;
        snprintf(why, bytes,
                 "this is no %s, as `respawn explore --export-json` writes them; results of runs "
                 "are not joined: their times are of one machine",
                 RS_ACCOUNT_MARK);
    }
    json_decref(object);
    if (reader.failed) rs_account_fini(account);
    return !reader.failed;
}
