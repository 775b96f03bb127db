/* name.c: atoms and registered names. The atom table is the one thing that outlives a run: atoms
 * may be made before, to prepare names.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/process/name.h"

#include "runtime/process/region.h"
#include "runtime/process/signal.h"
#include "runtime/process/table.h"

#include <string.h>

typedef struct atom {
    rs_atomic_u64 pid;   /* of the registered process, 0: none */
    rs_atomic_ptr annex; /* an upper room's */
    const char *text;
    uint32_t next; /* in the bucket, 0: last */
    uint32_t hash;
} atom;

#define BUCKETS    65536u
#define TEXT_BYTES ((size_t)RS_ATOMS_MAX * 64u) /* reserved, touched as it fills */

static struct {
    rs_spinlock lock;
    atom *atoms; /* [0] is unused */
    rs_atomic_u32 count;
    uint32_t *buckets;
    char *text, *text_end;
} table;

static uint32_t hash_text(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static uint32_t find(const char *text, uint32_t hash) {
    for (uint32_t index = table.buckets[hash % BUCKETS]; index; index = table.atoms[index].next)
        if (table.atoms[index].hash == hash && strcmp(table.atoms[index].text, text) == 0)
            return index;
    return 0;
}

/* Under the lock. */
static uint32_t add(const char *text, uint32_t hash) {
    uint32_t count = rs_load(&table.count, rs_relaxed);
    size_t bytes = strlen(text) + 1;
    if (count + 1 >= RS_ATOMS_MAX || bytes > RS_ATOM_BYTES_MAX + 1u) return 0;
    if ((size_t)(table.text_end - table.text) < bytes) return 0;
    uint32_t index = count + 1;
    table.atoms[index].text = memcpy(table.text, text, bytes);
    table.text += bytes;
    table.atoms[index].hash = hash;
    table.atoms[index].next = table.buckets[hash % BUCKETS];
    table.buckets[hash % BUCKETS] = index;
    /* release pairs with the acquire in rs_atom_text: the entry is complete. */
    rs_store(&table.count, index, rs_release);
    return index;
}

static bool reserve(void) {
    table.atoms = rs_region_reserve((size_t)RS_ATOMS_MAX * sizeof(atom), RS_PAGE_BYTES);
    table.buckets = rs_region_reserve(BUCKETS * sizeof(uint32_t), RS_PAGE_BYTES);
    table.text = rs_region_reserve(TEXT_BYTES, RS_PAGE_BYTES);
    if (!table.atoms || !table.buckets || !table.text) return false;
    table.text_end = table.text + TEXT_BYTES;
    static const char *const known[] = {
#define X(NAME) #NAME,
        RS_ATOMS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (add(known[i], hash_text(known[i])) != i + 1) return false;
    return true;
}

rs_err rs_atoms_init(void) {
    rs_spin_lock(&table.lock);
    bool ready = table.atoms || reserve();
    rs_spin_unlock(&table.lock);
    return ready ? RS_OK : RS_ENOMEM;
}

void rs_atoms_forget_names(void) {
    for (uint32_t i = 1; i <= rs_load(&table.count, rs_relaxed); i++) {
        rs_store(&table.atoms[i].pid, 0, rs_relaxed);
        rs_store(&table.atoms[i].annex, NULL, rs_relaxed);
    }
}

static uint32_t find_or_add(const char *text, uint32_t hash) {
    rs_spin_lock(&table.lock);
    uint32_t index = find(text, hash);
    if (!index) index = add(text, hash);
    rs_spin_unlock(&table.lock);
    return index;
}

/* Hashing reads the whole text in user mode: a bad pointer crashes the caller before the lock is
 * held. The lock is held in a section only, where nobody is stopped. */
rs_atom rs_atom_find(const char *text) {
    uint32_t hash = hash_text(text);
    bool entered;
    rs_core *core = rs_section_join(&entered);
    uint32_t index = rs_atoms_init() == RS_OK ? find_or_add(text, hash) : 0;
    if (entered) rs_section_leave(core);
    return index ? (rs_atom)index << 4 | RS_TAG_ATOM : 0;
}

static atom *entry_of(rs_atom name) {
    uint64_t index = name >> 4;
    if (rs_term_tag(name) != RS_TAG_ATOM || index == 0) return NULL;
    if (index > rs_load(&table.count, rs_acquire)) return NULL;
    return &table.atoms[index];
}

const char *rs_atom_text(rs_atom name) {
    if (rs_term_tag(name) == RS_TAG_ATOM && !table.atoms) rs_atoms_init();
    const atom *entry = entry_of(name);
    return entry ? entry->text : "";
}

rs_atom rs_name_of(const rs_process *process) {
    uint32_t index = rs_load(&((rs_process *)(uintptr_t)process)->name, rs_relaxed);
    return index ? (rs_atom)index << 4 | RS_TAG_ATOM : 0;
}

rs_err rs_name_take(rs_atom name, rs_process *process) {
    atom *entry = entry_of(name);
    if (!entry || name == RS_ATOM(undefined)) return RS_EINVAL;
    if (rs_name_of(process)) return RS_ETAKEN;
    uint64_t nobody = 0;
    /* acq_rel: who finds the pid finds the process initialised; we come after the last holder. */
    if (!rs_cas_strong(&entry->pid, &nobody, rs_process_pid(process), rs_acq_rel)) return RS_ETAKEN;
    rs_store(&process->name, (uint32_t)(name >> 4), rs_relaxed);
    return RS_OK;
}

void rs_name_release(rs_process *process) {
    atom *entry = entry_of(rs_name_of(process));
    if (!entry) return;
    uint64_t pid = rs_process_pid(process);
    rs_cas_strong(&entry->pid, &pid, 0, rs_acq_rel);
    rs_store(&process->name, 0, rs_relaxed);
}

rs_pid rs_whereis(rs_atom name) {
    atom *entry = entry_of(name);
    return entry ? rs_load(&entry->pid, rs_acquire) : 0;
}

rs_atomic_ptr *rs_name_annex(rs_atom name) {
    atom *entry = entry_of(name);
    return entry ? &entry->annex : NULL;
}

rs_err rs_register(rs_atom name, rs_pid pid) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    rs_err err = RS_EINVAL;
    if (pid == rs_process_pid(self))
        err = rs_name_take(name, self);
    else if (!rs_table_find(core->runtime, pid))
        err = RS_ENOPROC;
    rs_section_leave(core);
    return err;
}

rs_err rs_unregister(rs_atom name) {
    rs_core *core = rs_gate(rs_section_enter());
    rs_process *self = core->current;
    bool ours = name != 0 && rs_name_of(self) == name;
    if (ours) rs_name_release(self);
    rs_section_leave(core);
    return ours ? RS_OK : RS_EINVAL;
}
