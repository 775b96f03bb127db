/* code.h: hot code: a module is replaced while its processes live. A shared object says by
 * RS_CODE_MODULE (code_object.h) what it is another version of; loading it makes that current, and
 * what was current before old. There are at most these two. Processes go on with the version they
 * have until rs_upgrade_all (upgrade.h), or rs_sys_change_code, has changed them.
 * Source: rules H1, H2.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CODE_H
#define RS_CODE_H

#include "runtime/otp/code_object.h"

/* rs_code_add makes `server`, a module of the program itself, the first version of its name.
 * Errors: RS_ETAKEN when the name has another, RS_ELIMIT, RS_ENOMEM. */
rs_err rs_code_add(const rs_gen_server *server);

/* rs_code_load loads the file at `path`; returns object->err, and object->why tells it in words.
 * The caller waits, and others run. Where there was a version before, the new one is on trial: see
 * rs_upgrade_back_type. Under the virtual clock it takes RS_CODE_LOAD_NS.
 * Errors: as rs_code_object_open; RS_ETAKEN, not_purged: there is an old version. */
rs_err rs_code_load(const char *path, rs_code_object *object);
#define RS_CODE_LOAD_NS UINT64_C(1000000) /* measured for a small object: 0.3 to 2 ms */

/* rs_code_current returns the current version of the name that `server` has, `server` itself where
 * nobody has added or loaded one: what a start function starts, as a fully qualified call would. */
const rs_gen_server *rs_code_current(const rs_gen_server *server);

/* rs_code_purge makes the name of `server` one without an old version, killing those that still run
 * it, and returns how many it has killed. rs_code_soft_purge does that only when nobody does;
 * false: somebody does. Both walk the process table. */
uint64_t rs_code_purge(const rs_gen_server *server);
bool rs_code_soft_purge(const rs_gen_server *server);

#endif
