/* standalone.c: runs a fuzz target over files and folders of files where libFuzzer is not built in,
 * so that every compiler and sanitizer can do it. Options of libFuzzer (-runs=…) are ignored.
 * SPDX-License-Identifier: MIT
 */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int inputs;

static int by_name(const struct dirent **left, const struct dirent **right) {
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int run_file(const char *path, size_t size) {
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size + 1);
    int status = 1;
    if (file && bytes && fread(bytes, 1, size, file) == size) {
        LLVMFuzzerTestOneInput(bytes, size);
        inputs++;
        status = 0;
    } else {
        perror(path);
    }
    free(bytes);
    if (file) fclose(file);
    return status;
}

static int run_path(const char *path);

static int run_folder(const char *path) {
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, by_name), status = count < 0;
    for (int i = 0; i < count; i++) {
        char *child;
        if (entries[i]->d_name[0] != '.' &&
            asprintf(&child, "%s/%s", path, entries[i]->d_name) >= 0) {
            status |= run_path(child);
            free(child);
        }
        free(entries[i]);
    }
    if (count >= 0) free(entries);
    return status;
}

static int run_path(const char *path) {
    struct stat info;
    if (stat(path, &info) != 0) {
        perror(path);
        return 1;
    }
    return S_ISDIR(info.st_mode) ? run_folder(path) : run_file(path, (size_t)info.st_size);
}

int main(int argc, char **argv) {
    int status = 0;
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-') status |= run_path(argv[i]);
    printf("%d passed, %d failed\n", inputs, status);
    return status || !inputs;
}
