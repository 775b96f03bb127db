/* file.h: files are written whole or not at all: into a temporary file beside the target, which is
 * renamed over it when everything has reached the disk. Whoever looks at the target sees the old
 * content or the new, also after a crash or a full disk.
 * Exceptions: "-" is standard output, and a target that exists and is no regular file (a pipe,
 * /dev/null) is written directly, since renaming would replace the device itself.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FILE_H
#define RS_FILE_H

#include "runtime/base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* A path and the longest reason the system gives. */
#define RS_FILE_MESSAGE (PATH_MAX + 128)

typedef struct rs_file {
    FILE *stream; /* write here */
    char path[PATH_MAX];
    char temporary[PATH_MAX];      /* "" when written directly */
    pid_t owner;                   /* the process that opened it; a forked child leaves no trace */
    char message[RS_FILE_MESSAGE]; /* why the last call failed: `path: reason` */
} rs_file;

/* rs_file_open begins to write `path`. When a non-empty regular file without the text `mark` in its
 * first 256 bytes lies there, it is refused unless `force`: a result never overwrites somebody's
 * source code. NULL is the mark of no file. A symbolic link is followed, not replaced.
 * Errors: RS_EIO (no such directory, not writable, an empty name), RS_ETAKEN (refused; also when
 * `path` is a directory), RS_ERANGE (path too long); file->message tells all. After an error
 * nothing is open. Owner:  ends with rs_file_commit or rs_file_discard. */
rs_err rs_file_open(rs_file *file, const char *path, const char *mark, bool force);

/* rs_file_commit ends the file: flush, fsync, rename. Any earlier write that failed makes it fail.
 * Errors: RS_EIO; the target is as it was before and the temporary file is gone. */
rs_err rs_file_commit(rs_file *file);

/* rs_file_discard ends the file without a trace. Does nothing after commit or a failed open. */
void rs_file_discard(rs_file *file);

#endif
