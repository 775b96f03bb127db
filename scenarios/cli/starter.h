/* starter.h: what `respawn init` writes. The files lie in scenarios/cli/starter/; the build makes
 * the list of them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_STARTER_H
#define RS_CLI_STARTER_H

#include <stddef.h>

typedef struct rs_starter_file {
    const char *path; /* below the folder that it is written to */
    const unsigned char *text;
    size_t bytes;
} rs_starter_file;

/* rs_starter_files are all of them; ends with a NULL path. */
extern const rs_starter_file rs_starter_files[];

#endif
