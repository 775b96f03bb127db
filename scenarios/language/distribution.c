/* distribution.c: see distribution.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/distribution.h"

#include "runtime/base/units.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define ARGUMENTS_MAX 3u

/* Longer than any number with its unit. */
#define ARGUMENT_BYTES 32u

/* What the brackets hold, in order. */
typedef struct arguments {
    uint32_t count;
    char at[ARGUMENTS_MAX][ARGUMENT_BYTES];
} arguments;

/* ------------------------------------------------------------------ reading */

static rs_err refuse(const char **why, const char *sentence) {
    *why = sentence;
    return RS_ESYNTAX;
}

/* From `text`, behind the bracket, up to the last one. */
static bool split(const char *text, arguments *found) {
    size_t length = strlen(text);
    if (!length || text[length - 1] != ')') return false;
    for (const char *end = text + length - 1; text <= end && found->count < ARGUMENTS_MAX;) {
        text += strspn(text, " ");
        size_t bytes = strcspn(text, ",)");
        const char *next = text + bytes + 1;
        while (bytes && text[bytes - 1] == ' ') bytes--;
        if (!bytes || bytes >= ARGUMENT_BYTES) return false;
        memcpy(found->at[found->count], text, bytes);
        found->at[found->count++][bytes] = 0;
        text = next;
        if (text > end) return true;
    }
    return false;
}

static rs_err read_constant(const arguments *from, rs_distribution *to, const char **why) {
    to->kind = RS_CONSTANT;
    return rs_units_parse_duration(from->at[0], &to->low_ns, why);
}

static rs_err read_uniform(const arguments *from, rs_distribution *to, const char **why) {
    to->kind = RS_UNIFORM;
    rs_err err = rs_units_parse_duration(from->at[0], &to->low_ns, why);
    if (err == RS_OK) err = rs_units_parse_duration(from->at[1], &to->high_ns, why);
    if (err == RS_OK && to->high_ns < to->low_ns)
        return refuse(why, "the smaller time comes first: uniform(1ms, 9ms)");
    return err;
}

static rs_err read_exponential(const arguments *from, rs_distribution *to, const char **why) {
    to->kind = RS_EXPONENTIAL;
    return rs_units_parse_duration(from->at[0], &to->low_ns, why);
}

static rs_err read_erlang(const arguments *from, rs_distribution *to, const char **why) {
    uint64_t count = 0;
    to->kind = RS_ERLANG;
    rs_err err = rs_units_parse_count(from->at[0], &count, why);
    if (err == RS_OK && (count < 1 || count > RS_ERLANG_MAX))
        return refuse(why, "erlang(STAGES, MEAN) takes 1 to 1000 stages");
    to->count = (uint32_t)count;
    return err == RS_OK ? rs_units_parse_duration(from->at[1], &to->low_ns, why) : err;
}

static rs_err read_two(const arguments *from, rs_distribution *to, const char **why) {
    uint64_t rare_ppm = 0;
    to->kind = RS_TWO;
    rs_err err = rs_units_parse_duration(from->at[0], &to->low_ns, why);
    if (err == RS_OK) err = rs_units_parse_duration(from->at[1], &to->high_ns, why);
    if (err == RS_OK) err = rs_units_parse_share(from->at[2], &rare_ppm, why);
    to->rare_ppm = (uint32_t)rare_ppm;
    return err;
}

static const struct form {
    const char *name; /* NULL: none; a time stands alone */
    uint32_t count;   /* of arguments */
    rs_err (*read)(const arguments *from, rs_distribution *to, const char **why);
    const char *wrong; /* what it is told whose arguments are others */
} forms[] = {
    {"uniform", 2, read_uniform, "it is written uniform(FROM, TO), like uniform(1ms, 9ms)"},
    {"exponential", 1, read_exponential, "it is written exponential(MEAN), like exponential(5ms)"},
    {"erlang", 2, read_erlang, "it is written erlang(STAGES, MEAN), like erlang(4, 5ms)"},
    {"two", 3, read_two, "it is written two(USUAL, RARE, SHARE), like two(1ms, 50ms, 2%)"},
};

const char *const rs_distribution_forms[] = {"DURATION",
                                             "uniform(DURATION, DURATION)",
                                             "exponential(DURATION)",
                                             "erlang(COUNT, DURATION)",
                                             "two(DURATION, DURATION, SHARE)",
                                             NULL};

