"""bench_test.py PROGRAM: every benchmark once, tiny, so that all keep running; and what users of
Google Benchmark count on. Nothing is measured here.
SPDX-License-Identifier: MIT
"""
import json
import re
import subprocess
import sys
import unittest
from functools import lru_cache
from pathlib import Path

from peers.testing import main

PROGRAM = str(Path(sys.argv[1]).resolve())
del sys.argv[1:]

HERE = Path(__file__).resolve().parent
TINY = "--benchmark_min_time=0.001"
SMALL = "--benchmark_filter=-[/:]10{4,}(/|$)"  # no argument of 10,000 or more


def run(*options, cwd=HERE.parent):
    return subprocess.run([PROGRAM, *options], cwd=cwd, capture_output=True, text=True,
                          timeout=240, check=False)


def rows_of(done):
    return json.loads(done.stdout)["benchmarks"]


@lru_cache(maxsize=None)
def names(*options):
    done = run("--benchmark_list_tests", *options)
    return done.stdout.split() if done.returncode == 0 else []


def case_of(name):
    """The name without its arguments."""
    return re.sub(r"(/[a-z_]+:\d+|/\d+)*(/manual_time)?$", "", name)


class BenchTest(unittest.TestCase):
    def test_every_benchmark_runs(self):
        done = run(TINY, SMALL, "--benchmark_format=json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = {row["name"]: row for row in rows_of(done)}
        self.assertEqual(list(rows), names(SMALL))
        for name, row in rows.items():
            with self.subTest(name):
                self.assertNotIn("error_occurred", row)
                self.assertGreater(row["iterations"], 0)
                self.assertGreater(row["real_time"], 0)

    def test_no_case_is_left_out(self):
        self.assertEqual({case_of(name) for name in names(SMALL)},
                         {case_of(name) for name in names()})
        self.assertEqual(len(names()), len(set(names())))

    def test_the_readme_lists_every_case(self):
        text = (HERE / "README.md").read_text()
        rows = re.findall(r"^\| (?:`\w+\.c` )?\| (`.*?) \|", text, re.MULTILINE)
        told = re.findall(r"`([^`]+)`", " ".join(rows))
        self.assertEqual(sorted(told), sorted({case_of(name) for name in names()}))

    def test_names_tell_the_arguments(self):
        for name in ("send/same_thread/manual_time", "restart/one_for_one/10000/manual_time",
                     "call/clients:1000/threads:2/manual_time", "switch/stack"):
            self.assertIn(name, names())

    def test_a_filter_chooses(self):
        rows = rows_of(run(TINY, "--benchmark_filter=^crash/(segv|fpe)", "--benchmark_format=json"))
        self.assertEqual([row["name"] for row in rows],
                         ["crash/segv/manual_time", "crash/fpe/manual_time"])
        for row in rows:
            self.assertGreater(row["p50_ns"], 0)
            self.assertLessEqual(row["p50_ns"], row["p99_ns"])
            self.assertLessEqual(row["p99_ns"], row["max_ns"])

    def test_repetitions_are_summed_up(self):
        rows = rows_of(run(TINY, "--benchmark_filter=^link", "--benchmark_repetitions=3",
                           "--benchmark_format=json"))
        self.assertEqual([row.get("aggregate_name") for row in rows],
                         [None] * 3 + ["mean", "median", "stddev", "cv"])

    def test_a_batch_that_goes_beyond_counts(self):
        row, = rows_of(run("--benchmark_min_time=0", "--benchmark_filter=^send/same",
                           "--benchmark_format=json"))
        self.assertEqual(row["iterations"] % 250, 0)

    def test_iterations_may_be_given(self):
        rows = rows_of(run("--iterations=500", "--benchmark_filter=^(send/same|link)",
                           "--benchmark_format=json"))
        self.assertEqual([row["iterations"] for row in rows], [500, 500])

    def test_a_failure_is_told(self):
        done = run(TINY, "--benchmark_filter=^plan/load", "--benchmark_format=json", cwd="/")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read", rows_of(done)[0]["error_message"])

    def test_unknown_options_are_refused(self):
        self.assertEqual(run("--benchmark_filer=x").returncode, 2)


if __name__ == "__main__":
    main()
