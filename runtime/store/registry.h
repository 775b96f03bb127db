/* registry.h: Elixir's Registry: processes stand under keys, with a value beside them, until they
 * take themselves out or die. Of unique keys one process at a time has each; duplicate ones may be
 * had by any number, and by the same process several times.
 * SPDX-License-Identifier: MIT
 *
 *     static rs_registry players = {.keys = RS_REGISTRY_UNIQUE, .value_bytes = sizeof(player)};
 *     players.name = rs_atom_find("players");
 *     rs_registry_register(&players, key, &value, &holder);
 *     rs_registry_send(&players, key, &hello_type, &hello, sizeof hello);
 *
 * A registry is one or more partitions, each a process that is linked to all who stand in it: who
 * dies is taken out, and the death of a partition is an exit signal to all of them. Who registers
 * writes by itself, who looks reads by itself, each in O(1); nobody asks a partition anything. The
 * assembly under a supervisor is in runtime/otp/registry_supervisor.h.
 *
 * All but rs_registry_start_partition return RS_ENOPROC, or find nothing, when the partition is not
 * there. Keys are borrowed, values are copied. What was found is valid until the caller's next look
 * into a registry or a scope, or the end of the callback.
 * Source: rule E6.
 */
#ifndef RS_REGISTRY_H
#define RS_REGISTRY_H

#include "runtime/respawn.h"

typedef enum rs_registry_kind { RS_REGISTRY_UNIQUE, RS_REGISTRY_DUPLICATE } rs_registry_kind;

#define RS_REGISTRY_LISTENERS_MAX 4u

/* The same for all who use a registry; must not change while it runs. */
typedef struct rs_registry {
    rs_atom name;
    rs_registry_kind keys;
    uint32_t partitions;  /* 0: 1. Of unique keys each has some, else each has some processes */
    uint32_t value_bytes; /* of the value beside each entry; at most RS_REGISTRY_VALUE_MAX */
    /* Names of processes that are told by who registers and unregisters; not of deaths. */
    rs_atom listeners[RS_REGISTRY_LISTENERS_MAX];
} rs_registry;

/* A value is what one must know to choose among those under a key. It passes through the stack. */
#define RS_REGISTRY_VALUE_MAX 1024u

/* rs_registry_start_partition starts the partition `number`, from 0; of `options` link, link_tag
 * and role count. It ends with its parent. Errors: RS_ETAKEN, when it runs already; RS_ELIMIT.
 * *reason (may be NULL) is then OTP's, owned by the caller. */
rs_err rs_registry_start_partition(const rs_registry *registry, uint32_t number,
                                   const rs_spawn_options *options, rs_pid *pid, rs_term *reason);

/* ------------------------------------------------------------------ registering */

/* rs_registry_register puts the caller under `key`, with a copy of `value` (NULL: zeroes), and
 * links it to the partition. Errors: RS_ETAKEN, when a unique key is had by a process that lives;
 * *holder (may be NULL) is that one, maybe the caller itself. */
rs_err rs_registry_register(const rs_registry *registry, rs_term key, const void *value,
                            rs_pid *holder);

/* rs_registry_unregister takes the caller from under `key`, all of its entries there; the link goes
 * with its last entry in the partition. RS_OK also when there is none. */
rs_err rs_registry_unregister(const rs_registry *registry, rs_term key);

/* rs_registry_update_value lets update(value, context) change the value of the caller's unique key;
 * false: it has no such key. */
bool rs_registry_update_value(const rs_registry *registry, rs_term key,
                              void (*update)(void *value, void *context), void *context);

/* {register,Registry,Key,Pid,Value} and {unregister,Registry,Key,Pid}: what listeners get. */
typedef struct rs_registry_event {
    rs_term key; /* borrowed from the message */
    rs_atom registry;
    rs_pid pid;
    bool is_gone;          /* unregistered, whether it had the key or not; else registered */
    uint32_t value_bytes;  /* 0 when it is gone */
    unsigned char value[]; /* aligned to 8 */
} rs_registry_event;

extern const rs_type rs_registry_event_type;

/* ------------------------------------------------------------------ looking */

typedef struct rs_registry_entry {
    rs_pid pid;
    unsigned char value[]; /* aligned to 8 */
} rs_registry_entry;

/* Several entries of one registry. */
typedef struct rs_registry_entries {
    uint32_t count;
    uint32_t stride_bytes;
    const rs_registry_entry *first;
} rs_registry_entries;

/* rs_registry_at returns one of them, from 0. */
static inline const rs_registry_entry *rs_registry_at(rs_registry_entries entries, uint32_t index) {
    const char *first = (const char *)entries.first;
    return (const rs_registry_entry *)(const void *)(first + (size_t)index * entries.stride_bytes);
}

/* rs_registry_lookup returns those under `key`, the oldest first; of a unique key none that is
 * dead. Of duplicate ones who has just died may still be there. */
rs_registry_entries rs_registry_lookup(const rs_registry *registry, rs_term key);

/* rs_registry_match returns those for which matches(entry, context) holds. rs_registry_values those
 * of one process. */
typedef bool rs_registry_match_fn(const rs_registry_entry *entry, void *context);
rs_registry_entries rs_registry_match(const rs_registry *registry, rs_term key,
                                      rs_registry_match_fn *matches, void *context);
rs_registry_entries rs_registry_values(const rs_registry *registry, rs_term key, rs_pid pid);

/* rs_registry_dispatch calls act(entries, context) once for each partition that has any under
 * `key`; they are valid until it returns, whatever it looks at. */
void rs_registry_dispatch(const rs_registry *registry, rs_term key,
                          void (*act)(rs_registry_entries entries, void *context), void *context);

/* rs_registry_keys calls visit(key, context) for each entry of `pid`, in no order, and returns how
 * many there are. Keys are borrowed. */
uint32_t rs_registry_keys(const rs_registry *registry, rs_pid pid,
                          void (*visit)(rs_term key, void *context), void *context);

/* rs_registry_count returns how many entries there are, those of the dead included that are not
 * taken out yet. */
uint64_t rs_registry_count(const rs_registry *registry);

/* ------------------------------------------------------------------ names: unique keys only */

/* rs_registry_register_name is rs_registry_register without a value: true is `yes`, false `no`. */
bool rs_registry_register_name(const rs_registry *registry, rs_term key);

/* rs_registry_whereis_name returns who has the key and is alive, 0: nobody. */
rs_pid rs_registry_whereis_name(const rs_registry *registry, rs_term key);

/* rs_registry_send sends to who has the key. Errors: RS_ENOPROC when nobody has. */
rs_err rs_registry_send(const rs_registry *registry, rs_term key, const rs_type *type,
                        const void *payload, uint32_t bytes);

#endif
