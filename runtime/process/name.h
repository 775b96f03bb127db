/* name.h: registered names and the atom table behind them. A name's process stands in its atom's
 * entry, so that finding it is one load.
 * Source: rules N1-N3.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_NAME_H
#define RS_NAME_H

#include "runtime/process/process.h"

/* rs_atoms_init adds the atoms of term.h; rs_atoms_forget_names clears all names before a run. Both
 * are called by rs_run. */
rs_err rs_atoms_init(void);
void rs_atoms_forget_names(void);

/* rs_name_take gives `name` to `process`, which the caller runs or creates. In a section. */
rs_err rs_name_take(rs_atom name, rs_process *process);

/* rs_name_of returns the name of `process`, 0: none. In a section. */
rs_atom rs_name_of(const rs_process *process);

/* rs_name_annex returns the word that an upper room keeps with `name`; NULL: it is no atom. It is
 * NULL when a run begins, and what it points to must last as long as the run. Any thread. */
rs_atomic_ptr *rs_name_annex(rs_atom name);

/* rs_name_release frees the name of a dying process. In a section. */
void rs_name_release(rs_process *process);

#endif
