/* schema.c: `respawn schema`: JSON Schemas of what is written and read, for editors and programs.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/schema.h"

#include "reports/formats/shape_schema.h"
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/streams.h"
#include "scenarios/cli/words.h"
#include "scenarios/language/word.h"

#include <stdio.h>

#define SCHEMAS(X)                                                                                 \
    X(scenario, rs_schema_scenario)                                                                \
    X(result, rs_shape_schema_result)                                                              \
    X(events, rs_shape_schema_events)

#define X(WORD, MAKER) #WORD,
const char *const rs_words_schema[] = {SCHEMAS(X) NULL};
#undef X
#define X(WORD, MAKER) MAKER,
static json_t *(*const makers[])(void) = {SCHEMAS(X)};
#undef X

static bool refuse(const char *given) {
    const char *nearest = rs_word_nearest(given, rs_words_schema);
    if (nearest)
        return rs_streams_refuse("there is no schema of '%s' – did you mean '%s'?", given, nearest);
    return rs_streams_refuse("there is no schema of '%s', but of scenario, result and events",
                             given);
}

/* What gets lost is told when standard output is flushed; a reader that goes away is none. */
static int print(json_t *schema) {
    json_dumpf(schema, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(schema);
    return RS_EXIT_PASSED;
}

int rs_command_schema(const rs_options *options) {
    const char *name = options->argument_count ? options->arguments[0] : rs_words_schema[0];
    int index = rs_word_index(name, rs_words_schema);
    if (options->argument_count > 1)
        rs_streams_refuse("usage: respawn schema [scenario|result|events]");
    else if (index < 0)
        refuse(name);
    return options->argument_count > 1 || index < 0 ? RS_EXIT_USAGE : print(makers[index]());
}
