/* utf8.c: which bytes are text (RFC 3629).
 * SPDX-License-Identifier: MIT
 */
#include "scenarios/language/utf8.h"

#include <stdint.h>

static size_t length_of(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static uint32_t decode(const unsigned char *bytes, size_t step) {
    uint32_t point = step == 1 ? bytes[0] : bytes[0] & (0x7fu >> step);
    for (size_t i = 1; i < step; i++) point = point << 6 | (bytes[i] & 0x3fu);
    return point;
}

size_t rs_utf8_step(const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t step = length ? length_of(bytes[0]) : 0;
    if (step == 0 || step > length) return 0;
    for (size_t i = 1; i < step; i++)
        if ((bytes[i] & 0xc0) != 0x80) return 0;
    uint32_t point = decode(bytes, step);
    bool is_surrogate = point >= 0xd800 && point < 0xe000;
    bool is_overlong = (step == 3 && point < 0x800) || (step == 4 && point < 0x10000);
    return is_surrogate || is_overlong || point > 0x10ffff ? 0 : step;
}

bool rs_utf8_is_control(const char *text, size_t step) {
    uint32_t point = decode((const unsigned char *)text, step);
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}
