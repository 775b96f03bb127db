/* program.h: the bytes of an input read as a small program: any bytes are one, and a byte that
 * changes changes one thing. Every operation takes as many bytes whatever it is, so that what
 * follows keeps its meaning.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_FUZZ_PROGRAM_H
#define RS_FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rs_program {
    const uint8_t *at, *end;
} rs_program;

/* rs_program_of begins to read an input. */
static inline rs_program rs_program_of(const uint8_t *data, size_t size) {
    return (rs_program){data, size ? data + size : data};
}

/* rs_program_has tells whether `bytes` more are there. */
static inline bool rs_program_has(const rs_program *program, size_t bytes) {
    return (size_t)(program->end - program->at) >= bytes;
}

/* rs_program_byte takes the next byte, 0 behind the end. */
static inline uint8_t rs_program_byte(rs_program *program) {
    return program->at < program->end ? *program->at++ : 0;
}

/* rs_program_word takes `bytes` bytes (at most 8), the first the lowest. */
static inline uint64_t rs_program_word(rs_program *program, unsigned bytes) {
    uint64_t word = 0;
    for (unsigned i = 0; i < bytes; i++) word |= (uint64_t)rs_program_byte(program) << (8 * i);
    return word;
}

#endif
