"""table_test.py: the table of recorded lines, and what it makes of trouble.
SPDX-License-Identifier: MIT
"""
import json
import unittest
from pathlib import Path

from rows import PEERS, ROWS, Metric, Row, scaled
from table import digits, markdown, peer_cell, table
from testing import main

HERE = Path(__file__).resolve().parent
NS = Metric("ns_per_op")


def line(peer, value=None, **more):
    result = {"peer": peer, "row": "work n=1", "form": "", "round": 1, **more}
    return result if value is None else {**result, "ns_per_op": value}


def row_of(lines, peers=("respawn", "beam", "go")):
    return table(lines, [("work n=1", [NS])], list(peers))[1]


class TableTest(unittest.TestCase):
    def test_recorded_lines_make_the_recorded_table(self):
        recorded = (HERE / "table_test.jsonl").read_text()
        lines = [json.loads(text) for text in recorded.splitlines()]
        labels = {each["row"] for each in lines}
        rows = [(row.label(), row.metrics) for row in ROWS if row.label() in labels]
        self.assertEqual(len(rows), 5)
        self.assertEqual(markdown(table(lines, rows, PEERS)), (HERE / "table_test.md").read_text())

    def test_median_least_and_most(self):
        lines = [line("respawn", value) for value in (30.0, 10.0, 20.0)]
        self.assertEqual(peer_cell(lines, NS), ("20.0 (10.0..30.0)", 20.0))

    def test_median_of_an_even_count_lies_between(self):
        self.assertEqual(peer_cell([line("go", 10.0), line("go", 20.0)], NS)[1], 15.0)

    def test_ratios_to_beam_and_to_the_best_peer(self):
        lines = [line("respawn", 50.0), line("beam", 200.0), line("go", 25.0)]
        self.assertEqual(row_of(lines)[4:], ["0.250", "2.00"])

    def test_ours_is_no_peer_of_its_own(self):
        self.assertEqual(row_of([line("respawn", 50.0), line("go", 100.0)])[5], "0.500")

    def test_all_forms_are_shown_and_the_best_one_counts(self):
        lines = [line("beam", 9.0, form="on_heap"), line("beam", 3.0, form="off_heap")]
        self.assertEqual(peer_cell(lines, NS), ("3.00 off_heap; 9.00 on_heap", 3.0))

    def test_who_failed_is_shown_and_has_no_ratio(self):
        lines = [line("respawn", 5.0), line("beam", error="no result in 9 s"), line("go", 10.0)]
        row = row_of(lines)
        self.assertEqual(row[2], "FAILED: no result in 9 s")
        self.assertEqual(row[4:], ["–", "0.500"])

    def test_who_failed_sometimes_is_shown(self):
        lines = [line("go", 5.0), line("go", error="status 1"), line("go", 7.0)]
        text, middle = peer_cell(lines, NS)
        self.assertEqual((text, middle), ("6.00 (5.00..7.00) 1 of 3 FAILED: status 1", 6.0))

    def test_a_form_that_failed_stands_behind_the_others(self):
        lines = [line("go", error="status 1", form="a"), line("go", 5.0, form="b")]
        self.assertEqual(peer_cell(lines, NS), ("5.00 b; FAILED: status 1 a", 5.0))

    def test_who_was_not_run_is_shown(self):
        self.assertEqual(row_of([line("respawn", 5.0)])[2], "not run")

    def test_a_line_without_the_metric_is_a_failure(self):
        self.assertEqual(peer_cell([line("go", 5.0)], Metric("p50"))[0], "FAILED: no p50")

    def test_noise_is_counted(self):
        lines = [line("go", 5.0, noisy=True), line("go", 6.0), line("go", 7.0, noisy=True)]
        self.assertTrue(peer_cell(lines, NS)[0].endswith("~2"))

    def test_three_digits(self):
        numbers = [0, 0.1234, 1.2345, 12.345, 123.45, 1234.5, 98765.4]
        shown = ["0", "0.123", "1.23", "12.3", "123", "1234", "98765"]
        self.assertEqual([digits(number) for number in numbers], shown)

    def test_units_divide(self):
        lines = [{**line("go"), "p50": 1500}]
        self.assertEqual(peer_cell(lines, Metric("p50", "us", 1e3)), ("1.50", 1.5))

    def test_scale_changes_how_much_and_not_what(self):
        self.assertEqual(scaled(Row("restart", {"n": 100, "kills": 50}), 0.1),
                         {"n": 100, "kills": 5})
        self.assertEqual(scaled(Row("spawn_exit", {"n": 100, "batch": 10}), 0.1),
                         {"n": 10, "batch": 10})
        self.assertEqual(scaled(Row("spawn_exit", {"n": 100, "batch": 100}), 0.1),
                         {"n": 10, "batch": 10})
        self.assertEqual(scaled(Row("memory", {"n": 100}), 0.001), {"n": 1})

    def test_labels_tell_rows_apart(self):
        labels = [row.label() for row in ROWS]
        self.assertEqual(len(labels), len(set(labels)))


if __name__ == "__main__":
    main()
