/* error.c: texts of the operating errors.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/base/error.h"

static const char *const texts[] = {
#define X(NAME, TEXT) TEXT,
    RS_ERRORS(X)
#undef X
};

const char *rs_error_text(rs_err err) {
    return (unsigned)err < RS_ERR_COUNT ? texts[err] : "unknown error";
}
