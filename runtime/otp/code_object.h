/* code_object.h: from a file to a module that may be run: a shared object says what it has by one
 * symbol. Objects stay where they are until the program ends, over all runs.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_CODE_OBJECT_H
#define RS_CODE_OBJECT_H

#include "runtime/otp/gen_server.h"

/* What program and object must agree on, but for changes that no size shows: those raise the last
 * number. */
#define RS_CODE_ABI                                                                                \
    ((uint64_t)RS_ATOM_INDEX_count << 48 | (uint64_t)sizeof(rs_gen_server) << 32 |                 \
     (uint64_t)sizeof(rs_message) << 16 | 1)

typedef struct rs_code_module {
    uint64_t abi; /* RS_CODE_ABI */
    const rs_gen_server *server;
} rs_code_module;

/* RS_CODE_MODULE(&server) is written once in a shared object and says what it is another version
 * of: a module of the same name. All else in it should be hidden (-fvisibility=hidden): what has a
 * name that the program has too would be the program's. */
#define RS_CODE_MODULE(SERVER)                                                                     \
    extern const rs_code_module rs_code_module_here;                                               \
    __attribute__((visibility("default")))                                                         \
    const rs_code_module rs_code_module_here = {RS_CODE_ABI, SERVER}

#define RS_CODE_WHY_BYTES 512u

/* What a file holds, or why it is of no use. */
typedef struct rs_code_object {
    const rs_gen_server *server;
    uintptr_t from, to;           /* where it lies */
    uintptr_t text_from, text_to; /* its code */
    void *handle;                 /* the linker's; NULL: it is not linked */
    int fd;                       /* of the copy */
    rs_err err;
    char why[RS_CODE_WHY_BYTES]; /* a sentence with what would have been right; "" when all is well
                                  */
} rs_code_object;

/* rs_code_object_open copies the file at `path`, links the copy, and looks for its RS_CODE_MODULE;
 * returns object->err. Allocates and waits: outside processes, or in rs_blocking. Any thread.
 * Errors: RS_EIO (it cannot be read), RS_ESYNTAX (it is no shared object that can be linked here),
 * RS_EINVAL (it is none of ours), RS_ELIMIT. */
rs_err rs_code_object_open(const char *path, rs_code_object *object);

/* rs_code_object_link is rs_code_object_open without looking what is in it: object->server is NULL.
 */
rs_err rs_code_object_link(const char *path, rs_code_object *object);

/* rs_code_object_find returns the address of what a linked object exports as `symbol`; NULL: it
 * does not. */
const void *rs_code_object_find(const rs_code_object *object, const char *symbol);

/* rs_code_object_module finds its RS_CODE_MODULE; returns object->err. */
rs_err rs_code_object_module(rs_code_object *object, const char *path);

/* rs_code_object_close undoes rs_code_object_link, of an object of which nothing is used; what
 * was found out about it stays. */
void rs_code_object_close(rs_code_object *object);

#endif
