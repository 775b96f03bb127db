/* page.h: the report as one HTML file, for any browser, without network: the page that lies in this
 * room, with what is told inside it as JSON. What the JSON is of, the page sees by its `format`.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WEB_PAGE_H
#define RS_WEB_PAGE_H

#include "runtime/base/error.h"

#include <stdio.h>

/* What every page has in its head, see rs_file_open. */
#define RS_PAGE_MARK "respawn.page/1"

/* rs_page_tell writes `what` to `json`, as one JSON value. */
typedef rs_err rs_page_tell(const void *what, FILE *json);

/* rs_page_write writes the page of what `tell` writes of `what`. Any text may be in there.
 * Errors: RS_EIO when the stream takes no more, or `tell` fails. */
rs_err rs_page_write(rs_page_tell *tell, const void *what, FILE *stream);

#endif
