/* peer.c: see peer.h.
 * SPDX-License-Identifier: MIT
 */
#include "bench/peers/respawn/peer.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void refuse(int status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("peer: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(status);
}

/* Adds one member to the JSON object of the parameters. */
__attribute__((format(printf, 2, 3))) static void add_param(rs_peer *peer, const char *format,
                                                            ...) {
    size_t length = strlen(peer->params), room = sizeof peer->params - length;
    va_list args;
    va_start(args, format);
    if (length) length += (size_t)snprintf(peer->params + length, room, ", ");
    room = sizeof peer->params - length;
    size_t more = (size_t)vsnprintf(peer->params + length, room, format, args);
    va_end(args);
    if (more >= room) refuse(70, "the line is too long");
}

static const char *find_word(rs_peer *peer, const char *key) {
    size_t length = strlen(key);
    for (int i = 0; i < peer->count; i++) {
        if (strncmp(peer->words[i], key, length) != 0 || peer->words[i][length] != '=') continue;
        peer->used |= UINT64_C(1) << i;
        return peer->words[i] + length + 1;
    }
    return NULL;
}

uint64_t rs_peer_number(rs_peer *peer, const char *key, uint64_t fallback) {
    const char *word = find_word(peer, key);
    uint64_t value = fallback;
    if (word) {
        char *end;
        value = strtoull(word, &end, 10);
        if (end == word || *end || *word == '-') refuse(2, "%s=%s is no number", key, word);
        if (!value && fallback) refuse(2, "%s must be at least 1", key);
    }
    add_param(peer, "\"%s\": %llu", key, (unsigned long long)value);
    return value;
}

int rs_peer_choice(rs_peer *peer, const char *key, const char *const *words) {
    const char *word = find_word(peer, key);
    int choice = 0;
    while (word && words[choice] && strcmp(words[choice], word) != 0) choice++;
    if (!words[choice]) refuse(2, "%s=%s is not known", key, word);
    add_param(peer, "\"%s\": \"%s\"", key, words[choice]);
    return choice;
}

void rs_peer_run(rs_peer *peer, void (*entry)(void *context), void *context) {
    uint64_t threads = rs_peer_number(peer, "threads", 2);
    for (int i = 0; i < peer->count; i++)
        if (!(peer->used >> i & 1))
            refuse(2, "%s does not know %s", peer->workload, peer->words[i]);
    peer->options.threads = (uint32_t)threads;
    const char *failure = rs_world_run(&peer->options, entry, context);
    if (failure) refuse(1, "%s: %s", peer->workload, failure);
}

void rs_peer_tell(rs_peer *peer, uint64_t ops, uint64_t took_ns) {
    peer->ops = ops;
    peer->took_ns = took_ns;
}

void rs_peer_tell_number(rs_peer *peer, const char *name, double value) {
    if (peer->result_count == RS_PEER_RESULTS_MAX) refuse(70, "too many results");
    rs_peer_result *result = &peer->results[peer->result_count++];
    snprintf(result->name, sizeof result->name, "%s", name);
    result->value = value;
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

void rs_peer_tell_percentiles(rs_peer *peer, const char *prefix, uint64_t *samples_ns,
                              uint64_t count) {
    static const struct {
        const char *name;
        uint64_t permille;
    } ranks[] = {{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}, {"max", 1000}};
    if (!count) return;
    qsort(samples_ns, count, sizeof *samples_ns, by_size);
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        uint64_t at = count * ranks[i].permille / 1000;
        char name[RS_PEER_NAME_BYTES];
        snprintf(name, sizeof name, "%s%s", prefix, ranks[i].name);
        rs_peer_tell_number(peer, name, (double)samples_ns[at < count ? at : count - 1]);
    }
}

typedef struct block {
    struct block *next;
    max_align_t memory[];
} block;

void *rs_peer_alloc(rs_peer *peer, uint64_t count, size_t bytes) {
    block *made = count < SIZE_MAX / 2 / bytes ? calloc(1, sizeof *made + count * bytes) : NULL;
    if (!made) refuse(1, "no memory");
    made->next = peer->blocks;
    peer->blocks = made;
    return made->memory;
}

static void free_blocks(rs_peer *peer) {
    for (block *each = peer->blocks; each;) {
        block *next = each->next;
        free(each);
        each = next;
    }
    peer->blocks = NULL;
}

static const rs_peer_workload *const workloads[] = {
    rs_peer_messages, rs_peer_calls, rs_peer_restarts, rs_peer_masses, rs_peer_hostiles};

static const rs_peer_workload *find_workload(const char *name) {
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        for (const rs_peer_workload *workload = workloads[i]; workload->name; workload++)
            if (strcmp(workload->name, name) == 0) return workload;
    return NULL;
}

bool rs_peer_work(rs_peer *peer) {
    const rs_peer_workload *workload = find_workload(peer->workload);
    if (!workload) return false;
    workload->run(peer);
    free_blocks(peer);
    return true;
}

void rs_peer_list(FILE *out) {
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        for (const rs_peer_workload *each = workloads[i]; each->name; each++)
            fprintf(out, " %s", each->name);
}
