/* files.h: the files that a command shall write. All of them are opened before anything runs, so
 * that an hour's work does not end at a folder that is not there; each is written whole or not at
 * all. Thread: one at a time. SPDX-License-Identifier: MIT
 */
#ifndef RS_CLI_FILES_H
#define RS_CLI_FILES_H

#include "reports/file.h"

#include <stdint.h>

#define RS_FILES_MAX 20u

typedef struct rs_files {
    rs_file at[RS_FILES_MAX]; /* stays where it is: others point to it */
    uint32_t count;
} rs_files;

/* rs_files_open begins to write `path`, as rs_file_open does, and leaves the file in `*file`; with
 * `path` NULL it leaves NULL, and nothing is to be written. False, after a message on stderr, when
 * it cannot be written or two are to go to one file; then none of `files` is open any more. Owner:
 * rs_files_commit, or rs_files_discard. */
bool rs_files_open(rs_files *files, const char *path, const char *mark, bool force, rs_file **file);

/* rs_files_take_stdout tells whether one of them goes to standard output, which then is its own. */
bool rs_files_take_stdout(const rs_files *files);

/* rs_files_commit ends a file; of NULL there is nothing to do. False, after a message on stderr,
 * when it is not there as a whole. */
bool rs_files_commit(rs_file *file);

/* rs_files_commit_told is rs_files_commit for a file that something was to be told to, which ended
 * with `told`: one that nothing or half of it was told to is left out, so that it takes no good
 * one's place. */
bool rs_files_commit_told(rs_file *file, rs_err told);

/* rs_files_discard leaves no file behind that was not committed. */
void rs_files_discard(rs_files *files);

/* rs_files_folder makes the folder `path` unless it is there. False, after a message on stderr,
 * when nothing can be written into it. */
bool rs_files_folder(const char *path);

#endif
