"""processes_test.py: the table of timed processes, and what `run` makes of programs that are not
there or fail; with a hyperfine that measures nothing.
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
from processes import BASE, COMMANDS, table  # noqa: E402

# Runs the command once, as hyperfine with an unknown command or a failing one would end.
HYPERFINE = """#!{python}
import json, shlex, subprocess, sys
options = dict(word[2:].split("=", 1) for word in sys.argv[1:-1])
done = subprocess.run(shlex.split(sys.argv[-1]), capture_output=True, check=False)
if done.returncode:
    sys.exit("Error: Command terminated with non-zero exit code.")
result = {{"command": options["command-name"], "median": 0.002, "min": 0.001, "max": 0.0035,
          "words": sys.argv[-1], "runs": options["runs"]}}
json.dump({{"results": [result]}}, open(options["export-json"], "w"))
"""


class TableTest(unittest.TestCase):
    def test_milliseconds_and_ratios(self):
        results = {BASE: {"median": 0.002, "min": 0.001, "max": 0.0035},
                   "other": {"median": 0.5, "min": 0.4, "max": 0.6},
                   "absent": {"error": "not installed"}}
        self.assertEqual(table(results), [["", "ms", f"÷ {BASE}"],
                                          [BASE, "2.00 (1.00..3.50)", "1.00"],
                                          ["other", "500 (400..600)", "250"],
                                          ["absent", "not installed", "–"]])

    def test_without_ours_there_is_no_ratio(self):
        results = {BASE: {"error": "not built"}, "x": {"median": 1.0, "min": 1.0, "max": 1.0}}
        self.assertEqual([row[2] for row in table(results)[1:]], ["–", "–"])


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.build = Path(folder.name)
        self.add("bin/hyperfine", HYPERFINE.format(python=sys.executable))

    def add(self, path, script):
        program = self.build / path
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(script)
        program.chmod(0o755)

    def run_processes(self):
        environment = {"PATH": str(self.build / "bin"), "PROCESSES_BUILD": str(self.build),
                       "QUIET": "0", "RUNS": "7", "HOME": os.environ.get("HOME", "/")}
        return subprocess.run([sys.executable, "-B", str(HERE / "run")], env=environment, text=True,
                              capture_output=True, timeout=60, check=False)

    def results(self):
        text = (self.build / "processes" / "processes.json").read_text()
        return json.loads(text)["results"]

    def test_what_is_not_there_is_told_and_no_failure(self):
        self.add("release/respawn", "#!/bin/sh\nexit 0\n")
        done = self.run_processes()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((done.stdout.count("not installed"), done.stdout.count("not built")), (2, 1))
        told = {result["command"]: result for result in self.results()}
        self.assertEqual(list(told), list(COMMANDS)[:3])
        self.assertEqual(told[BASE]["words"], f"{self.build}/release/respawn --version")
        self.assertEqual(told[BASE]["runs"], "7")
        self.assertEqual((self.build / "processes" / "processes.md").read_text(), done.stdout)

    def test_words_arrive_as_they_are(self):
        self.add("bin/erl", "#!/bin/sh\n[ \"$3\" = 'io:format(\"hello~n\"), halt().' ]\n")
        self.assertEqual(self.run_processes().returncode, 0)
        self.assertEqual([result["command"] for result in self.results()], ["Erlang, hello"])

    def test_a_failure_is_told_and_the_others_go_on(self):
        self.add("release/respawn", "#!/bin/sh\nexit 1\n")
        self.add("processes/hello", "#!/bin/sh\n")
        done = self.run_processes()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count("FAILED: Error: Command terminated"), 3)
        self.assertEqual([result["command"] for result in self.results()], ["Go, hello"])

    def test_without_hyperfine_nothing_is_done(self):
        (self.build / "bin" / "hyperfine").unlink()
        done = self.run_processes()
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get install hyperfine", done.stderr)


if __name__ == "__main__":
    main()
