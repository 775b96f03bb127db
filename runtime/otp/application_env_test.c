/* application_env_test.c: what the environment refuses, and that it is found among many.
 * Source: rule A7; what OTP does with it is in test/application.cases.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/application_env.h"

#include "runtime/base/prng.h"
#include "runtime/otp/application_controller.h"
#include "runtime/otp/packed_term.h"
#include "runtime/process/test/puppet.h"

static rs_atom word(const char *text) {
    return rs_atom_find(text);
}

/* ---------------------------------------------------------------- against a plain table */

#define APPLICATIONS 4
#define KEYS         8

static int64_t model[APPLICATIONS][KEYS]; /* 0: undefined */

static rs_atom name_of(const char *kind, uint32_t index) {
    char text[8];
    snprintf(text, sizeof text, "%s%u", kind, index);
    return word(text);
}

static void agrees(const rs_application_env *env, uint32_t application) {
    rs_atom name = name_of("a", application);
    uint32_t count = 0, listed = 0;
    for (uint32_t key = 0; key < KEYS; key++) {
        const rs_env_value *value = rs_application_env_find(env, name, name_of("k", key));
        int64_t expected = model[application][key];
        count += expected != 0;
        CHECK((value != NULL) == (expected != 0));
        if (value) CHECK_INT(rs_term_to_integer(value->words[0]), expected);
    }
    const rs_env_value *value = rs_application_env_values(env, name);
    for (; value; value = value->next, listed++)
        if (value->next) CHECK(rs_term_compare(value->key, value->next->key) < 0);
    CHECK_INT(listed, count);
}

static void change_both(rs_application_env *env, rs_prng *chance) {
    uint32_t application = (uint32_t)rs_prng_below(chance, APPLICATIONS);
    uint32_t key = (uint32_t)rs_prng_below(chance, KEYS);
    rs_atom name = name_of("a", application);
    uint64_t value = rs_term_integer(1 + (int64_t)rs_prng_below(chance, 1000));
    switch (rs_prng_below(chance, 8)) {
    case 0:
        rs_application_env_forget(env, name);
        memset(model[application], 0, sizeof model[application]);
        break;
    case 1:
    case 2:
        rs_application_env_unset(env, name, name_of("k", key));
        model[application][key] = 0;
        break;
    default:
        rs_application_env_put(env, name, name_of("k", key), &value, 1);
        model[application][key] = rs_term_to_integer(value);
    }
}

static void is_as_a_table(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_application_env env = {0};
    rs_prng chance;
    rs_prng_init(&chance, 1, "application_env");
    for (int i = 0; i < 2000; i++) {
        change_both(&env, &chance);
        for (uint32_t j = 0; j < APPLICATIONS; j++) agrees(&env, j);
    }
    rs_application_env_clear(&env);
    CHECK(env.scopes == NULL);
}
TEST(values_are_found_as_in_a_table) {
    run_on(&one_core, is_as_a_table);
}

/* ---------------------------------------------------------------- what is refused */

static const rs_application wrong = {
    .name = "wrong", .env = (const rs_parameter[]){{"a", "1"}, {"b", "{1"}, {NULL, NULL}}};
static const rs_application holds_wrong = {
    .name = "holds", .included_applications = (const rs_application *const[]){&wrong, NULL}};
static const rs_application right = {.name = "right",
                                     .env = (const rs_parameter[]){{"a", "1"}, {NULL, NULL}}};

static const rs_config config[] = {{"right", (const rs_parameter[]){{"a", "2"}, {NULL, NULL}}},
                                   {NULL, NULL}};
static const rs_config wrong_config[] = {
    {"right", (const rs_parameter[]){{"a", "3"}, {"b", "no term"}, {NULL, NULL}}}, {NULL, NULL}};

static void refuses_layers(const rs_controller_options *options) {
    rs_pid pid = 0;
    rs_term reason = 0;
    CHECK_INT(rs_application_controller_start(options, NULL, &pid, &reason), RS_START_ERROR);
    is_term(reason, "{bad_environment_value,\"no term\"}");
}

static void refuses(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_pid pid = 0;
    const rs_controller_options options = {.config = config}, first = {.config = wrong_config},
                                second = {.config = config, .command_line = wrong_config};
    refuses_layers(&first);
    refuses_layers(&second);
    CHECK_INT(rs_application_controller_start(&options, NULL, &pid, NULL), RS_START_OK);
    is_term(rs_application_load(&wrong), "{error,{bad_environment_value,\"{1\"}}");
    is_term(rs_application_load(&holds_wrong), "{error,{bad_environment_value,\"{1\"}}");
    is_term(rs_application_loaded_applications(), "[]");
    is_term(rs_application_get_all_env(word("wrong")), "[]");
    is_term(rs_application_start(&right, RS_TEMPORARY), "ok");
    is_term(rs_application_config_change(wrong_config),
            "{error,{bad_environment_value,\"no term\"}}");
    is_term(rs_application_get_all_env(word("right")), "[{a,2}]");
    rs_gen_server_stop(pid, RS_ATOM(normal), RS_FOREVER);
}

/* A list of `count` numbers. */
static rs_term numbers(uint32_t count) {
    rs_term all[64];
    CHECK(count <= 64);
    for (uint32_t i = 0; i < count; i++) all[i] = rs_term_integer(i);
    return rs_term_list(count, all);
}

static void refuses_large(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term small = numbers(3), large = numbers(64), back = 0;
    is_term(rs_application_set_env(word("x"), word("k"), small, false), "ok");
    is_term(rs_application_set_env(word("x"), word("k"), large, false), "{error,system_limit}");
    CHECK(rs_application_get_env(word("x"), word("k"), &back));
    CHECK(rs_term_equal(back, small));
    rs_term_release(back);
    rs_term_release(small);
    rs_term_release(large);
    rs_gen_server_stop(rs_whereis(word("application_controller")), RS_ATOM(normal), RS_FOREVER);
}

/* Pids, texts and what is nested come back as they were. */
static void keeps_terms(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_term text = term_of("{a,[\"text\",{-3,[]}]}");
    const rs_term both[] = {rs_self(), text};
    rs_term pair = rs_term_tuple(2, both), back = 0;
    is_term(rs_application_set_env(word("x"), word("k"), pair, false), "ok");
    CHECK(rs_application_get_env(word("x"), word("k"), &back));
    CHECK(rs_term_equal(back, pair));
    rs_term_release(back);
    rs_term_release(pair);
    rs_term_release(text);
    rs_gen_server_stop(rs_whereis(word("application_controller")), RS_ATOM(normal), RS_FOREVER);
}

static void leaves_nothing(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    rs_entry *const all[] = {refuses, refuses_large, keeps_terms};
    each_returns_memory(all, sizeof all / sizeof *all);
}
TEST(A7_what_is_no_term_or_too_large_is_refused_and_changes_nothing) {
    everywhere(leaves_nothing);
}

TEST_MAIN()
