/* conform.h: a case is run in virtual time and told as a trace, which is what OTP does byte for
 * byte. README.md has the formats of both.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CONFORM_H
#define RS_CONFORM_H

#include "scenarios/conform/case.h"

#include <stdio.h>

/* rs_conform_file runs the case in the file `path` and prints its trace to `out`, whole or not at
 * all. On an error `message` says what was wrong.
 * Errors: those of rs_case_read, and RS_ELIMIT: more happens than a trace holds, or there is no end
 * of it. Outside processes; one at a time. */
rs_err rs_conform_file(const char *path, FILE *out, char message[RS_CASE_MESSAGE]);

#endif
