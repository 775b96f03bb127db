"""manual_test.py: respawn(1): it names all that there is and nothing else, and its readers have no complaint.

    manual_test.py PROGRAM        with RESPAWN_SOURCE, the project's folder

SPDX-License-Identifier: MIT
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv.pop(1)).resolve()
SOURCE = Path(os.environ["RESPAWN_SOURCE"]).resolve()
sys.path.insert(0, str(SOURCE / "bench"))
sys.dont_write_bytecode = True
from peers.testing import main  # noqa: E402

TEXT = (SOURCE / "scenarios/cli/respawn.1.scd").read_text()


def respawn(*words):
    return subprocess.run([PROGRAM, *words], text=True, check=True, stdout=subprocess.PIPE).stdout


def commands():
    return re.findall(r"^  ([a-z]+) ", respawn("--help").split("Exit status")[0], re.M)


def section(name):
    return re.search(rf"^# {name}\n(.*?)(?=^# |\Z)", TEXT, re.M | re.S)[1]


class ManualTest(unittest.TestCase):

    def test_it_has_each_command_and_no_other(self):
        told = re.findall(r"^\*([a-z]+)\*", section("COMMANDS"), re.M)
        self.assertEqual(sorted(commands()), sorted(told))

    def test_it_has_each_flag_and_no_other(self):
        there = {flag for command in commands() for flag in re.findall(r"^  (--[a-z-]+)", respawn(command, "--help"), re.M)}
        told = re.findall(r"^\*(--[a-z-]+)\*|(?<=, )\*(--[a-z-]+)\*(?= _)", section("FLAGS"), re.M)
        self.assertEqual(sorted(there), sorted(one or other for one, other in told))
        self.assertLessEqual(set(re.findall(r"--[a-z][a-z-]*", TEXT)), there)

    def test_flags_take_what_the_program_says(self):
        for command in commands():
            for flag, argument in re.findall(r"^  (--[a-z-]+) ?(\S*)  ", respawn(command, "--help"), re.M):
                if flag in ("--export-json", "--output"):
                    continue  # of some commands a file, of others a directory
                told = re.search(rf"\*{flag}\*(?: _([^_]+)_)?", section("FLAGS"))[1] or ""
                self.assertEqual(told, argument, flag)

    def test_it_has_each_exit_status(self):
        there = re.findall(r"^ +(\d+)  ", respawn("--help").split("Exit status")[1], re.M)
        self.assertEqual(there, re.findall(r"^\*(\d+)\*$", section("EXIT STATUS"), re.M))

    def test_it_has_each_list(self):
        for word in re.findall(r"^([a-z]+)$", respawn("list"), re.M):
            self.assertIn(f"*{word}*", section("COMMANDS"))


class ReadersTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.page = Path(cls.folder.name) / "respawn.1"
        with cls.page.open("w") as page:
            subprocess.run(["scdoc"], input=TEXT, text=True, check=True, stdout=page)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_mandoc_has_no_complaint(self):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", self.page], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        usual = "WARNING: skipping paragraph macro: PP "  # scdoc begins a paragraph everywhere
        self.assertEqual([line for line in done.stdout.splitlines() if usual not in line], [])

    def test_man_shows_it(self):
        done = subprocess.run(["man", "--warnings", "--local-file", self.page], text=True, check=True,
                              env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertEqual(done.stderr, "")
        self.assertIn("--verify-determinism", done.stdout)
        self.assertIn("NO_COLOR", done.stdout)
        self.assertIn("# yaml-language-server: $schema=respawn.schema.json", done.stdout)
        self.assertNotIn("*", done.stdout.replace("*.yaml", ""))  # marks that were not understood


if __name__ == "__main__":
    main()
