/* harvest.h: writes the file of each kind of failure that a search found, as small as it gets.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_HARVEST_H
#define RS_CLI_HARVEST_H

#include "scenarios/cli/options.h"
#include "scenarios/explore/crew.h"
#include "scenarios/explore/search.h"

/* rs_harvest_is_possible says, before anything runs, whether files can be written into the
 * directory that the options name. False, after a message on stderr. */
bool rs_harvest_is_possible(const rs_options *options);

/* rs_harvest writes a file for each kind into the directory that the options name ("failures" when
 * none), several at a time, and notes its path; what cannot be written is told on stderr. Signals
 * are taken as by rs_watch: the first SIGINT, SIGTERM or SIGHUP makes it write what it has, as
 * large as it is, within a few seconds, a second one ends it at once; `hurry`: the first has come
 * already. False when one has come; nothing half written is left behind. */
bool rs_harvest(const rs_options *options, const rs_plan *plan, const rs_crew_options *crew,
                rs_search *search, bool hurry);

/* rs_harvest_is_kept says whether each kind that is shown has its file. False, after a message on
 * stderr. */
bool rs_harvest_is_kept(const rs_search *search);

#endif
