"""stages_test.py RESPAWN: OTP's story of its restarts, tiny: `respawn report` takes it, its stages come in
their order, and the report's distributions are those of the lines.
SPDX-License-Identifier: MIT
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from testing import main  # noqa: E402

RESPAWN = sys.argv[1]
del sys.argv[1:]
RUN = Path(__file__).resolve().parent / "run"
KILLS = 25
# In place of the program: tells one line if it ends with a status of those that have told, and shows what lies there.
FAKE = """#!/bin/sh
if [ "$1" = report ]; then exec cat respawn.jsonl; fi
for file; do :; done
[ {status} = 2 ] || echo fresh >"$file"
exit {status}
"""


def measure(respawn, out):
    return subprocess.run(
        [sys.executable, "-B", str(RUN)], text=True, capture_output=True, timeout=120, check=False,
        env={**os.environ, "RESPAWN": str(respawn), "STAGES_OUT": str(out), "QUIET": "0",
             "KILLS": str(KILLS), "EVERY_MS": "4"})


class StagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = Path(cls.folder.name)
        cls.done = measure(RESPAWN, cls.out)
        lines = (cls.out / "otp.jsonl").read_text().splitlines()
        cls.header, *cls.events = [json.loads(line) for line in lines]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def restarts(self):
        """For each kill: the time of each stage, by the event's word."""
        deaths, births = defaultdict(dict), defaultdict(dict)
        for event in self.events:
            who = event["role"], event["incarnation"]
            told = deaths if event["event"] in ("fault", "exit", "noticed") else births
            self.assertNotIn(event["event"], told[who])
            told[who][event["event"]] = event["t_ns"]
        return [{**deaths[role, number], **births[role, number + 1]} for role, number in deaths]

    def report(self, *words):
        done = subprocess.run([RESPAWN, "report", *words], cwd=self.out, text=True, capture_output=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_both_are_told_side_by_side(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        table = self.done.stdout[self.done.stdout.index("REAL TIME"):].splitlines()
        stages = ("detected", "noticed", "started", "reachable", "served")
        self.assertEqual([line.split()[0] for line in table[1:11]],
                         [word for stage in stages for word in (stage, "otp.jsonl")])
        self.assertIn("us traced", self.done.stderr)

    def test_the_header_says_who_tells(self):
        self.assertEqual(self.header["format"], "respawn.events/1")
        self.assertEqual((self.header["runtime"], self.header["clock"]), ("beam", "real"))

    def test_every_kill_goes_through_its_stages_in_order(self):
        restarts = self.restarts()
        self.assertEqual(len(restarts), KILLS)
        for restart in restarts:
            restart.setdefault("served", restart.get("started"))  # on a busy machine it died unasked
            for before, after in (("fault", "exit"), ("exit", "noticed"), ("noticed", "reachable"),
                                  ("reachable", "started"), ("reachable", "served")):
                self.assertLessEqual(restart[before], restart[after], (before, after))

    def test_the_report_has_what_the_lines_say(self):
        result = json.loads(self.report("otp.jsonl", "--quiet", "--export-json", "-"))
        totals = {metric["name"]: metric for metric in result["metrics"] if not metric["labels"]}
        stages = {"detected": "exit", "noticed": "noticed", "started": "started",
                  "reachable": "reachable", "served": "served"}
        for stage, word in stages.items():
            took = [restart[word] - restart["fault"] for restart in self.restarts() if word in restart]
            told = totals[f"restart.{stage}"]
            self.assertEqual((told["count"], told["sum"], told["min"], told["max"]),
                             (len(took), sum(took), min(took), max(took)), stage)
            self.assertFalse(told.get("unfinished"))
            self.assertTrue(len(took) == KILLS or stage == "served")
        self.assertEqual(totals["restart.count"]["value"], KILLS)
        self.assertEqual(totals["restart.unfinished"]["value"], 0)


class StatusTest(unittest.TestCase):
    def measure(self, status):
        with tempfile.TemporaryDirectory() as folder:
            fake = Path(folder) / "respawn"
            fake.write_text(FAKE.format(status=status))
            fake.chmod(0o755)
            (Path(folder) / "respawn.jsonl").write_text("stale\n")
            return measure(fake, folder)

    def test_a_run_that_told_nothing_ends_it_all(self):
        done = self.measure(2)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("status 2", done.stderr)

    def test_a_run_that_is_not_trusted_has_told_its_story(self):
        done = self.measure(7)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.endswith("\nfresh\n"), done.stdout)


if __name__ == "__main__":
    main()
