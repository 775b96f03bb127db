/* application_env.c: a list of applications, each with a list of values. There are a handful of
 * either. SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_env.h"

#include "runtime/otp/packed_term.h"
#include "runtime/otp/shape.h"

#include <string.h>

static size_t value_bytes(uint32_t count) {
    return sizeof(rs_env_value) + count * sizeof(uint64_t);
}

/* ---------------------------------------------------------------- finding */

static rs_env_scope **find_scope(const rs_application_env *env, rs_atom application) {
    rs_env_scope **at = (rs_env_scope **)(uintptr_t)&env->scopes;
    while (*at && (*at)->application != application) at = &(*at)->next;
    return at;
}

/* Where the key is, or belongs. */
static rs_env_value **find_place(rs_env_scope *scope, rs_atom key) {
    rs_env_value **at = &scope->values;
    while (*at && rs_term_compare((*at)->key, key) < 0) at = &(*at)->next;
    return at;
}

const rs_env_value *rs_application_env_values(const rs_application_env *env, rs_atom application) {
    const rs_env_scope *scope = *find_scope(env, application);
    return scope ? scope->values : NULL;
}

const rs_env_value *rs_application_env_find(const rs_application_env *env, rs_atom application,
                                            rs_atom key) {
    const rs_env_value *value = rs_application_env_values(env, application);
    while (value && value->key != key) value = value->next;
    return value;
}

/* ---------------------------------------------------------------- setting */

static rs_env_scope *take_scope(rs_application_env *env, rs_atom application) {
    rs_env_scope **at = find_scope(env, application);
    if (!*at) {
        *at = rs_alloc(sizeof **at);
        (*at)->application = application;
    }
    return *at;
}

static void remove_at(rs_env_value **at) {
    rs_env_value *gone = *at;
    *at = gone->next;
    rs_free(gone, value_bytes(gone->count));
}

void rs_application_env_put(rs_application_env *env, rs_atom application, rs_atom key,
                            const uint64_t *words, uint32_t count) {
    rs_env_value *made = rs_alloc(value_bytes(count));
    rs_env_value **at = find_place(take_scope(env, application), key);
    if (*at && (*at)->key == key) remove_at(at);
    made->key = key;
    made->count = count;
    memcpy(made->words, words, count * sizeof *words);
    made->next = *at;
    *at = made;
}

static bool read_value(rs_application_env *env, rs_atom application,
                       const rs_parameter *parameter) {
    rs_atom key = rs_atom_find(parameter->key);
    rs_term term = 0;
    if (!key || rs_term_parse(parameter->value, &term) != RS_OK) return false;
    uint64_t words[RS_PACKED_TERM_WORDS];
    uint32_t count = rs_packed_term_write(term, words);
    bool fits = !rs_packed_term_is_cut(term, words, count);
    rs_term_release(term);
    if (fits) rs_application_env_put(env, application, key, words, count);
    return fits;
}

bool rs_application_env_read(rs_application_env *env, rs_atom application,
                             const rs_parameter *parameters, const char **wrong) {
    for (const rs_parameter *one = parameters; one && one->key; one++) {
        if (read_value(env, application, one)) continue;
        *wrong = one->value;
        return false;
    }
    return true;
}

bool rs_application_env_read_config(rs_application_env *env, const rs_config *config,
                                    const char **wrong) {
    for (; config && config->application; config++) {
        rs_atom application = rs_shape_word(config->application);
        if (!rs_application_env_read(env, application, config->parameters, wrong)) return false;
    }
    return true;
}

void rs_application_env_merge(rs_application_env *env, const rs_application_env *layer,
                              rs_atom application) {
    const rs_env_value *value = rs_application_env_values(layer, application);
    for (; value; value = value->next)
        rs_application_env_put(env, application, value->key, value->words, value->count);
}

/* ---------------------------------------------------------------- forgetting */

static void remove_scope_at(rs_env_scope **at) {
    rs_env_scope *gone = *at;
    while (gone->values) remove_at(&gone->values);
    *at = gone->next;
    rs_free(gone, sizeof *gone);
}

void rs_application_env_unset(rs_application_env *env, rs_atom application, rs_atom key) {
    rs_env_scope **scope = find_scope(env, application);
    if (!*scope) return;
    rs_env_value **at = find_place(*scope, key);
    if (*at && (*at)->key == key) remove_at(at);
    if (!(*scope)->values) remove_scope_at(scope);
}

void rs_application_env_forget(rs_application_env *env, rs_atom application) {
    rs_env_scope **at = find_scope(env, application);
    if (*at) remove_scope_at(at);
}

void rs_application_env_clear(rs_application_env *env) {
    while (env->scopes) remove_scope_at(&env->scopes);
}
