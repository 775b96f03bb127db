/* result_file.c
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/cli/result_file.h"

#include "reports/formats/load.h"
#include "scenarios/cli/streams.h"

#include <errno.h>
#include <string.h>

static bool copy(FILE *stream, const char *first, FILE *whole) {
    char bytes[4096];
    size_t size = strlen(first), length;
    fputs(first, whole);
    while (size <= RS_LOAD_BYTES_MAX && (length = fread(bytes, 1, sizeof bytes, stream)) > 0) {
        fwrite(bytes, 1, length, whole);
        size += length;
    }
    return fflush(whole) == 0 && !ferror(whole) && !ferror(stream);
}

/* No further than a result may be long. */
FILE *rs_result_file_copy(FILE *stream, const char *first, const char *name) {
    FILE *whole = tmpfile();
    if (whole && copy(stream, first, whole)) {
        rewind(whole);
        return whole;
    }
    rs_streams_refuse("%s: no copy can be made of it: %s", name, strerror(errno));
    if (whole) fclose(whole);
    return NULL;
}

FILE *rs_result_file_open(const char *path) {
    FILE *file = fopen(path, "re");
    if (!file) rs_streams_refuse("%s: %s", path, strerror(errno));
    if (!file || fseek(file, 0, SEEK_CUR) == 0) return file;
    FILE *whole = rs_result_file_copy(file, "", path);
    fclose(file);
    return whole;
}

rs_result *rs_result_file_load(FILE *stream, const char *name) {
    char message[1024];
    rs_result *result = NULL;
    if (rs_result_load(stream, name, &result, message, sizeof message) == RS_OK) return result;
    rs_streams_problem("%s", message);
    return NULL;
}

rs_result *rs_result_file_read(const char *path) {
    FILE *file = rs_result_file_open(path);
    if (!file) return NULL;
    rs_result *result = rs_result_file_load(file, path);
    fclose(file);
    return result;
}
