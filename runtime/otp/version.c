/* version.c: see version.h. Whatever is current is read at every start, without a lock: names and
 * versions are only ever added, and lie still.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/version.h"

#include "runtime/process/region.h"
#include "runtime/process/table.h"
#include "runtime/process/text.h"

#include <string.h>

typedef struct name {
    const char *text;
    rs_atomic_ptr current, old; /* rs_version; old: NULL when there is none */
} name;

/* Hangs on the runtime. */
typedef struct code {
    rs_spinlock lock; /* of every change */
    rs_atomic_u32 name_count;
    uint32_t version_count;
    name names[RS_CODE_NAMES_MAX];
    rs_version versions[RS_CODE_OBJECTS_MAX + RS_CODE_NAMES_MAX];
} code;

/* acquire pairs with the release of who has made it. */
static code *the_code(void) {
    return rs_load(&rs_the_runtime->code, rs_acquire);
}

/* In a section. NULL: no memory. */
static code *make_code(rs_core *core) {
    code *made = the_code();
    if (made) return made;
    made = rs_region_reserve(sizeof *made, RS_PAGE_BYTES);
    void *nobody = NULL;
    if (made && !rs_cas_strong(&core->runtime->code, &nobody, made, rs_acq_rel)) {
        rs_region_release(made, sizeof *made);
        return the_code();
    }
    if (made) core->runtime->code_bytes = sizeof *made;
    return made;
}

/* acquire pairs with the release of add_name. */
static name *find_name(code *self, const char *text) {
    uint32_t count = rs_load(&self->name_count, rs_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(self->names[i].text, text) == 0) return &self->names[i];
    return NULL;
}

/* ---------------------------------------------------------------- looking */

static rs_version *read_version(const rs_gen_server *server, bool old) {
    code *self = the_code();
    name *found = self ? find_name(self, server->name) : NULL;
    if (!found) return NULL;
    /* acquire pairs with the release of put: the version is complete. */
    return rs_load(old ? &found->old : &found->current, rs_acquire);
}

rs_version *rs_version_current(const rs_gen_server *server) {
    return read_version(server, false);
}

rs_version *rs_version_old(const rs_gen_server *server) {
    return read_version(server, true);
}

/* ---------------------------------------------------------------- changing; under the lock */

/* release pairs with the acquire of read_version. */
static void put(name *this, rs_version *current, rs_version *old) {
    rs_store(&this->current, current, rs_release);
    rs_store(&this->old, old, rs_release);
}

static name *add_name(code *self, const char *text) {
    uint32_t count = rs_load(&self->name_count, rs_relaxed);
    if (count == RS_CODE_NAMES_MAX) return NULL;
    self->names[count].text = text;
    return &self->names[count];
}

static rs_version *add_version(code *self, const rs_gen_server *server) {
    if (self->version_count == sizeof self->versions / sizeof *self->versions) return NULL;
    rs_version *version = &self->versions[self->version_count++];
    version->server = server;
    return version;
}

static rs_err add(code *self, const rs_gen_server *server) {
    name *found = find_name(self, server->name);
    if (found) {
        const rs_version *current = rs_load(&found->current, rs_relaxed);
        return current->server == server ? RS_OK : RS_ETAKEN;
    }
    name *new = add_name(self, server->name);
    rs_version *version = new ? add_version(self, server) : NULL;
    if (!version) return RS_ELIMIT;
    put(new, version, NULL);
    rs_add(&self->name_count, 1, rs_release);
    return RS_OK;
}

static void end_trial(rs_version *version) {
    uint32_t on = RS_TRIAL_ON;
    rs_cas_strong(&version->trial, &on, RS_TRIAL_OVER, rs_relaxed);
}

static rs_err load(code *self, const rs_code_object *object, rs_pid loader) {
    name *found = find_name(self, object->server->name);
    if (found && rs_load(&found->old, rs_relaxed)) return RS_ETAKEN;
    rs_version *former = found ? rs_load(&found->current, rs_relaxed) : NULL;
    name *this = found ? found : add_name(self, object->server->name);
    rs_version *version = this ? add_version(self, object->server) : NULL;
    if (!version) return RS_ELIMIT;
    version->from = object->from;
    version->to = object->to;
    version->loader = loader;
    rs_text_add(object->text_from, object->text_to);
    if (former) end_trial(former);
    if (former) rs_store(&version->trial, RS_TRIAL_ON, rs_relaxed);
    put(this, version, former);
    if (!found) rs_add(&self->name_count, 1, rs_release);
    return RS_OK;
}

