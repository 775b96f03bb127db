/* symbols.h: program counters as names, from the symbol tables of the program and of what it has
 * loaded, static functions included. Reads files and takes memory: outside of every process.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SYMBOLS_H
#define RS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rs_symbols rs_symbols;

/* rs_symbols_create notes what is loaded now; files are read when first asked for.
 * Owner: rs_symbols_destroy. */
rs_symbols *rs_symbols_create(void);
void rs_symbols_destroy(rs_symbols *symbols);

/* rs_symbols_print writes where `pc` is, cut to `bytes` and terminated: "function+0x1f" in the
 * program, "libc.so.6:abort+0x8f" elsewhere, the file alone where it has no symbols, "?" outside of
 * all: never an address, so that it is the same on every run of one build. `returns`: pc is where a
 * call returns to, which may lie behind the function's end. It says whether that is in the program
 * itself. */
bool rs_symbols_print(rs_symbols *symbols, uint64_t pc, bool returns, char *text, size_t bytes);

#endif
