/* entries.c: the words of entries.h.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/workers/entries.h"

const rs_type rs_list_entries_type = {.name = "list_entries", .bytes = sizeof(rs_list_entries)};
const rs_type rs_role_entries_type = {.name = "entries", .bytes = sizeof(rs_role_entries)};
