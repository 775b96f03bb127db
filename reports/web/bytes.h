/* bytes.h: the page as bytes of the program; embed.cmake makes them of page.html, page.css, the
 * scripts and uPlot.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_WEB_BYTES_H
#define RS_WEB_BYTES_H

#include <stddef.h>

/* Before and behind the data. */
extern const unsigned char rs_page_head[], rs_page_tail[];
extern const size_t rs_page_head_bytes, rs_page_tail_bytes;

#endif
