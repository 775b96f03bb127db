/* code_file.h: a copy of a shared object's file that the linker may be given: it follows what an
 * object's headers say without looking whether the file has it. Of the room itself.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CODE_FILE_H
#define RS_CODE_FILE_H

#include "runtime/otp/code_object.h"

/* rs_code_file_copy returns a descriptor of a private copy of the file at `path`, whose headers lie
 * within it; -1 after a refusal, which `object` then tells. Never waits for a writer. Any thread.
 * Errors: RS_EIO, RS_ESYNTAX, RS_ELIMIT, as rs_code_object_open has them. */
int rs_code_file_copy(const char *path, rs_code_object *object);

/* rs_code_refuse notes why `object` is of no use; returns false. */
__attribute__((format(printf, 3, 4))) bool rs_code_refuse(rs_code_object *object, rs_err err,
                                                          const char *format, ...);

#endif
