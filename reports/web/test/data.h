/* data.h: what a page holds, for tests.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WEB_TEST_DATA_H
#define RS_WEB_TEST_DATA_H

#include "runtime/base/test/test.h"

#include <string.h>

/* data_in returns the data, cut out of `page`, which it ends there. */
static inline char *data_in(char *page) {
    static const char open[] = "<script id=\"data\" type=\"application/json\">";
    char *data = strstr(page, open);
    CHECK(data != NULL);
    data += sizeof open - 1;
    char *end = strstr(data, "</script>");
    CHECK(end != NULL);
    *end = 0;
    return data;
}

#endif
