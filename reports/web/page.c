/* page.c: puts JSON into the page. It stands in a <script> that is no script, which ends where the
 * next one is closed: in JSON a `<` can only be inside of a string, where it may be written as
 * \u003c; so nothing in there can be taken for a tag, whatever it says.
 * SPDX-License-Identifier: MIT
 */
#include "reports/web/page.h"

#include "reports/web/bytes.h"

#include <stdlib.h>
#include <string.h>

static void put_data(const char *at, const char *end, FILE *stream) {
    while (at < end) {
        const char *angle = memchr(at, '<', (size_t)(end - at));
        const char *stop = angle ? angle : end;
        fwrite(at, 1, (size_t)(stop - at), stream);
        if (angle) fputs("\\u003c", stream);
        at = angle ? angle + 1 : end;
    }
}

rs_err rs_page_write(rs_page_tell *tell, const void *what, FILE *stream) {
    char *text = NULL;
    size_t length = 0;
    FILE *json = open_memstream(&text, &length);
    if (!json) return RS_EIO;
    rs_err err = tell(what, json);
    if (fclose(json) != 0) err = RS_EIO;
    if (err == RS_OK) {
        fwrite(rs_page_head, 1, rs_page_head_bytes, stream);
        put_data(text, text + length, stream);
        fwrite(rs_page_tail, 1, rs_page_tail_bytes, stream);
        err = ferror(stream) ? RS_EIO : RS_OK;
    }
    free(text);
    return err;
}
