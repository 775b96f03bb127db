/* shape.h: what a result looks like in JSON, as tables of fields.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SHAPE_H
#define RS_SHAPE_H

#include "reports/formats/fields.h"

/* An array of the result whose rows are described by fields alone. */
typedef struct rs_shape_rows {
    const char *key;
    size_t offset;   /* of the rows in rs_result */
    size_t row_size; /* bytes */
    const rs_field *fields;
    const char *about; /* what they are, for the JSON Schema */
} rs_shape_rows;

/* The rows of any RS_ROWS, seen without their type. */
typedef struct rs_shape_any {
    char *at;
    size_t count, room;
} rs_shape_any;

extern const rs_field rs_shape_head[];     /* rs_result: status, seed, … */
extern const rs_field rs_shape_scenario[]; /* rs_result: what "scenario" holds */
extern const rs_field rs_shape_machine[];  /* rs_machine */
extern const rs_field rs_shape_build[];    /* rs_build */
extern const rs_field rs_shape_metric[];   /* rs_result_metric without its numbers */
extern const rs_field rs_shape_labels[];   /* rs_result_labels */
extern const rs_field rs_shape_fault[];    /* rs_result_fault */
extern const rs_field rs_shape_strike[];   /* rs_strike without fault, stages and restart */
extern const rs_field rs_shape_finding[];
extern const rs_field rs_shape_repetition[];
extern const rs_field rs_shape_setting[];     /* rs_result_setting */
extern const rs_shape_rows rs_shape_arrays[]; /* ends with a NULL key */

#endif
