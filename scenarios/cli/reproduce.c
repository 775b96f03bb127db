/* reproduce.c: the command that repeats a run.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/reproduce.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words of these need no quotes in any shell. */
static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                            "_-./=:,%+@";

void rs_reproduce_word(const char *word, FILE *out) {
    if (*word && word[strspn(word, plain)] == 0) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    fputc('\'', out);
}

/* The command, its scenario, and what was set but the seed. */
static void put_begin(FILE *out, const char *command, const rs_options *options) {
    rs_reproduce_word(program_invocation_name, out);
    fprintf(out, " %s ", command);
    /* Behind "-" it would be a flag. */
    if (options->arguments[0][0] == '-') fputs("./", out);
    rs_reproduce_word(options->arguments[0], out);
    for (uint32_t i = 0; i < options->set_count; i++) {
        if (strncmp(options->sets[i], "runtime.seed=", 13) == 0) continue;
        fputs(" --set ", out);
        rs_reproduce_word(options->sets[i], out);
    }
    for (uint32_t i = 0; i < options->plugin_count; i++) {
        fputs(" --plugin ", out);
        rs_reproduce_word(options->plugins[i].path, out);
    }
}

char *rs_reproduce_search(const rs_options *options, uint64_t seed, const char *life_timeout) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    put_begin(out, "explore", options);
    fprintf(out, " --seeds %" PRIu64 "..%" PRIu64, seed, seed);
    if (life_timeout) fprintf(out, " --life-timeout %s", life_timeout);
    fclose(out);
    return text;
}

const char *rs_reproduce_command(rs_result *result, const rs_options *options, uint64_t seed) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    put_begin(out, "run", options);
    fprintf(out, " --seed %" PRIu64, seed);
    if (options->timeout) fprintf(out, " --timeout %s", options->timeout);
    if (options->verify_determinism) fputs(" --verify-determinism", out);
    fclose(out);
    const char *kept = rs_result_text(result, text);
    free(text);
    return kept;
}
