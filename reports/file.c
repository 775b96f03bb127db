/* file.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a file says what it is. */
#define HEAD_BYTES 256

static rs_err fail(rs_file *file, rs_err err, const char *reason) {
    snprintf(file->message, sizeof file->message, "%s: %s", file->path, reason);
    return err;
}

static bool begins_with_mark(const char *path, const char *mark) {
    char head[HEAD_BYTES];
    FILE *stream = fopen(path, "re");
    if (!stream) return false;
    size_t length = fread(head, 1, sizeof head, stream);
    fclose(stream);
    return memmem(head, length, mark, strlen(mark)) != NULL;
}

/* Of what is not there yet; two spellings of one name are one file all the same. */
static void resolve_folder(rs_file *file, const char *path) {
    char copy[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    strcpy(file->path, path);
    strcpy(copy, path);
    if (!*name || !realpath(dirname(copy), real)) return;
    size_t length = strcmp(real, "/") == 0 ? 0 : strlen(real);
    if (length + strlen(name) + 2 > sizeof file->path) return;
    memcpy(file->path, real, length);
    file->path[length] = '/';
    strcpy(file->path + length + 1, name);
}

/* Follows symbolic links, so that the rename replaces what they lead to. */
static rs_err resolve(rs_file *file, const char *path) {
    char real[PATH_MAX];
    if (!*path) {
        snprintf(file->message, sizeof file->message, "the name of the file is empty");
        return RS_EIO;
    }
    if (strlen(path) >= PATH_MAX) {
        snprintf(file->message, sizeof file->message, "%.64s...: the path is too long", path);
        return RS_ERANGE;
    }
    if (realpath(path, real))
        strcpy(file->path, real);
    else
        resolve_folder(file, path);
    return RS_OK;
}

static rs_err open_direct(rs_file *file) {
    file->stream = fopen(file->path, "we");
    return file->stream ? RS_OK : fail(file, RS_EIO, strerror(errno));
}

static rs_err open_temporary(rs_file *file, mode_t mode) {
    int length =
        snprintf(file->temporary, sizeof file->temporary, "%.*s.XXXXXX", PATH_MAX - 8, file->path);
    if (length < 0 || (size_t)length != strlen(file->path) + 7)
        return fail(file, RS_ERANGE, "the path is too long");
    int fd = mkostemp(file->temporary, O_CLOEXEC);
    if (fd < 0) {
        file->temporary[0] = '\0';
        return fail(file, RS_EIO, strerror(errno));
    }
    fchmod(fd, mode); /* mkstemp's 0600 is for secrets; results are for colleagues */
    file->stream = fdopen(fd, "w");
    if (file->stream) return RS_OK;
    close(fd);
    unlink(file->temporary);
    return fail(file, RS_EIO, strerror(errno));
}

static mode_t default_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static rs_err open_over(rs_file *file, const struct stat *there, const char *mark, bool force) {
    if (S_ISDIR(there->st_mode)) return fail(file, RS_ETAKEN, "is a directory");
    if (!S_ISREG(there->st_mode)) return open_direct(file);
    if (access(file->path, W_OK) != 0) return fail(file, RS_EIO, strerror(errno));
    bool own = mark && begins_with_mark(file->path, mark);
    if (!own && !force && there->st_size > 0)
        return fail(file, RS_ETAKEN, "exists and is no file of this kind; --force overwrites it");
    return open_temporary(file, there->st_mode & 0777);
}

rs_err rs_file_open(rs_file *file, const char *path, const char *mark, bool force) {
    struct stat there;
    *file = (rs_file){.owner = getpid()};
    if (strcmp(path, "-") == 0) {
        strcpy(file->path, "standard output");
        file->stream = stdout;
        return RS_OK;
    }
    rs_err err = resolve(file, path);
    if (err) return err;
    if (stat(file->path, &there) == 0) return open_over(file, &there, mark, force);
    if (errno != ENOENT) return fail(file, RS_EIO, strerror(errno));
    return open_temporary(file, default_mode());
}

/* The rename itself is on disk only when the directory is; failing here leaves a good file. */
static void sync_directory(const char *path) {
    char copy[PATH_MAX];
    strcpy(copy, path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

static rs_err commit_temporary(rs_file *file) {
    bool written =
        fflush(file->stream) == 0 && !ferror(file->stream) && fsync(fileno(file->stream)) == 0;
    int reason = errno;
    bool closed = fclose(file->stream) == 0;
    if (written && !closed) reason = errno;
    file->stream = NULL;
    if (written && closed && rename(file->temporary, file->path) == 0) {
        sync_directory(file->path);
        return RS_OK;
    }
    if (written && closed) reason = errno;
    unlink(file->temporary);
    return fail(file, RS_EIO, reason ? strerror(reason) : "a write failed");
}

rs_err rs_file_commit(rs_file *file) {
    errno = 0;
    if (file->temporary[0]) return commit_temporary(file);
    bool failed = fflush(file->stream) != 0 || ferror(file->stream);
    int reason = errno;
    if (file->stream != stdout) failed |= fclose(file->stream) != 0;
    file->stream = NULL;
    if (!failed) return RS_OK;
    return fail(file, RS_EIO, reason ? strerror(reason) : "a write failed");
}

void rs_file_discard(rs_file *file) {
    if (!file->stream) return;
    if (file->stream != stdout) fclose(file->stream);
    if (file->temporary[0] && file->owner == getpid()) unlink(file->temporary);
    file->stream = NULL;
}
