/* html.c: the result as a page: what json.c writes, in the page of reports/web.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/format.h"
#include "reports/web/page.h"

extern const rs_format rs_format_json;

static rs_err tell(const void *result, FILE *json) {
    return rs_format_json.write(result, json);
}

static rs_err write_html(const rs_result *result, FILE *stream) {
    return rs_page_write(tell, result, stream);
}

extern const rs_format rs_format_html;
const rs_format rs_format_html = {
    .name = "html",
    .about = "a page with charts for any browser, in one file",
    .extension = "html",
    .write = write_html,
    .mark = RS_PAGE_MARK,
};
