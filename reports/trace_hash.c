/* trace_hash.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/trace_hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t mix(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static void add_word(rs_trace_hash *hash, uint64_t word) {
    hash->state = mix(hash->state + UINT64_C(0x9e3779b97f4a7c15)) ^ mix(word + hash->state);
}

/* Bytes are put together by shifts, not by memcpy, so that byte order does not matter. */
static void add_bytes(rs_trace_hash *hash, const char *bytes, size_t length) {
    for (size_t at = 0; at < length; at += 8) {
        uint64_t word = 0;
        size_t end = length - at < 8 ? length - at : 8;
        for (size_t i = 0; i < end; i++) word |= (uint64_t)(unsigned char)bytes[at + i] << (8 * i);
        add_word(hash, word);
    }
}

static void add_text(rs_trace_hash *hash, const char *text) {
    add_word(hash, text ? strlen(text) : UINT64_MAX);
    if (text) add_bytes(hash, text, strlen(text));
}

void rs_trace_hash_init(rs_trace_hash *hash) {
    *hash = (rs_trace_hash){.state = UINT64_C(0x72657370617776e1)};
}

void rs_trace_hash_add(rs_trace_hash *hash, const rs_trace_event *event) {
    add_word(hash, event->time_ns);
    add_text(hash, event->kind);
    add_text(hash, event->role);
    add_word(hash, event->incarnation);
    add_text(hash, event->reason);
    add_text(hash, event->outcome);
    hash->events++;
}

uint64_t rs_trace_hash_value(const rs_trace_hash *hash) {
    return mix(hash->state ^ mix(hash->events));
}

void rs_trace_hash_print(const rs_trace_hash *hash, char text[RS_TRACE_HASH_TEXT]) {
    snprintf(text, RS_TRACE_HASH_TEXT, "1:%016" PRIx64, rs_trace_hash_value(hash));
}
