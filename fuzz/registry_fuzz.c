/* registry_fuzz.c: any bytes as what four processes do in a registry and in process groups, and
 * when they are killed, beside two lists that say what must be found. SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"
#include "runtime/base/assert.h"
#include "runtime/store/pg.h"
#include "runtime/store/registry.h"

#include <string.h>

/* A byte is an operation, a process, a key. */
#define ACTORS  4u
#define KEYS    8u
#define ROWS    160u /* of a list: what one input may add */
#define FOR_NOW UINT64_C(10000000)

typedef enum operation {
    REGISTER,
    UNREGISTER,
    UPDATE,
    KILL,
    LOOK,
    JOIN,
    LEAVE,
    LOOK_INTO_GROUP,
} operation;

typedef struct order {
    operation what;
    uint32_t key;
    int64_t value;
    rs_pid boss;
} order;
static const rs_type order_type = {.name = "order"};

typedef struct outcome {
    int64_t result;
    rs_pid holder;
} outcome;
static const rs_type outcome_type = {.name = "outcome"};

/* ---------------------------------------------------------------- what must be found */

typedef struct row {
    uint32_t key, actor;
    rs_pid pid;
    int64_t value;
} row;

/* The oldest first. */
typedef struct list {
    uint32_t count;
    row rows[ROWS];
} list;

static list entries, members;
static rs_pid actors[ACTORS];
static rs_registry registry;
static rs_atom scope;
static bool some_just_died; /* what they leave behind may still be found */
static const uint8_t *input;
static size_t input_bytes;

static void add(list *to, uint32_t key, uint32_t actor, int64_t value) {
    if (to->count < ROWS) to->rows[to->count++] = (row){key, actor, actors[actor], value};
}

static void remove_at(list *from, uint32_t at) {
    memmove(&from->rows[at], &from->rows[at + 1], (--from->count - at) * sizeof from->rows[0]);
}

static void remove_actor(list *from, uint32_t actor) {
    for (uint32_t i = from->count; i-- > 0;)
        if (from->rows[i].actor == actor) remove_at(from, i);
}

static void remove_both(list *from, uint32_t key, uint32_t actor) {
    for (uint32_t i = from->count; i-- > 0;)
        if (from->rows[i].key == key && from->rows[i].actor == actor) remove_at(from, i);
}

/* The newest of both; -1: none. */
static int64_t find(const list *in, uint32_t key, uint32_t actor) {
    for (uint32_t i = in->count; i-- > 0;)
        if (in->rows[i].key == key && in->rows[i].actor == actor) return i;
    return -1;
}

/* Anybody's entry; NULL: none. */
static const row *find_key(const list *in, uint32_t key) {
    for (uint32_t i = 0; i < in->count; i++)
        if (in->rows[i].key == key) return &in->rows[i];
    return NULL;
}

/* ---------------------------------------------------------------- those who do it */

static rs_term term_of(uint32_t key) {
    return rs_term_integer(key);
}

static void negate(void *value, void *context) {
    (void)context;
    *(int64_t *)value = -*(int64_t *)value;
}

static outcome obey(const order *it) {
    outcome out = {0};
    rs_term key = term_of(it->key);
    switch (it->what) {
    case REGISTER:
        out.result = rs_registry_register(&registry, key, &it->value, &out.holder);
        break;
    case UNREGISTER: out.result = rs_registry_unregister(&registry, key); break;
    case UPDATE: out.result = rs_registry_update_value(&registry, key, negate, NULL); break;
    case JOIN: out.result = rs_pg_join(scope, key, rs_self()); break;
    default: out.result = rs_pg_leave(scope, key, rs_self()); break;
    }
    return out;
}

static void act(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    for (;;) {
        const order it = *(const order *)(const void *)rs_receive(NULL, NULL, RS_FOREVER)->payload;
        const outcome out = obey(&it);
        rs_send(it.boss, &outcome_type, &out, sizeof out);
    }
}

static outcome let(uint32_t actor, operation what, uint32_t key, int64_t value) {
    const order it = {what, key, value, rs_self()};
    rs_send(actors[actor], &order_type, &it, sizeof it);
    const rs_message *message = rs_receive(NULL, NULL, FOR_NOW);
    RS_ASSERT(message && message->type == &outcome_type);
    return *(const outcome *)(const void *)message->payload;
}

