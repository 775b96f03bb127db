/* section.h: the parts of a scenario, each read by a file of its own in the order given here: a
 * part may look at those before it.
 * SPDX-License-Identifier: MIT
 */
#ifndef RS_SECTION_H
#define RS_SECTION_H

#include "reports/metric.h"
#include "runtime/base/units.h"
#include "scenarios/language/option.h"
#include "scenarios/language/reader.h"

/* rs_section_runtime reads `clocks` and `runtime`: clock, scheduler, threads, seed, costs. */
void rs_section_runtime(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_tree reads `tree`: supervisors, workers and templates. */
void rs_section_tree(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_setup reads `setup`. */
void rs_section_setup(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_phases reads `phases`; without them a run of 5 s and 1 s to heal. */
void rs_section_phases(rs_reader *reader, const rs_document_node *scenario);

/* rs_phase_strike reads the `during` of what strikes, -1 when there is none: any phase but the last
 * will do, which `what` ("faults") leave alone. */
int rs_phase_strike(rs_reader *reader, const rs_document_node *mapping, const char *what);

/* rs_phase_check_at reports an `at` beyond the phase `during`, or beyond the last that `what` may
 * strike in: it would silently never come. */
void rs_phase_check_at(rs_reader *reader, const rs_document_node *value, uint64_t at_ns, int during,
                       const char *what);

/* rs_section_load reads `load`. */
void rs_section_load(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_faults reads `faults`. */
void rs_section_faults(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_upgrades reads `upgrades`. */
void rs_section_upgrades(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_explore reads `explore`; the envelope has its defaults without it. */
void rs_section_explore(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_failure reads `failure`. */
void rs_section_failure(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_expect reads `expect` and `gate`. */
void rs_section_expect(rs_reader *reader, const rs_document_node *scenario);

/* rs_expectation_read reads the sentence of an expectation, written at `place`. */
void rs_expectation_read(rs_reader *reader, rs_place place, const char *text,
                         rs_plan_expectation *expectation);

/* rs_expectation_kind returns of which kind the value is that `aggregate` of `metric` is compared
 * with; NULL: the metric's plain value. */
rs_units_kind rs_expectation_kind(const rs_metric *metric, const char *aggregate);

/* rs_section_sometimes reads `sometimes`. */
void rs_section_sometimes(rs_reader *reader, const rs_document_node *scenario);

/* rs_section_checks reads `checks`. */
void rs_section_checks(rs_reader *reader, const rs_document_node *scenario);

/* rs_tree_unknown_worker stands for a worker that was reported already. */
extern const rs_worker rs_tree_unknown_worker;

/* rs_tree_target returns the worker at the path that `node` holds, or NULL after a report. */
const rs_plan_node *rs_tree_target(rs_reader *reader, const rs_document_node *node,
                                   const char *what);

/* rs_tree_paths returns the paths of all nodes, NULL-terminated, a template's with a star for its
 * key; `with_root` adds the root's id, under which reports have it. The tree has been read. */
const char **rs_tree_paths(rs_reader *reader, bool with_root);

/* rs_tree_unknown_path reports a path or pattern that names nothing in the tree. */
void rs_tree_unknown_path(rs_reader *reader, rs_place place, const char *what, const char *path);

/* rs_option_read fills `config` from the keys of `mapping` by `options`, with the defaults of what
 * is absent; `owner` names the thing configured in messages. Other keys are left to the caller. */
void rs_option_read(rs_reader *reader, const rs_option *options, uint32_t count,
                    const rs_document_node *mapping, const char *owner, void *config);

/* rs_option_keys returns the NULL-terminated `keys` followed by those of `options`. */
const char *const *rs_option_keys(rs_reader *reader, const char *const *keys,
                                  const rs_option *options, uint32_t count);

#endif
