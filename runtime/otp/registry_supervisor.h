/* registry_supervisor.h: a registry as a child of a tree: a supervisor over its partitions, which
 * is registered under the registry's name. Of unique keys all partitions go when one does, since
 * their holders may have to agree; duplicate ones do not need each other.
 *
 *     static rs_registry players = {…};
 *     static rs_registry_child parts[4];
 *     rs_registry_supervisor_start(&players, parts, &options, &pid, &reason);
 *
 * Source: rule E6. SPDX-License-Identifier: MIT
 */
#ifndef RS_REGISTRY_SUPERVISOR_H
#define RS_REGISTRY_SUPERVISOR_H

#include "runtime/otp/supervisor.h"
#include "runtime/store/registry.h"

/* A partition, as its supervisor knows it. */
typedef struct rs_registry_child {
    const rs_registry *registry;
    uint32_t number;
    char id[12];
} rs_registry_child;

/* rs_registry_supervisor_start starts the registry; `children` has room for each partition. Both
 * must outlive the supervisor. The name in `options` (may be NULL) is not used. Errors: as
 * rs_supervisor_start. */
rs_start_result rs_registry_supervisor_start(const rs_registry *registry,
                                             rs_registry_child *children,
                                             const rs_start_options *options, rs_pid *pid,
                                             rs_term *reason);

#endif