/* ---------------------------------------------------------------- changing */

rs_err rs_version_add(const rs_gen_server *server) {
    rs_core *core = rs_section_enter();
    code *self = make_code(core);
    if (self) rs_spin_lock(&self->lock);
    rs_err err = self ? add(self, server) : RS_ENOMEM;
    if (self) rs_spin_unlock(&self->lock);
    rs_section_leave(core);
    return err;
}

rs_err rs_version_load(const rs_code_object *object) {
    const rs_code_object mine = *object;
    rs_core *core = rs_section_enter();
    code *self = make_code(core);
    if (self) rs_spin_lock(&self->lock);
    rs_err err = self ? load(self, &mine, rs_process_pid(core->current)) : RS_ENOMEM;
    if (self) rs_spin_unlock(&self->lock);
    rs_section_leave(core);
    return err;
}

void rs_version_forget(const rs_gen_server *server, const rs_version *old) {
    rs_core *core = rs_section_enter();
    code *self = the_code();
    rs_spin_lock(&self->lock);
    name *found = find_name(self, server->name);
    if (rs_load(&found->old, rs_relaxed) == old) rs_store(&found->old, NULL, rs_release);
    rs_spin_unlock(&self->lock);
    rs_section_leave(core);
}

/* ---------------------------------------------------------------- the trial */

/* The one on trial is always current. */
static rs_version *tried(const rs_gen_server *server) {
    rs_version *version = rs_version_current(server);
    if (!version || version->server != server) return NULL;
    return rs_load(&version->trial, rs_relaxed) == RS_TRIAL_ON ? version : NULL;
}

bool rs_version_is_on_trial(const rs_gen_server *server) {
    return tried(server) != NULL;
}

/* Relaxed: a count, which a few calls more or less do not matter to. */
bool rs_version_count_call(const rs_gen_server *server) {
    rs_version *version = tried(server);
    if (!version) return false;
    if (rs_add(&version->calls, 1, rs_relaxed) < RS_CODE_TRIAL_CALLS) return true;
    end_trial(version);
    return false;
}

static bool fail(name *this, rs_version *version) {
    uint32_t on = RS_TRIAL_ON;
    rs_version *old = rs_load(&this->old, rs_relaxed);
    if (!old || rs_load(&this->current, rs_relaxed) != version) return false;
    if (!rs_cas_strong(&version->trial, &on, RS_TRIAL_FAILED, rs_relaxed)) return false;
    put(this, old, version);
    return true;
}

bool rs_version_fail(const rs_gen_server *server) {
    rs_version *version = tried(server);
    if (!version) return false;
    rs_core *core = rs_section_enter();
    code *self = the_code();
    rs_spin_lock(&self->lock);
    bool done = fail(find_name(self, server->name), version);
    rs_spin_unlock(&self->lock);
    rs_section_leave(core);
    return done;
}

/* ---------------------------------------------------------------- who runs it */

static bool is_run(const rs_version *version, bool all, const rs_process *process) {
    const void *module = rs_load(&((rs_process *)(uintptr_t)process)->module, rs_relaxed);
    if (module == version->server) return true;
    return all && (uintptr_t)module >= version->from && (uintptr_t)module < version->to;
}

/* In a section. acquire pairs with the release of who filled the slot. */
static rs_pid look_at(const rs_runtime *runtime, uint32_t slot, const rs_version *version,
                      bool all) {
    const rs_process *process = &runtime->processes[(uint32_t)rs_slot_read(&runtime->slots[slot])];
    uint32_t flags = rs_load(&((rs_process *)(uintptr_t)process)->flags, rs_acquire);
    bool alive = flags & RS_PROCESS_USED && !(flags & RS_PROCESS_EXITING);
    return alive && is_run(version, all, process) ? rs_process_pid(process) : 0;
}

/* The section is left between slots, so that walking a million does not hold others' slots back. */
rs_pid rs_version_next(const rs_version *version, bool all, uint32_t *slot, uint32_t step) {
    rs_pid found = 0;
    for (uint32_t slots = *slot + 1; !found && *slot < slots; *slot += step) {
        rs_core *core = rs_section_enter();
        slots = rs_load(&core->runtime->slots_used, rs_acquire);
        if (*slot < slots) found = look_at(core->runtime, *slot, version, all);
        rs_section_leave(core);
    }
    return found;
}
