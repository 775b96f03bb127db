/* find.c: what is done with the catalogue: reads the word after `scheduler:`, a name with or
 * without arguments; adds a design to it. SPDX-License-Identifier: MIT
 */
#include "runtime/base/units.h"
#include "runtime/sched/sched.h"

#include <string.h>

/* Longer than every number that rs_units_parse_count reads. */
#define NUMBER_BYTES 32u

const rs_sched_kind *rs_sched_name(const char *text) {
    size_t length = strcspn(text, "(");
    for (const rs_sched_kind *const *kind = rs_scheds; *kind; kind++)
        if (strlen((*kind)->name) == length && strncmp((*kind)->name, text, length) == 0)
            return *kind;
    return NULL;
}

static bool read_number(const rs_sched_parameter *parameter, const char *text, size_t length,
                        uint64_t *value) {
    char number[NUMBER_BYTES];
    const char *why;
    if (!parameter->name || length >= sizeof number) return false;
    memcpy(number, text, length);
    number[length] = 0;
    return rs_units_parse_count(number, value, &why) == RS_OK && *value >= parameter->min &&
           *value <= parameter->max;
}

/* `text` begins behind the bracket. */
static bool read_arguments(const rs_sched_kind *kind, const char *text, uint64_t *parameters) {
    for (size_t i = 0; i < RS_SCHED_PARAMETERS_MAX; i++) {
        text += strspn(text, " ");
        size_t length = strcspn(text, " ,)");
        if (!read_number(&kind->parameters[i], text, length, &parameters[i])) return false;
        text += length;
        text += strspn(text, " ");
        if (strcmp(text, ")") == 0) return true;
        if (*text++ != ',') return false;
    }
    return false;
}

const rs_sched_kind *rs_sched_find(const char *text, uint64_t parameters[RS_SCHED_PARAMETERS_MAX]) {
    const rs_sched_kind *kind = rs_sched_name(text);
    if (!kind) return NULL;
    for (size_t i = 0; i < RS_SCHED_PARAMETERS_MAX; i++)
        parameters[i] = kind->parameters[i].fallback;
    const char *bracket = strchr(text, '(');
    return !bracket || read_arguments(kind, bracket + 1, parameters) ? kind : NULL;
}

rs_err rs_sched_add(const rs_sched_kind *kind) {
    size_t count = 0;
    while (rs_scheds[count]) count++;
    if (count == RS_SCHEDS_MAX) return RS_ELIMIT;
    rs_scheds[count] = kind;
    return RS_OK;
}
