"""run_test.py: what `run` makes of programs that work, fail, hang, babble or are not there.
SPDX-License-Identifier: MIT
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from testing import main

RUN = Path(__file__).resolve().parent / "run"
PROGRAMS = {
    "respawn": 'echo "{\\"ns_per_op\\": 50, \\"words\\": \\"$*\\"}"',
    "beam": "echo sorry >&2; exit 3",
    "go": "exec sleep 600",
    "tokio": "echo hello",
}


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)
        for peer, script in PROGRAMS.items():
            program = self.out / peer / "peer"
            program.parent.mkdir()
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)

    def run_peers(self, **settings):
        environment = {**os.environ, "PEERS_BUILD": str(self.out), "QUIET": "0", "ROUNDS": "1",
                       "PEERS_WRAP": "", "PEERS": "", "SCALE": "0.001", "TIMEOUT": "0.3",
                       "WORKLOADS": "call1", **settings}
        done = subprocess.run([sys.executable, "-B", str(RUN)], env=environment, text=True,
                              capture_output=True, timeout=60, check=False)
        lines = [json.loads(line) for line in (self.out / "lines.jsonl").read_text().splitlines()]
        return done, lines

    def test_every_trouble_is_shown(self):
        done, lines = self.run_peers()
        self.assertNotEqual(done.returncode, 0)
        told = {line["peer"]: line.get("error") for line in lines}
        self.assertEqual(told, {"respawn": None, "beam": "status 3: sorry",
                                "go": "no result in 0.3 s", "tokio": "printed no JSON",
                                "caf": "not built"})
        self.assertEqual(done.stdout.count("FAILED: "), 4)
        self.assertEqual((self.out / "table.md").read_text(), done.stdout)

    def test_rounds_are_interleaved_and_scaled(self):
        done, lines = self.run_peers(ROUNDS="2", PEERS="respawn beam", WORKLOADS="call1 pingpong")
        self.assertNotEqual(done.returncode, 0)
        order = [(line["round"], line["row"].split()[0], line["peer"]) for line in lines]
        once = [("pingpong", "respawn"), ("pingpong", "respawn"), ("pingpong", "beam"),
                ("call1", "respawn"), ("call1", "beam")]
        self.assertEqual(order, [(1, *each) for each in once] + [(2, *each) for each in once])
        self.assertEqual(lines[0]["words"], "pingpong m=2000 threads=1 kind=process")
        self.assertEqual(lines[1]["words"], "pingpong m=2000 threads=1 kind=server")

    def test_the_wrap_stands_before_each_measurement(self):
        log = self.out / "log"
        wrap = f"sh -c 'echo wrapped >>{log}; exec \"$@\"' wrap"
        done, lines = self.run_peers(PEERS="respawn", PEERS_WRAP=wrap)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (0, 1))
        self.assertEqual((log.read_text(), lines[0]["ns_per_op"]), ("wrapped\n", 50))

    def test_a_finished_run_is_told_again(self):
        first, _ = self.run_peers(PEERS="respawn")
        again = subprocess.run([sys.executable, "-B", str(RUN), "--table",
                                str(self.out / "lines.jsonl")], text=True, capture_output=True,
                               env={**os.environ, "PEERS_BUILD": str(self.out)}, check=True)
        self.assertEqual(again.stdout.split("\n")[2:], first.stdout.split("\n")[2:])

    def test_unknown_names_are_refused(self):
        for settings in ({"PEERS": "respawn ocaml"}, {"WORKLOADS": "juggle"}):
            done = subprocess.run([sys.executable, "-B", str(RUN)], text=True, capture_output=True,
                                  env={**os.environ, **settings}, timeout=60, check=False)
            self.assertIn("name nothing", done.stderr)
            self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    main()
