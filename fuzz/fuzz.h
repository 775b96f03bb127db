/* fuzz.h: the one entry that every fuzz target defines; engines other than libFuzzer call it too.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_H
#define RS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* LLVMFuzzerTestOneInput feeds one input to the target; whatever is wrong must crash. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
