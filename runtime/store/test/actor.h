/* actor.h: processes that register where a test orders, so that a rule about two of them reads as
 * a conversation.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_TEST_ACTOR_H
#define RS_TEST_ACTOR_H

#include "runtime/process/test/puppet.h"
#include "runtime/store/registry.h"

typedef enum act_kind { ACT_REGISTER, ACT_UNREGISTER, ACT_UPDATE, ACT_TRAP, ACT_RETURN } act_kind;

/* What an actor is to do; keys are integers. */
typedef struct act {
    act_kind kind;
    rs_registry registry;
    rs_pid boss;
    int64_t key, value;
} act;
static const rs_type act_type = {.name = "act", .bytes = sizeof(act)};

typedef struct outcome {
    int64_t value; /* an rs_err, or whether it was done */
    rs_pid holder;
} outcome;
static const rs_type outcome_type = {.name = "outcome", .bytes = sizeof(outcome)};

static inline rs_term key_of(int64_t number_of) {
    return rs_term_integer(number_of);
}

static inline void add_to(void *value, void *context) {
    *(int64_t *)value += *(const int64_t *)context;
}

static inline outcome do_act(act *this) {
    outcome out = {0};
    const rs_registry *registry = &this->registry;
    rs_term key = key_of(this->key);
    switch (this->kind) {
    case ACT_REGISTER:
        out.value = rs_registry_register(registry, key, &this->value, &out.holder);
        break;
    case ACT_UNREGISTER: out.value = rs_registry_unregister(registry, key); break;
    case ACT_UPDATE:
        out.value = rs_registry_update_value(registry, key, add_to, &this->value);
        break;
    case ACT_TRAP: rs_trap_exit(true); break;
    default: break;
    }
    return out;
}

static inline bool is_act(const rs_message *message, void *context) {
    (void)context;
    return message->type == &act_type;
}

static inline void actor(const void *args, uint32_t bytes) {
    UNUSED_ARGS;
    for (;;) {
        act this = *(const act *)(const void *)rs_receive(is_act, NULL, RS_FOREVER)->payload;
        if (this.kind == ACT_RETURN) return;
        const outcome out = do_act(&this);
        rs_send(this.boss, &outcome_type, &out, sizeof out);
    }
}

static inline rs_pid new_actor(void) {
    rs_pid pid = rs_spawn(actor, NULL, 0);
    CHECK(pid != 0);
    return pid;
}

static inline bool is_outcome_of(const rs_message *message, void *context) {
    return message->type == &outcome_type && message->from == *(const rs_pid *)context;
}

static inline outcome let(rs_pid pid, act_kind kind, const rs_registry *registry, int64_t key,
                          int64_t value) {
    const act this = {
        .kind = kind, .registry = *registry, .boss = rs_self(), .key = key, .value = value};
    rs_send(pid, &act_type, &this, sizeof this);
    const rs_message *message = rs_receive(is_outcome_of, &pid, LONG_NS);
    CHECK(message != NULL);
    return *(const outcome *)(const void *)message->payload;
}

static inline void registers(rs_pid pid, const rs_registry *registry, int64_t key, int64_t value) {
    CHECK_INT(let(pid, ACT_REGISTER, registry, key, value).value, RS_OK);
}

static inline void is_refused(rs_pid pid, const rs_registry *registry, int64_t key, rs_pid holder) {
    outcome out = let(pid, ACT_REGISTER, registry, key, 0);
    CHECK_INT(out.value, RS_ETAKEN);
    CHECK_INT(out.holder, holder);
}

static inline void unregisters(rs_pid pid, const rs_registry *registry, int64_t key) {
    CHECK_INT(let(pid, ACT_UNREGISTER, registry, key, 0).value, RS_OK);
}

static inline rs_registry make_registry(const char *name, rs_registry_kind kind,
                                        uint32_t partitions) {
    return (rs_registry){.name = rs_atom_find(name),
                         .keys = kind,
                         .partitions = partitions,
                         .value_bytes = sizeof(int64_t)};
}

static inline rs_pid start_partition(const rs_registry *registry, uint32_t which) {
    rs_pid pid = 0;
    CHECK_INT(rs_registry_start_partition(registry, which, NULL, &pid, NULL), RS_OK);
    return pid;
}

/* Each of the entries as {pid, value}. */
typedef struct pair {
    rs_pid pid;
    int64_t value;
} pair;

static inline int64_t value_in(const rs_registry_entry *entry) {
    return *(const int64_t *)(const void *)entry->value;
}

static inline void entries_are(rs_registry_entries entries, const pair *expected, uint32_t count) {
    CHECK_INT(entries.count, count);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_INT(rs_registry_at(entries, i)->pid, expected[i].pid);
        CHECK_INT(value_in(rs_registry_at(entries, i)), expected[i].value);
    }
}

#define FOUND(REGISTRY, KEY, ...)                                                                  \
    entries_are(rs_registry_lookup(REGISTRY, key_of(KEY)), (const pair[]){__VA_ARGS__},            \
                sizeof((const pair[]){__VA_ARGS__}) / sizeof(pair))

static inline void not_found(const rs_registry *registry, int64_t key) {
    CHECK_INT(rs_registry_lookup(registry, key_of(key)).count, 0);
}

/* Until there are so many entries. */
static inline void await_count(const rs_registry *registry, uint64_t count) {
    for (int i = 0; i < 3000 && rs_registry_count(registry) != count; i++) wait_ns(MS);
    CHECK_INT(rs_registry_count(registry), count);
}

#endif