static void end(rs_pid pid) {
    rs_ref ref = rs_monitor(pid);
    rs_exit_signal(pid, RS_ATOM(kill));
    const rs_message *message = rs_receive(NULL, NULL, FOR_NOW);
    RS_ASSERT(message && message->kind == RS_MESSAGE_DOWN && message->ref == ref);
}

static void settle(void) {
    RS_ASSERT(!rs_receive(NULL, NULL, FOR_NOW));
    some_just_died = false;
}

/* ---------------------------------------------------------------- what is found */

static bool is_of_dead(rs_pid pid) {
    for (uint32_t i = 0; i < ACTORS; i++)
        if (actors[i] == pid) return false;
    return true;
}

/* next_row returns the next row of the key behind `at`, in either direction. */
static const row *next_row(const list *in, uint32_t key, int64_t *at, int step) {
    for (*at += step; *at >= 0 && *at < (int64_t)in->count; *at += step)
        if (in->rows[*at].key == key) return &in->rows[*at];
    return NULL;
}

/* Partitions of duplicate keys are looked into in turn, so only one process's have an order. */
static void check_values(uint32_t key, uint32_t actor) {
    rs_registry_entries found = rs_registry_values(&registry, term_of(key), actors[actor]);
    int64_t at = -1;
    for (uint32_t i = 0; i < found.count; i++) {
        const row *wanted = next_row(&entries, key, &at, 1);
        while (wanted && wanted->actor != actor) wanted = next_row(&entries, key, &at, 1);
        RS_ASSERT(wanted);
        RS_ASSERT(*(const int64_t *)(const void *)rs_registry_at(found, i)->value == wanted->value);
    }
    const row *more = next_row(&entries, key, &at, 1);
    while (more && more->actor != actor) more = next_row(&entries, key, &at, 1);
    RS_ASSERT(!more);
}

static uint32_t count_rows(const list *in, uint32_t key) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < in->count; i++) count += in->rows[i].key == key;
    return count;
}

static void look(uint32_t key) {
    rs_registry_entries found = rs_registry_lookup(&registry, term_of(key));
    uint32_t alive = 0;
    for (uint32_t i = 0; i < found.count; i++) alive += !is_of_dead(rs_registry_at(found, i)->pid);
    RS_ASSERT(alive == count_rows(&entries, key));
    RS_ASSERT(alive == found.count || some_just_died);
    for (uint32_t i = 0; i < ACTORS; i++) check_values(key, i);
    if (!some_just_died) RS_ASSERT(rs_registry_count(&registry) == entries.count);
}

static void look_into_group(uint32_t key) {
    uint32_t count;
    const rs_pid *found = rs_pg_get_members(scope, term_of(key), &count);
    int64_t at = members.count;
    for (uint32_t i = 0; i < count; i++) {
        if (is_of_dead(found[i]) && some_just_died) continue;
        const row *wanted = next_row(&members, key, &at, -1);
        RS_ASSERT(wanted && wanted->pid == found[i]);
    }
    RS_ASSERT(!next_row(&members, key, &at, -1));
}

static void count_one(rs_term term, void *context) {
    RS_ASSERT(find_key(&members, (uint32_t)rs_term_to_integer(term)) || some_just_died);
    ++*(uint32_t *)context;
}

static void look_at_groups(void) {
    uint32_t groups = 0, wanted = 0;
    for (uint32_t key = 0; key < KEYS; key++) wanted += find_key(&members, key) != NULL;
    RS_ASSERT(rs_pg_which_groups(scope, count_one, &groups) == groups);
    RS_ASSERT(groups == wanted || some_just_died);
}

/* ---------------------------------------------------------------- what is done */

static void do_register(uint32_t key, uint32_t actor, int64_t value) {
    const row *other = registry.keys == RS_REGISTRY_UNIQUE ? find_key(&entries, key) : NULL;
    outcome out = let(actor, REGISTER, key, value);
    RS_ASSERT(out.result == (other ? RS_ETAKEN : RS_OK));
    if (other) RS_ASSERT(out.holder == other->pid);
    if (!other) add(&entries, key, actor, value);
}

