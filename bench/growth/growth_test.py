"""growth_test.py: the arithmetic of growth, its table and its plot, and `run` with a program that
tells what it is asked for.
SPDX-License-Identifier: MIT
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from growth import Cost, cost_of, costs_of, growth, is_within, table  # noqa: E402
from peers.testing import main  # noqa: E402
from plot import LABEL_GAP, Scale, spread, svg  # noqa: E402
from rows import ROWS, SIZES, Row  # noqa: E402

WORK = Row("work", "calls", "work", lambda n: {"n": n})
PER_CHILD = Row("children", "supervision", "work", lambda n: {"n": n}, "p50", lambda n: n)


def line(size, value=None, **more):
    result = {"row": "work", "size": size, "round": 1, **more}
    return result if value is None else {**result, "ns_per_op": value}


def flat(*middles):
    return {10 ** (3 + i): Cost(middle, middle, middle) for i, middle in enumerate(middles)}


class ArithmeticTest(unittest.TestCase):
    def test_median_least_and_most(self):
        cost = cost_of([line(10, value) for value in (30.0, 10.0, 20.0)], WORK, 10)
        self.assertEqual((cost.middle, cost.least, cost.most), (20.0, 10.0, 30.0))

    def test_a_cost_is_told_for_each_operation(self):
        self.assertEqual(cost_of([{"p50": 5000}], PER_CHILD, 1000).middle, 5.0)

    def test_sizes_and_rows_are_told_apart(self):
        lines = [line(10, 1.0), line(20, 2.0), {**line(10, 8.0), "row": "other"}]
        costs = costs_of(lines, [WORK], [10, 20])["work"]
        self.assertEqual([costs[10].middle, costs[20].middle], [1.0, 2.0])

    def test_growth_is_the_largest_to_the_smallest(self):
        self.assertEqual(growth(flat(10.0, 50.0, 15.0)), 1.5)

    def test_twice_is_within_and_more_is_not(self):
        self.assertTrue(is_within(flat(10.0, 20.0)))
        self.assertFalse(is_within(flat(10.0, 20.1)))

    def test_one_failure_leaves_no_figure(self):
        cost = cost_of([line(10, 1.0), line(10, error="status 1")], WORK, 10)
        self.assertEqual((cost.middle, cost.error), (None, "status 1"))
        costs = {10: Cost(1.0, 1.0, 1.0), 20: cost}
        self.assertIsNone(growth(costs))
        self.assertFalse(is_within(costs))

    def test_what_is_missing_is_a_failure(self):
        self.assertEqual(cost_of([line(10)], WORK, 10).error, "no ns_per_op")
        self.assertEqual(cost_of([], WORK, 10).error, "not measured")

    def test_the_table(self):
        costs = {"work": {**flat(10.0, 25.0), 1000: Cost(10.0, 9.0, 11.0, noisy=1)},
                 "broken": {1000: Cost(error="status 1"), 10000: Cost(1.0, 1.0, 1.0)}}
        self.assertEqual(table(costs, [1000, 10000]), [
            ["ns per operation", "n = 1,000", "n = 10,000", "10,000 ÷ 1,000"],
            ["work", "10.0 (9.00..11.0) ~1", "25.0 (25.0..25.0)", "2.50 > 2"],
            ["broken", "FAILED: status 1", "1.00 (1.00..1.00)", "–"]])

    def test_every_row_does_as_much_at_each_size(self):
        self.assertEqual(len(ROWS), len({row.label for row in ROWS}))
        for row in ROWS:
            for size in SIZES:
                self.assertIn(size, row.params(size).values())


class PlotTest(unittest.TestCase):
    def test_a_decade_is_as_long_as_the_next(self):
        scale = Scale(10, 1000, 0, 200)
        self.assertEqual([scale.at(value) for value in (10, 100, 1000)], [0, 100, 200])
        self.assertEqual(scale.decades(), [10, 100, 1000])

    def test_labels_do_not_overlap(self):
        for places in ([50, 50, 50], [0, 1, 200], [199, 200, 198], [200] * 10, []):
            moved = spread(places, LABEL_GAP, 0, 200)
            order = sorted(moved)
            self.assertTrue(all(b - a >= LABEL_GAP for a, b in zip(order, order[1:])))
            self.assertTrue(all(0 <= place <= 200 for place in moved))

    def test_labels_keep_their_order(self):
        self.assertEqual(spread([30, 10, 20], 5, 0, 100), [30, 10, 20])
        self.assertEqual(spread([12, 10, 11], 10, 0, 100), [30, 10, 20])

    def test_the_drawing_has_a_line_for_each_known_row(self):
        costs = {"a < b": flat(10.0, 12.0), "over": flat(10.0, 30.0),
                 "broken": {1000: Cost(error="no"), 10000: Cost(1.0, 1.0, 1.0)}}
        groups = {"a < b": "calls", "over": "calls", "broken": "calls"}
        root = xml.fromstring(svg(costs, groups, [1000, 10000], "a machine & more"))
        space = "{http://www.w3.org/2000/svg}"
        texts = {text.text: text.get("class") for text in root.iter(space + "text")}
        self.assertIn("a < b: 12.0 ns, ×1.20", texts)
        self.assertEqual(texts["over: 30.0 ns, ×3.00"], "over")
        self.assertIn("a machine & more", texts)
        lines = [path for path in root.iter(space + "path") if path.get("class") == "line"]
        self.assertEqual(len(lines), 2)

    def test_nothing_known_is_drawn_empty(self):
        xml.fromstring(svg({}, {}, [1000, 10000], ""))


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)

    def run_growth(self, script, *words, **settings):
        program = self.out / "peer"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        environment = {**os.environ, "GROWTH_PEER": str(program), "GROWTH_OUT": str(self.out),
                       "QUIET": "0", "PEERS_WRAP": "", "ROUNDS": "2", "SIZES": "1000 1000000",
                       "ROWS": "ring", "TIMEOUT": "30", **settings}
        return subprocess.run([sys.executable, "-B", str(HERE / "run"), *words], env=environment,
                              text=True, capture_output=True, timeout=60, check=False)

    def test_rounds_are_interleaved_and_told(self):
        done = self.run_growth('echo "{\\"ns_per_op\\": 50, \\"words\\": \\"$*\\"}"')
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(text) for text in (self.out / "growth.jsonl").read_text().splitlines()]
        self.assertEqual([(line["round"], line["size"]) for line in lines],
                         [(1, 1000), (1, 1000000), (2, 1000), (2, 1000000)])
        self.assertEqual(lines[1]["words"], "ring n=1000000 hops=5000000 kind=server threads=1")
        self.assertRegex(done.stdout, r"\| 50\.0 \(50\.0\.\.50\.0\)( ~\d)? +\| 1\.00 ")
        self.assertEqual((self.out / "growth.md").read_text(), done.stdout)
        xml.parse(self.out / "growth.svg")
        again = self.run_growth("exit 1", "--lines", str(self.out / "growth.jsonl"))
        self.assertEqual(again.stdout.split("\n")[2:], done.stdout.split("\n")[2:])

    def test_a_failure_is_told(self):
        done = self.run_growth("echo sorry >&2; exit 3")
        self.assertEqual(done.returncode, 1)
        self.assertIn("FAILED: status 3: sorry", done.stdout)


if __name__ == "__main__":
    main()
