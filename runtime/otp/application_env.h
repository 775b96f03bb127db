/* application_env.h: values by application and key, in the memory of the process that keeps them.
 * They are packed: a term's block would outlive a process that is killed.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_APPLICATION_ENV_H
#define RS_APPLICATION_ENV_H

#include "runtime/otp/application.h"

typedef struct rs_env_value {
    struct rs_env_value *next; /* of the same application, by keys */
    rs_atom key;
    uint32_t count;
    uint64_t words[]; /* the packed term */
} rs_env_value;

typedef struct rs_env_scope {
    struct rs_env_scope *next;
    rs_atom application;
    rs_env_value *values;
} rs_env_scope;

/* Zeroed: empty. */
typedef struct rs_application_env {
    rs_env_scope *scopes;
} rs_application_env;

/* rs_application_env_values returns the application's values; NULL: none. */
const rs_env_value *rs_application_env_values(const rs_application_env *env, rs_atom application);

/* rs_application_env_find returns the key's value; NULL: undefined. */
const rs_env_value *rs_application_env_find(const rs_application_env *env, rs_atom application,
                                            rs_atom key);

/* rs_application_env_put sets a value, which is copied. */
void rs_application_env_put(rs_application_env *env, rs_atom application, rs_atom key,
                            const uint64_t *words, uint32_t count);

/* rs_application_env_read puts what the texts say, up to a NULL key (a NULL list is empty). False:
 * *wrong is the first text that is no term of a size that can be kept; those before it are there.
 */
bool rs_application_env_read(rs_application_env *env, rs_atom application,
                             const rs_parameter *parameters, const char **wrong);

/* rs_application_env_read_config does it for every application of a layer. */
bool rs_application_env_read_config(rs_application_env *env, const rs_config *config,
                                    const char **wrong);

/* rs_application_env_merge puts all values that `layer` has for the application. */
void rs_application_env_merge(rs_application_env *env, const rs_application_env *layer,
                              rs_atom application);

/* rs_application_env_unset forgets one value, rs_application_env_forget the application's, and
 * rs_application_env_clear all. */
void rs_application_env_unset(rs_application_env *env, rs_atom application, rs_atom key);
void rs_application_env_forget(rs_application_env *env, rs_atom application);
void rs_application_env_clear(rs_application_env *env);

#endif
