/* verdict_html.c: a verdict as a page: what verdict_json.c writes, in the page of reports/web.
 * SPDX-License-Identifier: MIT
 */
#include "reports/formats/verdict.h"
#include "reports/web/page.h"

static rs_err tell(const void *verdict, FILE *json) {
    return rs_verdict_json(verdict, json);
}

rs_err rs_verdict_html(const rs_verdict *verdict, FILE *stream) {
    return rs_page_write(tell, verdict, stream);
}
