"""counts_test.py PROGRAM BENCH: the two tables of run, small, of these builds, under the real valgrind.
SPDX-License-Identifier: MIT
"""
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from peers.testing import main  # noqa: E402

PROGRAM, BENCH = (str(Path(word).resolve()) for word in sys.argv[1:3])
del sys.argv[1:]


def rows_of(*words, **settings):
    """The table's rows below its head, as lists of cells."""
    done = subprocess.run([HERE / "run", *words], capture_output=True, text=True, check=True,
                          env=os.environ | {"PROGRAM": PROGRAM, "A": BENCH, "ROUNDS": "1"} | settings)
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in done.stdout.splitlines()[2:]]


class CountsTest(unittest.TestCase):
    def test_a_switch_takes_a_dozen_instructions(self):
        row, = rows_of("bench", "^switch/stack$", B=BENCH)
        self.assertEqual(row[0], "`switch/stack`")
        self.assertTrue(9 < float(row[1]) < 20, row)
        self.assertTrue(0.999 < float(row[5]) < 1.001, row)

    def test_scenarios_repeat(self):
        smoke, real = rows_of("scenarios", "scenarios/smoke.yaml",
                              "scenarios/million_segfaults.yaml")
        self.assertTrue(1 < float(re.match(r"([\d.]+) M$", smoke[1]).group(1)) < 100, smoke)
        self.assertLess(float(smoke[2].removesuffix(" ppm")), 100)
        self.assertEqual(real[1], "does not allow the virtual clock")

    def test_other_words_are_refused(self):
        self.assertEqual(subprocess.run([HERE / "run"], capture_output=True, check=False).returncode, 1)


if __name__ == "__main__":
    main()
