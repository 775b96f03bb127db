/* form_test.c: what forms mean. Whether a scenario's schema fits the language is the matter of
 * scenarios/cli/schema_test.py.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/form.h"

#include "runtime/base/test/test.h"
#include "scenarios/language/distribution.h"
#include "scenarios/language/key_words.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

static bool matches(const char *form, const char *text) {
    char *pattern = rs_form_pattern(form), *whole = malloc(strlen(pattern) + 8);
    regex_t regex;
    sprintf(whole, "^(%s)$", pattern);
    CHECK_INT(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB), 0);
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    free(whole);
    free(pattern);
    return found;
}

static void check_form(const char *form, const char *expected) {
    json_t *schema = rs_form_schema(form);
    char *text = json_dumps(schema, JSON_COMPACT | JSON_SORT_KEYS);
    CHECK_STR(text, expected);
    free(text);
    json_decref(schema);
}

TEST(words_in_capitals_stand_for_something) {
    CHECK(matches("burst(COUNT every DURATION)", "burst(10k every 5ms)"));
    CHECK(!matches("burst(COUNT every DURATION)", "burst(10k each 5ms)"));
    CHECK(!matches("burst(COUNT every DURATION)", "burst(5ms every 10k)"));
    CHECK(matches("two(DURATION, SHARE)", "two( 1ms,5% )"));
    CHECK(matches("OCCASION of PATTERN", "restart of shop/*"));
    CHECK(!matches("OCCASION of PATTERN", "lunch of shop/*"));
    CHECK(!matches("a.b", "axb"));
}

TEST(alternatives_are_told_apart) {
    check_form("DURATION", "{\"$ref\":\"#/$defs/DURATION\"}");
    check_form("auto | COUNT", "{\"anyOf\":[{\"enum\":[\"auto\"]},{\"$ref\":\"#/$defs/COUNT\"}]}");
    check_form("all | none", "{\"enum\":[\"all\",\"none\"]}");
    check_form("1", "{\"const\":1}");
    check_form("DURATION | {backoff}",
               "{\"anyOf\":[{\"$ref\":\"#/$defs/DURATION\"},{\"$ref\":\"#/$defs/backoff\"}]}");
    check_form("[own | FAULT]+", "{\"items\":{\"anyOf\":[{\"enum\":[\"own\"]},{\"$ref\":\"#/$defs/"
                                 "FAULT\"}]},\"minItems\":1,\"type\":\"array\"}");
}

/* A slip in a table ends the program: its words in capitals must be known, and its sections. */
TEST(every_form_of_the_language_is_one) {
    for (const rs_key_section *section = rs_key_sections; section->name; section++)
        for (const rs_key *key = section->keys; key->name; key++) {
            const char *open = strchr(key->form, '{');
            char name[32] = "";
            json_decref(rs_form_schema(key->form));
            CHECK(*key->about != 0);
            if (open && sscanf(open, "{%31[a-z]}", name) == 1)
                CHECK(rs_key_section_find(name) != NULL);
        }
}

static bool is_distribution(const char *text) {
    bool found = false;
    for (const char *const *form = rs_distribution_forms; *form; form++)
        found |= matches(*form, text);
    return found;
}

/* Up to what only their sizes are wrong with. */
TEST(distributions_are_written_as_their_forms_say) {
    static const char *const texts[] = {
        "5ms",
        "uniform(1ms, 9ms)",
        "uniform(1ms,9ms)",
        "exponential(5ms)",
        "erlang(4, 5ms)",
        "5",
        "uniform(1ms)",
        "exponential()",
        "normal(5ms)",
        "two(1ms, 2ms)",
        "erlang(x,1s)",
        "two(1ms, 50ms, 2%)",
        "uniform( 1ms , 9ms )",
        "uniform",
        "two(1ms,1ms,2)",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rs_distribution distribution;
        const char *why = "";
        bool parsed = rs_distribution_parse(texts[i], &distribution, &why) == RS_OK;
        if (parsed != is_distribution(texts[i]))
            rs_test_fail(__FILE__, __LINE__, "'%s' (%s)", texts[i], why);
    }
}

TEST_MAIN()
