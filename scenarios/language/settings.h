/* settings.h: which keys of a scenario can be set, by their dotted paths, as --set, --vary and
 * --find-limit take them.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SETTINGS_H
#define RS_SETTINGS_H

#include "scenarios/language/diagnostic.h"

#include <stdio.h>

/* rs_settings_list writes the path of each key of the scenario at `path` to `out`, a line each:
 * those that it has, and those that it could have. What it says is not checked.
 * Errors: false when there is no document; `diagnostics` has why. */
bool rs_settings_list(const char *path, rs_diagnostics *diagnostics, FILE *out);

#endif
