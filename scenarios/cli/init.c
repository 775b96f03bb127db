/* init.c: `respawn init` writes a scenario, its worker and the CI job to begin with: all of it or
 * nothing, and never over something that is there.
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/command.h"
#include "scenarios/cli/exit.h"
#include "scenarios/cli/starter.h"
#include "scenarios/cli/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders that are made at most: the given one, .github, workflows. */
#define FOLDERS_MAX 8u
#define FILES_MAX   16u

/* What was made so far, to be taken back. */
typedef struct rs_init {
    const char *folder;
    char files[FILES_MAX][PATH_MAX], folders[FOLDERS_MAX][PATH_MAX];
    uint32_t file_count, folder_count;
} rs_init;

static bool refuse(const char *path) {
    return rs_streams_refuse("init: %s: %s", path, strerror(errno));
}

/* False: longer than the system takes. */
static bool path_of(const rs_init *init, const rs_starter_file *file, char path[PATH_MAX]) {
    int length = snprintf(path, PATH_MAX, "%s/%s", init->folder, file->path);
    if (length < PATH_MAX) return true;
    errno = ENAMETOOLONG;
    return refuse(init->folder);
}

/* All that are there are told, also links that lead nowhere. */
static bool is_free(const rs_init *init) {
    bool free = true;
    for (const rs_starter_file *file = rs_starter_files; file->path; file++) {
        char path[PATH_MAX];
        struct stat there;
        if (!path_of(init, file, path)) return false;
        if (lstat(path, &there) != 0) continue;
        free = rs_streams_refuse("init: %s is there already, and nothing is overwritten", path);
    }
    return free;
}

/* ------------------------------------------------------------------ writing */

static bool make_folder(rs_init *init, const char *path) {
    if (mkdir(path, 0777) == 0) {
        snprintf(init->folders[init->folder_count++], PATH_MAX, "%s", path);
        return true;
    }
    struct stat there;
    if (errno == EEXIST && stat(path, &there) == 0 && S_ISDIR(there.st_mode)) return true;
    if (errno == EEXIST) errno = ENOTDIR;
    return refuse(path);
}

/* The one that is given and those below it; what that one lies in must be there. */
static bool make_folders(rs_init *init, const char *path) {
    char part[PATH_MAX];
    const char *slash = path + strlen(init->folder);
    for (; slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        if (!make_folder(init, part)) return false;
    }
    return true;
}

static bool put(int fd, const rs_starter_file *file) {
    for (size_t done = 0; done < file->bytes;) {
        ssize_t wrote = write(fd, file->text + done, file->bytes - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        done += (size_t)wrote;
    }
    return true;
}

/* What begins as a script is one. */
static bool write_file(rs_init *init, const rs_starter_file *file) {
    char *path = init->files[init->file_count];
    mode_t mode = memcmp(file->text, "#!", 2) == 0 ? 0777 : 0666;
    if (!path_of(init, file, path) || !make_folders(init, path)) return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return refuse(path);
    init->file_count++;
    bool written = put(fd, file) || refuse(path);
    return (close(fd) == 0 || refuse(path)) && written;
}

static void take_back(rs_init *init) {
    while (init->file_count) unlink(init->files[--init->file_count]);
    while (init->folder_count) rmdir(init->folders[--init->folder_count]);
}

/* ------------------------------------------------------------------ telling */

static void tell(const rs_init *init) {
    printf("written:");
    for (uint32_t i = 0; i < init->file_count; i++) printf(" %s", init->files[i]);
    printf("\n\n"
           "Next, in %s, with RESPAWN the folder that respawn was built in:\n"
           "  1. make RESPAWN=… && respawn run respawn.yaml --plugin ./worker.so\n"
           "  2. commit it; set the variable RESPAWN_URL in the settings of your repository, and "
           "its CI compares each pull request with its base\n"
           "  3. change worker.c, commit that, and ask here: RESPAWN=… ./respawn-ab\n"
           "  4. make RESPAWN=… respawn.schema.json: by this your editor completes respawn.yaml\n",
           init->folder);
}

int rs_command_init(const rs_options *options) {
    rs_init init = {.folder = options->argument_count ? options->arguments[0] : "."};
    if (options->argument_count > 1) {
        rs_streams_refuse("usage: respawn init [DIR] (%u given)", options->argument_count);
        return RS_EXIT_USAGE;
    }
    if (!is_free(&init)) return RS_EXIT_USAGE;
    for (const rs_starter_file *file = rs_starter_files; file->path; file++)
        if (!write_file(&init, file)) {
            take_back(&init);
            return RS_EXIT_USAGE;
        }
    tell(&init);
    return RS_EXIT_PASSED;
}
