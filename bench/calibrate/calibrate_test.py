#!/usr/bin/env python3
"""calibrate_test.py: what calibrate says follows from what was measured. SPDX-License-Identifier: MIT"""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
sys.dont_write_bytecode = True
from exact import clopper_pearson, tail  # noqa: E402
from neighbour import beside  # noqa: E402
from peers.testing import main  # noqa: E402


def entry(series, number, word, mean, pairs=8):
    metric = {"name": "calls.throughput", "word": word, "low": mean - 0.01, "high": mean + 0.01,
              "mean": mean, "first": mean, "spread": 0.01}
    status = {"regression": 3, "inconclusive": 4}.get(word, 0)
    return {"series": series, "n": number, "word": word, "status": status, "pairs": pairs,
            "metrics": [metric], "seconds": 2.5}


class ExactTest(unittest.TestCase):
    def test_known_intervals(self):
        # Source: the closed forms for none and for all, and a textbook's example.
        low, high = clopper_pearson(0, 500)
        self.assertEqual(low, 0)
        self.assertAlmostEqual(high, 1 - 0.025 ** (1 / 500), 9)
        low, high = clopper_pearson(200, 200)
        self.assertAlmostEqual(low, 0.025 ** (1 / 200), 9)
        self.assertEqual(high, 1)
        low, high = clopper_pearson(5, 10)
        self.assertAlmostEqual(low, 0.18708603, 7)
        self.assertAlmostEqual(high, 0.81291397, 7)

    def test_ends_are_where_the_tails_are_small(self):
        for count, total in ((1, 500), (7, 30), (195, 200)):
            low, high = clopper_pearson(count, total)
            self.assertAlmostEqual(tail(count, total, low), 0.025, 6)
            self.assertAlmostEqual(1 - tail(count + 1, total, high), 0.025, 6)


class TableTest(unittest.TestCase):
    def table(self, entries):
        with tempfile.TemporaryDirectory() as directory:
            log = Path(directory) / "log.jsonl"
            log.write_text("".join(json.dumps(one) + "\n" for one in entries))
            return subprocess.run([str(HERE / "run"), "table"], check=True, text=True,
                                  capture_output=True, env={**os.environ, "LOG": str(log)}).stdout

    def test_words_are_counted(self):
        words = ["no regression"] * 497 + ["regression"] * 2 + ["inconclusive"]
        text = self.table([entry("quiet/equal", n, word, 0.0) for n, word in enumerate(words)])
        self.assertIn("| quiet, equal | 2 of 500 (0.0 … 1.4 %) | 497 of 500 (98.3 … 99.9 %) | 1 ",
                      text)

    def test_a_bad_minute_does_not_move_what_was_planted(self):
        means = [0.0488] * 195 + [0.9] * 5
        text = self.table([entry("quiet/slower_5", n, "regression", mean)
                           for n, mean in enumerate(means)])
        self.assertIn("+5.00 ± 0.00 %", text)

    def test_who_ended_early_counts_as_much_as_who_did_not(self):
        entries = [entry("quiet/slower_5", n, "regression", 0.2) for n in range(10)]
        for one in entries:
            one["metrics"][0]["first"] = 0.0488
        self.assertIn("+5.00 ± 0.00 %", self.table(entries))

    def test_a_tail_is_told_by_what_varies(self):
        entries = [entry("p99/equal", n, "no regression" if n < 6 else "inconclusive", 0.0)
                   for n in range(10)]
        for n, one in enumerate(entries):
            one["metrics"][0]["spread"] = 0.02 * (n + 1)
        self.assertIn("in 6 of 10 verdicts; 60 pairs show a slowdown of it by 8 % in half of them, by "
                      "14 % in nine of ten", self.table(entries))

    def test_layouts_have_a_floor(self):
        text = self.table([entry("layout", n, "no regression", n / 1000) for n in range(40)])
        self.assertIn("up to 3.8 % in 95 % of 40, 4.0 % at most", text)


class NeighbourTest(unittest.TestCase):
    def test_it_is_busy_half_the_time(self):
        with beside(0.010) as child:
            time.sleep(0.5)  # until it has begun
            before, begin = self.cpu_s(child.pid), time.monotonic()
            time.sleep(1)
            used, took = self.cpu_s(child.pid) - before, time.monotonic() - begin
        self.assertGreater(used, 0.05 * took)  # a busy machine gives it less
        self.assertLess(used, 0.8 * took)
        self.assertIsNotNone(child.wait())

    def test_none_is_none(self):
        with beside(0) as child:
            self.assertIsNone(child)

    def test_it_goes_with_whoever_started_it(self):
        program = ("import sys, time; sys.path.insert(0, sys.argv[1])\n"
                   "from neighbour import beside\n"
                   "with beside(0.01) as child: print(child.pid, flush=True); time.sleep(60)\n")
        with subprocess.Popen([sys.executable, "-B", "-c", program, str(HERE)], text=True,
                              stdout=subprocess.PIPE) as starter:
            path = Path(f"/proc/{int(starter.stdout.readline())}/cmdline")
            starter.kill()
        until = time.monotonic() + 30
        while path.exists() and b"neighbour" in path.read_bytes():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    @staticmethod
    def cpu_s(pid):
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class RunTest(unittest.TestCase):
    """Through the real program: little of it, and then a little more."""

    def run_it(self, log, share):
        environment = {**os.environ, "LOG": str(log), "SHARE": share, "SERIES": "quiet/slower_10"}
        done = subprocess.run([str(HERE / "run")], check=False, text=True, capture_output=True,
                              env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_it_goes_on_where_it_was_stopped(self):
        with tempfile.TemporaryDirectory() as directory:
            log = Path(directory) / "log.jsonl"
            self.run_it(log, "200")
            first = log.read_text()
            self.assertEqual(first.count("\n"), 2)  # what was planted, and one verdict
            self.assertIn("| quiet, slower 10 |", self.run_it(log, "100"))
            self.assertTrue(log.read_text().startswith(first))
            numbers = [json.loads(line).get("n") for line in log.read_text().splitlines()]
            self.assertEqual(numbers, [None, 0, 1])


if __name__ == "__main__":
    if sys.argv[1:] == ["without_program"]:
        del RunTest, sys.argv[1:]
    main()
