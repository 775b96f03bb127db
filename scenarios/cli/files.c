/* files.c
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/files.h"

#include "runtime/base/assert.h"
#include "scenarios/cli/streams.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of two exports to one file the second would replace the first. Devices take any number. */
static bool is_same(const rs_file *a, const rs_file *b) {
    bool whole = a->temporary[0] || a->stream == stdout;
    return whole && strcmp(a->path, b->path) == 0;
}

static bool is_taken(const rs_files *files, const rs_file *file) {
    for (uint32_t i = 0; i < files->count; i++)
        if (is_same(file, &files->at[i])) return true;
    return false;
}

static bool open_next(rs_files *files, const char *path, const char *mark, bool force) {
    rs_file *file = &files->at[files->count];
    if (rs_file_open(file, path, mark, force) != RS_OK)
        return rs_streams_refuse("%s", file->message);
    if (!is_taken(files, file)) return true;
    rs_streams_refuse("%s: two exports to one file", file->path);
    rs_file_discard(file);
    return false;
}

bool rs_files_open(rs_files *files, const char *path, const char *mark, bool force,
                   rs_file **file) {
    *file = NULL;
    if (!path) return true;
    RS_ASSERT(files->count < RS_FILES_MAX);
    if (!open_next(files, path, mark, force)) {
        rs_files_discard(files);
        return false;
    }
    *file = &files->at[files->count++];
    return true;
}

bool rs_files_take_stdout(const rs_files *files) {
    for (uint32_t i = 0; i < files->count; i++)
        if (files->at[i].stream == stdout) return true;
    return false;
}

/* Nothing was written, and not even what kind of file it is. */
static bool is_untouched(const rs_file *file) {
    struct stat found;
    return file->temporary[0] && fflush(file->stream) == 0 &&
           fstat(fileno(file->stream), &found) == 0 && found.st_size == 0;
}

bool rs_files_commit_told(rs_file *file, rs_err told) {
    if (!file || (told == RS_OK && !is_untouched(file)) || ferror(file->stream))
        return rs_files_commit(file);
    rs_streams_refuse("%s: it could not be written: %s", file->path,
                      told == RS_OK ? "there is nothing to tell" : "not enough memory");
    rs_file_discard(file);
    return false;
}

bool rs_files_commit(rs_file *file) {
    return !file || rs_file_commit(file) == RS_OK || rs_streams_refuse("%s", file->message);
}

void rs_files_discard(rs_files *files) {
    for (uint32_t i = 0; i < files->count; i++) rs_file_discard(&files->at[i]);
    files->count = 0;
}

bool rs_files_folder(const char *path) {
    struct stat found;
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return rs_streams_refuse("%s: %s", path, strerror(errno));
    if (stat(path, &found) != 0 || !S_ISDIR(found.st_mode))
        return rs_streams_refuse("%s: is no directory", path);
    return access(path, W_OK | X_OK) == 0 || rs_streams_refuse("%s: %s", path, strerror(errno));
}
