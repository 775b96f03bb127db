/* error.h: operating errors. A process that dies is no error: it has an exit reason. A programmer
 * error meets RS_ASSERT. One list gives enum, name and text.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_ERROR_H
#define RS_ERROR_H

#define RS_ERRORS(X)                                                                               \
    X(OK, "no error")                                                                              \
    X(EINVAL, "invalid argument")                                                                  \
    X(ELIMIT, "a limit of the system is reached")                                                  \
    X(ENOMEM, "out of memory")                                                                     \
    X(ENOPROC, "no such process")                                                                  \
    X(ETAKEN, "the name is taken")                                                                 \
    X(EIO, "input or output failed")                                                               \
    X(ESYNTAX, "malformed input")                                                                  \
    X(ERANGE, "value out of range")                                                                \
    X(EUNSUPPORTED, "not supported on this machine")

typedef enum rs_err {
#define X(NAME, TEXT) RS_##NAME,
    RS_ERRORS(X)
#undef X
        RS_ERR_COUNT
} rs_err;

/* rs_error_text returns the sentence for `err`; static. */
const char *rs_error_text(rs_err err);

#endif
