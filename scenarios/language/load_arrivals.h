/* load_arrivals.h: the `arrivals` of a load, which say exactly what is asked for and when.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_LOAD_ARRIVALS_H
#define RS_LOAD_ARRIVALS_H

#include "scenarios/language/reader.h"

/* rs_load_arrivals_read reads `arrivals` into kind and arrivals of `load`, whose target, clients,
 * key_count and during are known. */
void rs_load_arrivals_read(rs_reader *reader, const rs_document_node *list, rs_plan_load *load);

#endif
