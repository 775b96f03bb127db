/* shard.h: which part of a search this process is to do, as told, or as the machinery says in its
 * environment that started it many times.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_SHARD_H
#define RS_CLI_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* rs_shard_read reads "I/N", "auto" (both from the environment) or "auto/N" (I from there).
 * Units: *shard counts from 1, up to *shards.
 * Errors: false, with what would have been right in `why`. */
bool rs_shard_read(const char *text, uint64_t *shard, uint64_t *shards, char *why, size_t bytes);

#endif
