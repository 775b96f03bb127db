/* summary.h: what a search has come to, for people.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_SUMMARY_H
#define RS_CLI_SUMMARY_H

#include "scenarios/explore/account.h"

#include <stdio.h>

/* rs_summary_print writes the claim (lives, seeds, envelope, what struck, what was seen) and each
 * kind of failure. `speed` is half a sentence; NULL: it is left out. */
void rs_summary_print(const rs_account *account, const char *speed, FILE *out);

/* rs_summary_status returns the exit status that the search comes to: 1 when some life failed, or
 * something that must happen sometimes never did; 4 when no fault has hit anybody, or no check
 * could look; 6 when lives were ended by the wall's clock. */
int rs_summary_status(const rs_account *account);

#endif