static const struct form *find_form(const char *text, size_t length) {
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strlen(forms[i].name) == length && strncmp(forms[i].name, text, length) == 0)
            return &forms[i];
    return NULL;
}

static rs_err read_form(const char *text, rs_distribution *read, const char **why) {
    size_t length = strcspn(text, "(");
    arguments found = {.count = 0};
    const struct form *form = find_form(text, length);
    if (!form) return refuse(why, "write a time, or one of " RS_DISTRIBUTION_FORMS);
    if (text[length] && !strchr(text, ')'))
        return refuse(why, "the bracket is not closed; within { } or [ ], where a comma ends a "
                           "value, write it in quotes");
    if (!text[length] || !split(text + length + 1, &found) || found.count != form->count)
        return refuse(why, form->wrong);
    return form->read(&found, read, why);
}

rs_err rs_distribution_parse(const char *text, rs_distribution *distribution, const char **why) {
    rs_distribution read = {.kind = RS_CONSTANT};
    rs_err err;
    bool is_time = (*text >= '0' && *text <= '9') || !*text;
    if (is_time && strlen(text) < ARGUMENT_BYTES) {
        arguments one = {.count = 1};
        strcpy(one.at[0], text);
        err = read_constant(&one, &read, why);
    } else {
        err = read_form(text, &read, why);
    }
    if (err != RS_OK) return err;
    if (read.low_ns > RS_DISTRIBUTION_NS_MAX || read.high_ns > RS_DISTRIBUTION_NS_MAX)
        return refuse(why, "a time of more than 24h");
    *distribution = read;
    return RS_OK;
}

/* ------------------------------------------------------------------ drawing */

static uint64_t draw_erlang(const rs_distribution *this, rs_prng *prng) {
    uint64_t sum_ns = 0;
    for (uint32_t i = 0; i < this->count; i++)
        sum_ns += rs_prng_exponential(prng, this->low_ns / this->count);
    return sum_ns;
}

uint64_t rs_distribution_draw(const rs_distribution *distribution, rs_prng *prng) {
    const rs_distribution *this = distribution;
    switch (this->kind) {
    case RS_CONSTANT: return this->low_ns;
    case RS_UNIFORM: return this->low_ns + rs_prng_below(prng, this->high_ns - this->low_ns + 1);
    case RS_EXPONENTIAL: return rs_prng_exponential(prng, this->low_ns);
    case RS_ERLANG: return draw_erlang(this, prng);
    case RS_TWO: break;
    }
    bool is_rare = rs_prng_below(prng, RS_UNITS_SHARE_WHOLE) < this->rare_ppm;
    return is_rare ? this->high_ns : this->low_ns;
}

/* ------------------------------------------------------------------ telling */

/* Millionths of a whole as percent, exactly. */
static void print_share(uint32_t ppm, char *text, size_t bytes) {
    int used = snprintf(text, bytes, "%" PRIu32 ".%04" PRIu32, ppm / 10000, ppm % 10000);
    while (text[used - 1] == '0') used--;
    if (text[used - 1] == '.') used--;
    snprintf(text + used, bytes - (size_t)used, "%%");
}

const char *rs_distribution_print(const rs_distribution *distribution,
                                  char text[RS_DISTRIBUTION_TEXT_BYTES]) {
    const rs_distribution *this = distribution;
    const size_t bytes = RS_DISTRIBUTION_TEXT_BYTES;
    char share[16];
    print_share(this->rare_ppm, share, sizeof share);
    switch (this->kind) {
    case RS_CONSTANT: snprintf(text, bytes, "%" PRIu64 "ns", this->low_ns); break;
    case RS_UNIFORM:
        snprintf(text, bytes, "uniform(%" PRIu64 "ns, %" PRIu64 "ns)", this->low_ns, this->high_ns);
        break;
    case RS_EXPONENTIAL: snprintf(text, bytes, "exponential(%" PRIu64 "ns)", this->low_ns); break;
    case RS_ERLANG:
        snprintf(text, bytes, "erlang(%" PRIu32 ", %" PRIu64 "ns)", this->count, this->low_ns);
        break;
    case RS_TWO:
        snprintf(text, bytes, "two(%" PRIu64 "ns, %" PRIu64 "ns, %s)", this->low_ns, this->high_ns,
                 share);
        break;
    }
    return text;
}
