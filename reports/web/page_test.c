/* page_test.c: the page as a file; what it shows, browser/page_test.mjs asks a browser.
 * SPDX-License-Identifier: MIT
 */
#include "reports/web/page.h"

#include "reports/web/test/data.h"
#include "runtime/base/test/test.h"

#include <stdlib.h>

static rs_err tell(const void *what, FILE *json) {
    return fputs(what, json) < 0 ? RS_EIO : RS_OK;
}

static rs_err tell_nothing(const void *what, FILE *json) {
    (void)what, (void)json;
    return RS_EIO;
}

static char *page_of(const char *data) {
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    CHECK_INT(rs_page_write(tell, data, stream), RS_OK);
    fclose(stream);
    return text;
}

TEST(data_goes_in_as_it_is) {
    char *page = page_of("{\"a\":[1,2]}");
    CHECK_STR(data_in(page), "{\"a\":[1,2]}");
    free(page);
}

TEST(no_tag_comes_out_of_the_data) {
    char *page = page_of("[\"</script><img onerror=1>\",\"<!--<script>\",\"\\\\<\",\"<\"]");
    CHECK_STR(data_in(page), "[\"\\u003c/script>\\u003cimg onerror=1>\","
                             "\"\\u003c!--\\u003cscript>\",\"\\\\\\u003c\",\"\\u003c\"]");
    free(page);
}

TEST(a_page_says_what_it_is_at_once) {
    char *page = page_of("{}");
    char *mark = strstr(page, RS_PAGE_MARK);
    CHECK(strncmp(page, "<!doctype html>\n", 16) == 0);
    CHECK(mark != NULL);
    CHECK((size_t)(mark - page) + sizeof RS_PAGE_MARK < 256);
    free(page);
}

/* A browser obeys, and loads nothing; but nothing should ask it to. */
TEST(nothing_is_left_open_and_nothing_is_loaded) {
    char *page = page_of("{}");
    CHECK(strstr(page, "default-src 'none'; script-src 'sha256-") != NULL);
    static const char *const words[] = {"@SCRIPT@", "@STYLE@", "@DATA@",  "_HASH@",
                                        " src=\"",  "<link",   "@import", "url("};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(page, words[i])) rs_test_fail(__FILE__, __LINE__, "%s is in there", words[i]);
    CHECK(strstr(page, "Permission is hereby granted") != NULL); /* uPlot's licence */
    free(page);
}

TEST(what_cannot_be_told_makes_no_page) {
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    CHECK_INT(rs_page_write(tell_nothing, NULL, stream), RS_EIO);
    fclose(stream);
    CHECK_INT(length, 0);
    free(text);
}

TEST(a_full_disk_is_reported) {
    FILE *full = fopen("/dev/full", "w");
    CHECK(full != NULL);
    CHECK_INT(rs_page_write(tell, "{}", full), RS_EIO);
    fclose(full);
}

TEST_MAIN()
