/* code.c: see code.h.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code.h"

#include "runtime/otp/version.h"

#include <stdio.h>
#include <string.h>

/* How often a purge looks whether those it has killed are gone. */
#define LOOK_NS UINT64_C(100000)

rs_err rs_code_add(const rs_gen_server *server) {
    return rs_version_add(server);
}

const rs_gen_server *rs_code_current(const rs_gen_server *server) {
    const rs_version *version = rs_version_current(server);
    return version ? version->server : server;
}

/* ---------------------------------------------------------------- loading */

typedef struct job {
    char path[RS_CODE_WHY_BYTES];
    rs_code_object object;
} job;

static void open_object(void *copy) {
    job *this = copy;
    rs_code_object_open(this->path, &this->object);
}

static void refuse(rs_code_object *object, const char *path, rs_err err) {
    object->err = err;
    if (err == RS_ETAKEN)
        snprintf(object->why, sizeof object->why,
                 "%.200s: not_purged: '%.60s' has an old version already; purge it first", path,
                 object->server->name);
    else
        snprintf(object->why, sizeof object->why, "%.200s: %s", path, rs_error_text(err));
}

rs_err rs_code_load(const char *path, rs_code_object *object) {
    job *this = rs_alloc(sizeof *this);
    snprintf(this->path, sizeof this->path, "%s", path);
    rs_blocking(open_object, this, sizeof *this, RS_CODE_LOAD_NS);
    *object = this->object;
    rs_free(this, sizeof *this);
    rs_err err = object->err ? object->err : rs_version_load(object);
    if (err != object->err) refuse(object, path, err);
    return err;
}

/* ---------------------------------------------------------------- purging */

static uint64_t kill_all(const rs_version *version) {
    uint64_t count = 0;
    uint32_t slot = 0;
    for (rs_pid pid; (pid = rs_version_next(version, true, &slot, 1)); count++)
        rs_exit_signal(pid, RS_ATOM(kill));
    return count;
}

/* Again and again, for those that are being born meanwhile. */
uint64_t rs_code_purge(const rs_gen_server *server) {
    const rs_version *old = rs_version_old(server);
    uint64_t killed = 0;
    if (!old) return 0;
    for (uint64_t seen; (seen = kill_all(old));) {
        if (seen > killed) killed = seen;
        rs_sleep(LOOK_NS);
    }
    rs_version_forget(server, old);
    return killed;
}

bool rs_code_soft_purge(const rs_gen_server *server) {
    const rs_version *old = rs_version_old(server);
    uint32_t slot = 0;
    if (!old) return true;
    if (rs_version_next(old, true, &slot, 1)) return false;
    rs_version_forget(server, old);
    return true;
}
