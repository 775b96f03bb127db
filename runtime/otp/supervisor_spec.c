/* supervisor_spec.c: the checks run in OTP's order: the first that fails is the error.
 * SPDX-License-Identifier: MIT
 */
#include "runtime/otp/supervisor_spec.h"

#include "runtime/otp/shape.h"

/* A wrong enumerator: an unknown word's atom as it is, any other number as a number. */
static rs_term wrong_word(uint64_t value) {
    return rs_term_tag(value) == RS_TAG_ATOM ? value : rs_term_integer((int64_t)value);
}

rs_term rs_supervisor_spec_flags(const rs_supervisor_spec *spec) {
    if ((uint32_t)spec->strategy > RS_SIMPLE_ONE_FOR_ONE)
        return rs_shape_pair(RS_ATOM(invalid_strategy), wrong_word((uint32_t)spec->strategy));
    if (spec->intensity < 0)
        return rs_shape_pair(RS_ATOM(invalid_intensity), rs_term_integer(spec->intensity));
    if (spec->period_s < 1)
        return rs_shape_pair(RS_ATOM(invalid_period), rs_term_integer(spec->period_s));
    if ((uint32_t)spec->auto_shutdown > RS_ALL_SIGNIFICANT)
        return rs_shape_pair(rs_shape_word("invalid_auto_shutdown"),
                             wrong_word((uint32_t)spec->auto_shutdown));
    return 0;
}

static rs_term bad_combination(const char *key, const char *value) {
    rs_term first = rs_shape_pair(rs_shape_word(key), rs_shape_word(value));
    rs_term second = rs_shape_pair(rs_shape_word("significant"), RS_ATOM(true));
    return rs_shape_pair(RS_ATOM(bad_combination), rs_shape_list_of_two(first, second));
}

static bool is_shutdown(uint64_t shutdown_ns) {
    return shutdown_ns == RS_BRUTAL_KILL || shutdown_ns == RS_SHUTDOWN_INFINITY ||
           shutdown_ns <= INT64_MAX;
}

static rs_term wrong_restart(const rs_child_spec *child) {
    if ((uint32_t)child->restart <= RS_TEMPORARY) return 0;
    return rs_shape_pair(rs_shape_word("invalid_restart_type"),
                         wrong_word((uint32_t)child->restart));
}

static rs_term wrong_shutdown(const rs_child_spec *child) {
    uint64_t value = child->shutdown_ns;
    if (is_shutdown(value)) return 0;
    if (rs_term_tag(value) == RS_TAG_ATOM) value &= ~RS_SHUTDOWN_WRONG;
    return rs_shape_pair(RS_ATOM(invalid_shutdown), value);
}

rs_term rs_supervisor_spec_child(const rs_child_spec *child, rs_auto_shutdown auto_shutdown) {
    if (!child->id) return RS_ATOM(missing_id);
    if (!child->start) return RS_ATOM(missing_start);
    rs_term error = wrong_restart(child);
    if (error) return error;
    if (child->significant && auto_shutdown == RS_AUTO_SHUTDOWN_NEVER)
        return bad_combination("auto_shutdown", "never");
    if (child->significant && child->restart == RS_PERMANENT)
        return bad_combination("restart", "permanent");
    return wrong_shutdown(child);
}

rs_term rs_supervisor_spec_dynamic(const rs_child_spec *child) {
    if (!child->start) return RS_ATOM(missing_start);
    rs_term error = wrong_restart(child);
    if (!error) error = wrong_shutdown(child);
    if (error || !child->significant) return error;
    return rs_shape_pair(rs_shape_word("invalid_significant"), RS_ATOM(true));
}
