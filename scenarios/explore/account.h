/* account.h: what a search has come to, as a file (`respawn.exploration/1`), so that shards of it
 * can be joined. Everything in it is of virtual time: but for lives that were ended by
 * the wall's clock it is the same on any machine.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ACCOUNT_H
#define RS_ACCOUNT_H

#include "scenarios/explore/crew.h"
#include "scenarios/explore/search.h"

#include <jansson.h>
#include <stdio.h>

#define RS_ACCOUNT_MARK "respawn.exploration/1"

typedef struct rs_account {
    json_t *plan;      /* resolved: shards of different plans are none */
    char *name, *file; /* of the scenario */
    char *envelope;    /* in one sentence */
    char *build;       /* as rs_failure_build */
    json_t *plugins;   /* [{file, hash}], in the order they were given */
    uint64_t first_seed, last_seed, shards;
    uint64_t shard; /* 0: it has all of them */
    uint32_t sometimes_count;
    char *sometimes[64]; /* texts of what must be seen in some life */
    rs_search search;
} rs_account;

/* rs_account_init begins the account of a search of `plan`, without lives. Owner: rs_account_fini.
 */
void rs_account_init(rs_account *account, const rs_plan *plan, const rs_crew_options *crew);
void rs_account_fini(rs_account *account);

/* rs_account_write writes it to `out`, as JSON. */
void rs_account_write(const rs_account *account, FILE *out);

/* rs_account_tell writes the same, and with each failure what its file tells: `story`, and the
 * scenario itself as `case`. For who has nothing but this. */
void rs_account_tell(const rs_account *account, FILE *out);

/* rs_account_read reads `path` into a fresh account. Errors: false, with a sentence about the file
 * in `why`; then there is nothing to free. */
bool rs_account_read(rs_account *account, const char *path, char *why, size_t bytes);

/* rs_account_differs says in `why` for which reason two accounts are not of one search; false: they
 * are. */
bool rs_account_differs(const rs_account *a, const rs_account *b, char *why, size_t bytes);

#endif
