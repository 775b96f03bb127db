"""planted_test.py: `run` in virtual time, where a slowdown is what it is: it goes on where it was
interrupted, and says when a verdict is not what it must be.

    planted_test.py PROGRAM

SPDX-License-Identifier: MIT
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from peers.testing import main  # noqa: E402

PROGRAM = str(Path(sys.argv.pop(1)).resolve())
SHORT = "--set runtime.clock=virtual --set phases.trouble=30ms --set phases.calm=5ms"


class PlantedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.rows = Path(folder.name) / "rows.jsonl"

    def run_it(self, status, **more):
        environment = {**os.environ, "PLANTED_PROGRAM": PROGRAM, "PLANTED_ROWS": str(self.rows), "QUIET": "0",
                       "TIMES": "1", "PLANTED_FLAGS": SHORT, **more}
        done = subprocess.run([HERE / "run"], env=environment, check=False, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def read(self):
        return [json.loads(line) for line in self.rows.read_text().splitlines() if line.endswith("}")]

    def test_planted_fails_and_the_same_passes_and_no_verdict_is_made_twice(self):
        said = self.run_it(0).split("\n")
        self.assertEqual(said[1].split()[-6:-1], ["1", "1", "0", "0", "0"])
        self.assertEqual(said[2].split()[-6:-1], ["1", "0", "1", "0", "0"])
        first = self.read()
        self.assertEqual([(row["kind"], row["exit"]) for row in first], [("planted", 3), ("same", 0)])
        with self.rows.open("a") as rows:
            rows.write('{"kind": "pla')  # interrupted
        self.run_it(0, TIMES="2")
        again = self.read()
        self.assertEqual(again[:2], first)
        self.assertEqual([(row["kind"], row["number"]) for row in again[2:]], [("planted", 2), ("same", 2)])

    def test_what_is_not_as_it_must_be_is_told(self):
        said = self.run_it(1, SLOWDOWN="0").split("\n")
        self.assertEqual(said[1].split()[-6:-1], ["1", "0", "1", "0", "0"])
        said = self.run_it(1, PLANTED_FLAGS=SHORT + " --budget 1ms").split("\n")
        self.assertEqual(said[2].split()[-6:-1], ["1", "0", "0", "1", "0"])


if __name__ == "__main__":
    main()
