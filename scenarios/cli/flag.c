/* flag.c: values of flags.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/flag.h"

#include "reports/rows.h"
#include "runtime/base/units.h"
#include "scenarios/cli/baselines.h"
#include "scenarios/cli/plugin_file.h"
#include "scenarios/cli/shard.h"
#include "scenarios/cli/streams.h"

#include <inttypes.h>
#include <string.h>

static void *field_of(rs_options *options, const rs_flag *flag) {
    return (char *)options + flag->field;
}

static bool refuse(const rs_flag *flag, const char *value, const char *why) {
    return rs_streams_refuse("--%s %s: %s", flag->name, value, why);
}

/* ------------------------------------------------------------------ of any field */

bool rs_flag_switch(rs_options *options, const rs_flag *flag, const char *value) {
    (void)value;
    bool *field = field_of(options, flag);
    return *field = true;
}

bool rs_flag_text(rs_options *options, const rs_flag *flag, const char *value) {
    const char **field = field_of(options, flag);
    *field = value;
    return true;
}

static bool read_duration(const rs_flag *flag, const char *value, uint64_t least, uint64_t *ns) {
    const char *why = "";
    if (rs_units_parse_duration(value, ns, &why) != RS_OK) return refuse(flag, value, why);
    return *ns >= least || refuse(flag, value, "must be more than 0");
}

bool rs_flag_duration(rs_options *options, const rs_flag *flag, const char *value) {
    return read_duration(flag, value, flag->least, field_of(options, flag));
}

bool rs_flag_count(rs_options *options, const rs_flag *flag, const char *value) {
    const char *why = "";
    uint64_t *field = field_of(options, flag);
    if (rs_units_parse_count(value, field, &why) != RS_OK) return refuse(flag, value, why);
    if (*field >= flag->least && *field <= flag->most) return true;
    if (flag->most == UINT64_MAX)
        return rs_streams_refuse("--%s %s: expected %" PRIu64 " or more", flag->name, value,
                                 flag->least);
    return rs_streams_refuse("--%s %s: expected %" PRIu64 " to %" PRIu64, flag->name, value,
                             flag->least, flag->most);
}

/* ------------------------------------------------------------------ keys of the scenario */

static bool is_setting(const rs_flag *flag, const char *value) {
    return strchr(value, '=') || refuse(flag, value, "expected KEY=VALUE");
}

bool rs_flag_set(rs_options *options, const rs_flag *flag, const char *value) {
    if (!is_setting(flag, value)) return false;
    options->sets[options->set_count++] = strdup(value);
    return true;
}

bool rs_flag_side_set(rs_options *options, const rs_flag *flag, const char *value) {
    rs_options_side *side = field_of(options, flag);
    if (!is_setting(flag, value)) return false;
    side->sets[side->set_count++] = value;
    return true;
}

/* The seed is a key of the scenario as any other; the language checks it. */
bool rs_flag_seed(rs_options *options, const rs_flag *flag, const char *value) {
    (void)flag;
    char *set = rs_rows_alloc(strlen(value) + sizeof "runtime.seed=");
    sprintf(set, "runtime.seed=%s", value);
    options->sets[options->set_count++] = set;
    options->seed = value;
    return true;
}

/* vary.c reads it. */
bool rs_flag_vary(rs_options *options, const rs_flag *flag, const char *value) {
    (void)flag;
    options->varies[options->vary_count++] = value;
    return true;
}

bool rs_flag_find_limit(rs_options *options, const rs_flag *flag, const char *value) {
    if (strchr(value, '='))
        return refuse(flag, value, "expected a KEY alone; it begins at what the scenario says");
    options->find_limit = value;
    return true;
}

/* ------------------------------------------------------------------ of a search */

/* "1..1000", or one seed. */
bool rs_flag_seeds(rs_options *options, const rs_flag *flag, const char *value) {
    const char *dots = strstr(value, ".."), *why = "";
    char first[32];
    snprintf(first, sizeof first, "%.*s", dots ? (int)(dots - value) : 31, value);
    bool fine = rs_units_parse_count(first, &options->first_seed, &why) == RS_OK;
    options->last_seed = options->first_seed;
    if (fine && dots) fine = rs_units_parse_count(dots + 2, &options->last_seed, &why) == RS_OK;
    options->seeds = value;
    if (!fine) return rs_streams_refuse("--%s %s: expected A..B: %s", flag->name, value, why);
    if (options->first_seed > options->last_seed)
        return refuse(flag, value, "the first is behind the last");
    if (options->last_seed - options->first_seed < UINT64_MAX) return true;
    return refuse(flag, value, "more than 2^64 - 1 seeds cannot be counted");
}

bool rs_flag_shard(rs_options *options, const rs_flag *flag, const char *value) {
    char why[512];
    return rs_shard_read(value, &options->shard, &options->shards, why, sizeof why) ||
           refuse(flag, value, why);
}

/* ------------------------------------------------------------------ of a run */

bool rs_flag_timeout(rs_options *options, const rs_flag *flag, const char *value) {
    options->timeout = value;
    return read_duration(flag, value, 1, &options->timeout_ns);
}

bool rs_flag_life_timeout(rs_options *options, const rs_flag *flag, const char *value) {
    options->life_timeout = value;
    return read_duration(flag, value, 1, &options->life_timeout_ns);
}

bool rs_flag_export(rs_options *options, const rs_flag *flag, const char *value) {
    if (options->export_count == RS_OPTIONS_EXPORTS_MAX)
        return rs_streams_refuse("--%s: at most %u exports", flag->name, RS_OPTIONS_EXPORTS_MAX);
    const rs_format *format = rs_format_find(flag->name + strlen("export-"));
    options->exports[options->export_count++] = (rs_export){format, value};
    return true;
}

/* Looked into at once, so that a wrong file is known before anything runs, and that what it adds is
 * there for the flags behind it. Runs load copies. */
bool rs_flag_plugin(rs_options *options, const rs_flag *flag, const char *value) {
    rs_plugin *plugin = &options->plugins[options->plugin_count++];
    *plugin = (rs_plugin){value, NULL};
    return rs_plugin_file_look(flag->name, plugin) && rs_plugin_file_add(flag->name, plugin);
}

/* Both sides may bring the same words, and the program has them once: looked into behind all
 * flags. */
bool rs_flag_side_plugin(rs_options *options, const rs_flag *flag, const char *value) {
    rs_options_side *side = field_of(options, flag);
    side->plugins[side->plugin_count++] = (rs_plugin){value, NULL};
    return true;
}

/* ------------------------------------------------------------------ of a verdict */

bool rs_flag_threshold(rs_options *options, const rs_flag *flag, const char *value) {
    const char *why = "";
    if (rs_units_parse_share(value, &options->threshold_ppm, &why) != RS_OK)
        return refuse(flag, value, why);
    return options->threshold_ppm || refuse(flag, value, "must be more than 0");
}

bool rs_flag_baseline(rs_options *options, const rs_flag *flag, const char *value) {
    options->baseline = value;
    return rs_baselines_is_name(value) ||
           rs_streams_refuse("--%s %s: a name has small letters, digits, '_' and '-', at most %u",
                             flag->name, value, RS_BASELINES_NAME_MAX);
}
