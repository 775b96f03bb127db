/* reason.c: why calls failed.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/engine/reason.h"

#include <string.h>

/* skip_pid returns what follows digits and dots up to `>`, or NULL when this is no pid. */
static const char *skip_pid(const char *text) {
    const char *end = text + 1 + strspn(text + 1, "0123456789.");
    return end > text + 1 && *end == '>' ? end + 1 : NULL;
}

static const char *skip_ref(const char *text) {
    if (strncmp(text, "#Ref<", 5) != 0) return NULL;
    return skip_pid(text + 4);
}

/* blot replaces each `<0.1>` by `<>` and each `#Ref<…>` by `#Ref<>`, in place. */
static void blot(char *text) {
    char *to = text;
    const char *next;
    for (const char *from = text; *from;) {
        if ((next = skip_ref(from)) != NULL) {
            memcpy(to, "#Ref<>", 6);
            to += 6;
        } else if (*from == '<' && (next = skip_pid(from)) != NULL) {
            *to++ = '<';
            *to++ = '>';
        } else {
            *to++ = *from;
            next = from + 1;
        }
        from = next;
    }
    *to = 0;
}

void rs_reason_print(rs_term reason, char *text, size_t bytes) {
    char whole[1024];
    rs_term_print(reason, whole, sizeof whole);
    blot(whole);
    size_t length = strnlen(whole, bytes - 1);
    memcpy(text, whole, length);
    text[length] = 0;
}

static uint32_t find_term(const rs_reasons *reasons, rs_term reason) {
    /* acquire pairs with the release of add_text. */
    uint32_t count = rs_load(&reasons->count, rs_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (rs_load(&reasons->terms[i], rs_relaxed) == reason) return i;
    return RS_REASONS_MAX;
}

static uint32_t find_text(const rs_reasons *reasons, const char *text) {
    uint32_t count = rs_load(&reasons->count, rs_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(reasons->texts[i], text) == 0) return i;
    return RS_REASONS_MAX;
}

static uint32_t add_text(rs_reasons *reasons, rs_term reason, const char *text) {
    uint32_t index = rs_load(&reasons->count, rs_relaxed);
    if (index == RS_REASONS_MAX) return index;
    memcpy(reasons->texts[index], text, strlen(text) + 1);
    bool immediate = rs_term_tag(reason) == RS_TAG_ATOM;
    rs_store(&reasons->terms[index], immediate ? reason : 0, rs_relaxed);
    rs_store(&reasons->count, index + 1, rs_release);
    return index;
}

/* Callers may be preempted between lock and unlock, so a second one does not spin: it counts under
 * what is known by then, which a new reason needs at most once. */
uint32_t rs_reasons_index(rs_reasons *reasons, rs_term reason) {
    uint32_t index = find_term(reasons, reason);
    if (index < RS_REASONS_MAX) return index;
    char text[RS_REASON_BYTES];
    rs_reason_print(reason, text, sizeof text);
    index = find_text(reasons, text);
    /* acquire and release: the table behind the lock. */
    if (index < RS_REASONS_MAX || rs_swap(&reasons->lock, 1, rs_acquire)) return index;
    index = find_text(reasons, text);
    if (index == RS_REASONS_MAX) index = add_text(reasons, reason, text);
    rs_store(&reasons->lock, 0, rs_release);
    return index;
}

const char *rs_reasons_text(const rs_reasons *reasons, uint32_t index) {
    return index < RS_REASONS_MAX ? reasons->texts[index] : "other";
}