static void do_update(uint32_t key, uint32_t actor) {
    if (registry.keys != RS_REGISTRY_UNIQUE) return;
    int64_t at = find(&entries, key, actor);
    RS_ASSERT(let(actor, UPDATE, key, 0).result == (at >= 0));
    if (at >= 0) entries.rows[at].value = -entries.rows[at].value;
}

static void do_leave(uint32_t key, uint32_t actor) {
    int64_t at = find(&members, key, actor);
    RS_ASSERT(let(actor, LEAVE, key, 0).result == (at >= 0 ? RS_PG_OK : RS_PG_NOT_JOINED));
    if (at >= 0) remove_at(&members, (uint32_t)at);
}

/* With an odd key nobody waits until it is known. */
static void do_kill(uint32_t key, uint32_t actor) {
    end(actors[actor]);
    remove_actor(&entries, actor);
    remove_actor(&members, actor);
    actors[actor] = rs_spawn(act, NULL, 0);
    some_just_died = true;
    if (key % 2 == 0) settle();
}

static void step(uint8_t byte, int64_t value) {
    uint32_t key = byte >> 5, actor = (byte >> 3) % ACTORS;
    switch ((operation)(byte % 8)) {
    case REGISTER: do_register(key, actor, value); break;
    case UNREGISTER:
        RS_ASSERT(let(actor, UNREGISTER, key, 0).result == RS_OK);
        remove_both(&entries, key, actor);
        break;
    case UPDATE: do_update(key, actor); break;
    case KILL: do_kill(key, actor); break;
    case LOOK: look(key); break;
    case JOIN:
        RS_ASSERT(let(actor, JOIN, key, 0).result == RS_PG_OK);
        add(&members, key, actor, 0);
        break;
    case LEAVE: do_leave(key, actor); break;
    case LOOK_INTO_GROUP:
        look_into_group(key);
        look_at_groups();
        break;
    }
}

static void begin(uint8_t byte, rs_pid *clerks) {
    registry = (rs_registry){.name = rs_atom_find("fuzzed"),
                             .keys = byte % 2 ? RS_REGISTRY_UNIQUE : RS_REGISTRY_DUPLICATE,
                             .partitions = 1 + byte / 2 % 2,
                             .value_bytes = sizeof(int64_t)};
    scope = rs_atom_find("fuzzed_scope");
    entries.count = members.count = 0;
    RS_ASSERT(rs_pg_start(scope, NULL, &clerks[0], NULL) == RS_OK);
    for (uint32_t i = 0; i < registry.partitions; i++)
        RS_ASSERT(rs_registry_start_partition(&registry, i, NULL, &clerks[1 + i], NULL) == RS_OK);
    for (uint32_t i = 0; i < ACTORS; i++) actors[i] = rs_spawn(act, NULL, 0);
}

/* All that was taken is given back, by the last of the dead. */
static void finish(const rs_pid *clerks) {
    rs_memory_use use;
    for (uint32_t i = 0; i < ACTORS; i++) end(actors[i]);
    settle();
    RS_ASSERT(rs_registry_count(&registry) == 0);
    entries.count = members.count = 0;
    look_at_groups();
    for (uint32_t i = 0; i < 1 + registry.partitions; i++) end(clerks[i]);
    settle();
    rs_memory_read(&use);
    RS_ASSERT(use.table == 0 && use.relation == 0 && use.processes == 1);
}

static void play(const void *args, uint32_t bytes) {
    (void)args, (void)bytes;
    rs_pid clerks[3];
    begin(input[0], clerks);
    for (size_t i = 1; i < input_bytes && i < ROWS; i++) step(input[i], (int64_t)i);
    finish(clerks);
}

/* A failed assertion is an exit reason of the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const rs_runtime_options options = {.clock = RS_CLOCK_VIRTUAL, .processes_max = 64};
    rs_term reason = 0;
    if (size == 0) return 0;
    input = data;
    input_bytes = size;
    RS_ASSERT(rs_run(&options, play, NULL, 0, &reason) == RS_OK);
    RS_ASSERT(reason == RS_ATOM(normal));
    return 0;
}
