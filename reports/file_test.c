/* file_test.c
 * SPDX-License-Identifier: MIT
 */
#include "reports/file.h"
#include "runtime/base/test/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static rs_file file;
static char directory[] = "/tmp/respawn-file-XXXXXX";

static void enter_directory(void) {
    CHECK(mkdtemp(directory) != NULL);
    CHECK_INT(chdir(directory), 0);
}

static void leave_directory(void) {
    DIR *open_directory = opendir(".");
    for (struct dirent *entry; (entry = readdir(open_directory));)
        if (remove(entry->d_name) != 0) CHECK(entry->d_name[0] == '.');
    closedir(open_directory);
    CHECK_INT(rmdir(directory), 0);
}

static int entries(void) {
    int count = -2; /* . and .. */
    DIR *open_directory = opendir(".");
    while (readdir(open_directory)) count++;
    closedir(open_directory);
    return count;
}

static void put(const char *path, const char *text) {
    FILE *stream = fopen(path, "w");
    fputs(text, stream);
    fclose(stream);
}

static void check_content(const char *path, const char *expected) {
    char text[100] = "";
    FILE *stream = fopen(path, "r");
    CHECK(stream != NULL);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    CHECK_STR(text, expected);
}

TEST(the_target_appears_with_the_commit) {
    enter_directory();
    CHECK_INT(rs_file_open(&file, "out.json", NULL, false), RS_OK);
    fputs("whole", file.stream);
    CHECK(access("out.json", F_OK) != 0);
    CHECK_INT(rs_file_commit(&file), RS_OK);
    check_content("out.json", "whole");
    CHECK_INT(entries(), 1);
    leave_directory();
}

TEST(discard_leaves_the_old_file_and_no_other) {
    enter_directory();
    put("out.json", "old");
    CHECK_INT(rs_file_open(&file, "out.json", NULL, true), RS_OK);
    fputs("half of the n", file.stream);
    rs_file_discard(&file);
    rs_file_discard(&file);
    check_content("out.json", "old");
    CHECK_INT(entries(), 1);
    leave_directory();
}

TEST(a_full_disk_leaves_the_old_file_and_no_other) {
    enter_directory();
    put("out.json", "old");
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {4096, 4096};
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_INT(rs_file_open(&file, "out.json", NULL, true), RS_OK);
    for (int i = 0; i < 10000; i++) fputs("more than fits", file.stream);
    CHECK_INT(rs_file_commit(&file), RS_EIO);
    CHECK(strstr(file.message, "out.json: ") != NULL);
    check_content("out.json", "old");
    CHECK_INT(entries(), 1);
    leave_directory();
}

/* A pipe of our own, not /dev/null: with the code broken and as root, a device would be lost. */
static int open_pipe(void) {
    enter_directory();
    CHECK_INT(mkfifo("pipe", 0600), 0);
    return open("pipe", O_RDONLY | O_NONBLOCK);
}

TEST(what_is_no_regular_file_is_written_not_replaced) {
    char text[10] = "";
    int reader = open_pipe();
    CHECK_INT(rs_file_open(&file, "pipe", "respawn.result/", false), RS_OK);
    fputs("text", file.stream);
    CHECK_INT(rs_file_commit(&file), RS_OK);
    CHECK_INT(read(reader, text, sizeof text), 4);
    CHECK_STR(text, "text");
    struct stat there;
    CHECK_INT(stat("pipe", &there), 0);
    CHECK(S_ISFIFO(there.st_mode));
    leave_directory();
}

TEST(a_direct_write_that_fails_is_reported) {
    int reader = open_pipe();
    signal(SIGPIPE, SIG_IGN);
    CHECK_INT(rs_file_open(&file, "pipe", NULL, false), RS_OK);
    close(reader);
    fputs("text", file.stream);
    CHECK_INT(rs_file_commit(&file), RS_EIO);
    CHECK(strstr(file.message, "pipe: Broken pipe") != NULL);
    leave_directory();
}

TEST(a_directory_is_refused) {
    CHECK_INT(rs_file_open(&file, "/tmp", NULL, true), RS_ETAKEN);
    CHECK_STR(file.message, "/tmp: is a directory");
}

TEST(a_missing_parent_is_named) {
    CHECK_INT(rs_file_open(&file, "/nowhere/at/all.json", NULL, false), RS_EIO);
    CHECK_STR(file.message, "/nowhere/at/all.json: No such file or directory");
}

TEST(a_path_that_leads_through_a_file_is_refused) {
    CHECK_INT(rs_file_open(&file, "/etc/passwd/out.json", NULL, false), RS_EIO);
    CHECK_STR(file.message, "/etc/passwd/out.json: Not a directory");
}

TEST(an_unwritable_directory_is_refused) {
    /* /proc takes no files, not even from root. */
    CHECK_INT(rs_file_open(&file, "/proc/out.json", NULL, false), RS_EIO);
    CHECK(strncmp(file.message, "/proc/out.json: ", 16) == 0);
}

TEST(a_path_too_long_is_refused) {
    static char path[2 * PATH_MAX];
    memset(path, 'a', sizeof path - 1);
    CHECK_INT(rs_file_open(&file, path, NULL, false), RS_ERANGE);
    path[PATH_MAX - 3] = '\0';
    CHECK(rs_file_open(&file, path, NULL, false) != RS_OK);
}

TEST(a_foreign_file_is_overwritten_only_by_force) {
    enter_directory();
    put("main.c", "int main(void) { return 0; }\n");
    CHECK_INT(rs_file_open(&file, "main.c", "respawn.result/", false), RS_ETAKEN);
    CHECK(strstr(file.message, "--force") != NULL);
    check_content("main.c", "int main(void) { return 0; }\n");
    CHECK_INT(rs_file_open(&file, "main.c", "respawn.result/", true), RS_OK);
    fputs("{\"format\":\"respawn.result/1.0\"}", file.stream);
    CHECK_INT(rs_file_commit(&file), RS_OK);
    CHECK_INT(rs_file_open(&file, "main.c", "respawn.result/", false), RS_OK);
    rs_file_discard(&file);
    put("empty", "");
    CHECK_INT(rs_file_open(&file, "empty", "respawn.result/", false), RS_OK);
    rs_file_discard(&file);
    leave_directory();
}

TEST(a_link_is_followed_and_modes_are_kept) {
    enter_directory();
    put("real", "old");
    chmod("real", 0640);
    CHECK_INT(symlink("real", "link"), 0);
    CHECK_INT(rs_file_open(&file, "link", NULL, true), RS_OK);
    fputs("new", file.stream);
    CHECK_INT(rs_file_commit(&file), RS_OK);
    struct stat there;
    CHECK_INT(lstat("link", &there), 0);
    CHECK(S_ISLNK(there.st_mode));
    CHECK_INT(stat("real", &there), 0);
    CHECK_INT(there.st_mode & 0777, 0640);
    check_content("real", "new");
    leave_directory();
}

TEST_MAIN()
