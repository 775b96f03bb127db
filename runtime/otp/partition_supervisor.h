/* partition_supervisor.h: Elixir's PartitionSupervisor: a supervisor of so many children of one
 * spec, which share the work of a server that would be too slow alone. A key leads to one of them,
 * always to the same, without a word to the supervisor.
 *
 *     rs_partition_supervisor_spec spec = rs_partition_supervisor_defaults(&counter);
 *     rs_start_options options = {.name = name, .link = true};
 *     rs_partition_supervisor_start(&spec, &options, &supervisor, &reason);
 *     rs_partition_supervisor_whereis(name, rs_term_integer(account), &pid);
 *
 * The children's ids are "0", "1" and so on, and the calls of supervisor.h work as ever.
 * Source: rule E3.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_PARTITION_SUPERVISOR_H
#define RS_PARTITION_SUPERVISOR_H

#include "runtime/otp/supervisor.h"

/* Their table is one block of a slab, so that it goes with the run's slabs. */
#define RS_PARTITIONS_MAX 4000u

/* Makes of a copy of the spec's args those of one partition, from 0; in the supervisor, once. */
typedef void rs_with_arguments(void *args, uint32_t bytes, uint32_t partition);

typedef struct rs_partition_supervisor_spec {
    const rs_child_spec *child_spec;   /* of each partition, but for the id; copied with its args */
    int64_t partitions;                /* from 1 to RS_PARTITIONS_MAX */
    rs_with_arguments *with_arguments; /* NULL: the args are the same for all */
    rs_strategy strategy;              /* not simple_one_for_one */
    int64_t intensity, period_s;
} rs_partition_supervisor_spec;

/* rs_partition_supervisor_defaults returns Elixir's: one_for_one, 3 restarts in 5 s, and as many
 * partitions as the runtime has cores. */
rs_partition_supervisor_spec rs_partition_supervisor_defaults(const rs_child_spec *child_spec);

/* rs_partition_supervisor_start starts a supervisor and its partitions; options->name must be set.
 * Errors: RS_START_ERROR with {badarg,name}, {badarg,child_spec}, {badarg,{partitions,0}}, or as
 * rs_supervisor_start. */
rs_start_result rs_partition_supervisor_start(const rs_partition_supervisor_spec *spec,
                                              const rs_start_options *options, rs_pid *pid,
                                              rs_term *reason);

/* rs_partition_supervisor_whereis returns in *pid the partition that `key` (borrowed) leads to: an
 * integer to the rest of its magnitude, anything else to that of its hash. It may have died, and
 * not been replaced yet; a replacement is found before the supervisor goes on. Errors: RS_ENOPROC
 * when there is no such supervisor, or the partition has not been started yet; RS_EINVAL when it
 * has been resized to 0. */
rs_err rs_partition_supervisor_whereis(rs_atom name, rs_term key, rs_pid *pid);

/* rs_partition_supervisor_partitions returns in *count to how many keys lead. Errors: RS_ENOPROC.
 */
rs_err rs_partition_supervisor_partitions(rs_atom name, uint32_t *count);

/* rs_partition_supervisor_resize lets keys lead to `partitions`, from 0 to as many as there were at
 * the start, and terminates those above, the lowest first, or restarts those that are missing.
 * Returns {ok,Former} or {error,Reason}, owned by the caller: noproc, {badarg,{partitions,N}}, or
 * {Partition,Reason} of one that did not start; then keys lead to whom they did, and those already
 * started run on. */
rs_term rs_partition_supervisor_resize(rs_atom name, int64_t partitions);

#endif
