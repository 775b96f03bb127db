/* fault_mail.h: which mail a fault is aimed at: to whom, from whom, of which type.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FAULT_MAIL_H
#define RS_FAULT_MAIL_H

#include "scenarios/language/reader.h"

/* rs_fault_mail_read reads `mail`, `from` and `message` of the fault `mapping`, whose `how` and
 * victims have been read. */
void rs_fault_mail_read(rs_reader *reader, const rs_document_node *mapping, rs_plan_fault *fault);

/* rs_fault_mail_after reads `after`: so many messages. */
void rs_fault_mail_after(rs_reader *reader, const rs_document_node *value, rs_plan_fault *fault);

#endif
