/* odd.c: shared objects that are of no use: built for another respawn (RS_ODD_FOREIGN), without a
 * word of what they are (RS_ODD_SILENT), with a thread-local variable (RS_ODD_LOCAL), with a
 * function that nobody has (RS_ODD_LOST); or sound, but of a name that respawn has no worker of.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/code_object.h"

#ifdef RS_ODD_LOCAL
static _Thread_local volatile int mine;
#endif

#ifdef RS_ODD_LOST
int rs_nobody_has_this(void);
#endif

static rs_next init(void *state, const void *args, uint32_t bytes) {
    (void)state, (void)args, (void)bytes;
#ifdef RS_ODD_LOCAL
    mine++;
#endif
#ifdef RS_ODD_LOST
    return rs_nobody_has_this() ? RS_INIT_OK : rs_ignore();
#else
    return RS_INIT_OK;
#endif
}

static const rs_gen_server server = {.name = "counter", .init = init};

#ifdef RS_ODD_FOREIGN
extern const rs_code_module rs_code_module_here;
__attribute__((visibility("default")))
const rs_code_module rs_code_module_here = {RS_CODE_ABI + 1, &server};
#elif defined RS_ODD_SILENT
extern const rs_gen_server *const my_server;
const rs_gen_server *const my_server = &server;
#else
RS_CODE_MODULE(&server);
#endif
