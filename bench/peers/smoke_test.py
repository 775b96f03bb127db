"""smoke_test.py PROGRAM PEER: each workload of a program, tiny: one line of JSON that says what was
done, all of it, and refusals that say why.
SPDX-License-Identifier: MIT
"""
import json
import subprocess
import sys
import unittest
from functools import lru_cache

from rows import ROWS
from testing import main

PROGRAM, PEER = sys.argv[1], sys.argv[2]
del sys.argv[1:]

RANKS = ["p50", "p90", "p99", "p999", "max"]

# Workload, parameters, operations, further results.
WORK = [
    ("spawn_exit", "n=50 batch=1", 50, []),
    ("spawn_exit", "n=2050 batch=1000", 2000, []),
    ("pingpong", "m=300 threads=1", 300, []),
    ("ring", "n=7 hops=300 threads=1", 300, []),
    ("ring", "n=1 hops=5", 5, []),
    ("fan_in", "senders=3 m=1000", 999, []),
    ("call1", "m=300 threads=1", 300, []),
    ("calln", "clients=7 m=300", 294, []),
    ("tables", "tables=10 clients=4 m=4000 lat=0", 4000, ["congrats_share"]),
    ("tables", "tables=10 clients=4 m=400 lat=1", 400, ["congrats_share"] + RANKS),
    ("restart", "n=20 kills=50", 50,
     [prefix + rank for prefix in ("", "notified_", "answered_") for rank in RANKS]),
    ("restart", "strategy=simple_one_for_one n=20 kills=5 pause_us=100", 5, RANKS),
    ("restart_group", "n=1 kills=2", 2, RANKS),
    ("restart_group", "n=20 kills=5", 5, RANKS),
    ("restart_group", "strategy=rest_for_one n=20 kills=5", 5, RANKS),
    ("kill_storm", "n=50 kills=200 window=20", 200, []),
    ("kill_storm", "strategy=simple_one_for_one n=5 kills=50 window=20", 50, []),
    ("memory", "n=2000 kind=table", 2000, ["bytes_per_process"]),
    ("memory", "n=200 kind=process", 200, ["bytes_per_process"]),
    ("sup_start", "n=2000", 2000,
     ["first_ns", "second_ns", "first_faults", "second_faults", "bytes_per_process"]),
]
if PEER == "respawn":
    WORK += [("hostile", f"kind={kind} m=20", 20, RANKS)
             for kind in ("loop", "calls", "libc", "syscall", "receive", "none")]

REFUSED = ["", "juggle", "pingpong m=x", "pingpong m=-1", "pingpong balls=3", "pingpong m",
           "memory kind=nothing", "restart strategy=none_for_all", "call1 threads=0"]


@lru_cache(maxsize=None)
def run(text):
    return subprocess.run([PROGRAM] + text.split(), capture_output=True, text=True, timeout=60,
                          check=False)


def forms():
    """Each form of a workload that the table measures, tiny."""
    for row in ROWS:
        for form in row.forms_of(PEER):
            for key, value in form.items():
                size = {"pingpong": "m=50", "ring": "n=3 hops=50", "fan_in": "senders=2 m=50",
                        "tables": "tables=2 m=50 clients=2"}[row.workload]
                yield row.workload, f"{size} {key}={value}"


class SmokeTest(unittest.TestCase):
    def line_of(self, workload, params):
        done = run(f"{workload} {params}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.count("\n"), 1)
        return json.loads(done.stdout)

    def check(self, workload, params, ops, results):
        line = self.line_of(workload, params)
        self.assertEqual((line["peer"], line["workload"]), (PEER, workload))
        given = dict(word.split("=") for word in params.split())
        told = {key: str(value) for key, value in line["params"].items()}
        self.assertEqual({key: told.get(key) for key in given}, given)
        self.assertIn("threads", told)
        self.assertEqual(line["ops"], ops)
        self.assertGreater(line["seconds"], 0)
        self.assertAlmostEqual(line["ns_per_op"], line["seconds"] * 1e9 / ops,
                               delta=0.01 + line["ns_per_op"] * 1e-3)
        for name in results:
            self.assertIn(name, line)
        for prefix in ("", "notified_", "answered_"):
            ranks = [line[prefix + rank] for rank in RANKS if prefix + rank in line]
            self.assertEqual(ranks, sorted(ranks))
            self.assertTrue(all(rank > 0 for rank in ranks))
        return line

    def test_every_workload(self):
        for workload, params, ops, results in WORK:
            with self.subTest(f"{workload} {params}"):
                self.check(workload, params, ops, results)

    def test_every_form(self):
        for workload, params in forms():
            with self.subTest(f"{workload} {params}"):
                self.line_of(workload, params)

    def test_tables_keep_the_best_ten(self):
        """The k-th score of a table is among its best ten with probability 10/k."""
        line = self.check("tables", "tables=10 clients=4 m=4000 lat=0", 4000, [])
        adds = 360
        expected = sum(min(1, 10 / k) for k in range(1, adds + 1)) / adds
        self.assertAlmostEqual(line["congrats_share"], expected, delta=0.03)

    def test_restarts_are_told_in_their_order(self):
        line = self.check("restart", "n=20 kills=50", 50, [])
        for rank in ("p50", "max"):
            self.assertLessEqual(line[rank], line["notified_" + rank])
            self.assertLessEqual(line["notified_" + rank], line["answered_" + rank])

    def test_an_idle_process_takes_memory(self):
        for workload, params in ("memory", "n=2000 kind=table"), ("sup_start", "n=2000"):
            with self.subTest(workload):
                line = self.check(workload, params, 2000, [])
                self.assertGreater(line["bytes_per_process"], 100)
                self.assertLess(line["bytes_per_process"], 100000)

    def test_refusals(self):
        for text in REFUSED:
            with self.subTest(text):
                done = run(text)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertTrue(done.stderr.startswith(("peer: ", "usage: ")), done.stderr)


if __name__ == "__main__":
    main()
