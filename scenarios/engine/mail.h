/* mail.h: the fault plan's hand on mail: which message a fault hits, and how many messages have
 * been delivered, for faults that wait for so many.
 *
 * Mail is what has a place at both ends: a worker's position in the tree, or a load, for its
 * clients. What supervisors send and get is left alone, and so is what the harness says: on one
 * node neither gets lost, and a start that is not acknowledged would be waited for for ever.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_MAIL_PLAN_H
#define RS_MAIL_PLAN_H

#include "scenarios/engine/shared.h"

/* A client's role is no position of the tree: it is its load's index, from here on. */
#define RS_MAILS_LOADS RS_ROLES_OUTSIDE

typedef struct rs_mails rs_mails;

/* rs_mails_create is ready for the faults of the run's plan that fire; NULL without memory.
 * Owner: rs_mails_destroy. */
rs_mails *rs_mails_create(rs_shared *shared);
void rs_mails_destroy(rs_mails *mails);

/* rs_mails_ask returns the seam's `mail`, NULL when no fault needs it. Its context is an rs_scene.
 */
void (*rs_mails_ask(const rs_mails *mails))(void *scene, const rs_mail *mail, rs_mail_fate *fate);

/* rs_mails_arm lets the fault, one of mail, hit one more message: the next that it is aimed at. */
void rs_mails_arm(rs_mails *mails, uint32_t fault);

/* rs_mails_disarm ends the fault, and writes down for how many firings there was no message. */
void rs_mails_disarm(rs_mails *mails, uint32_t fault);

/* rs_mails_listen rings for the process `bell`, by a message, whenever the fault's
 * `after` messages have been delivered once more. */
void rs_mails_listen(rs_mails *mails, uint32_t fault, rs_pid bell);

/* rs_mails_rounds returns how often that was. */
uint64_t rs_mails_rounds(rs_mails *mails, uint32_t fault);

#endif
