"""completion_test.py: what `respawn completion bash` prints, in a real bash, asked as bash would ask.

    completion_test.py PROGRAM        with RESPAWN_SOURCE, the project's folder

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

ASK = """
set -u
eval "$("$PROGRAM" completion bash)"
COMP_WORDS=("$PROGRAM" "$@") COMP_CWORD=$#
_respawn
printf '%s\\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
"""


def respawn(*words, status=0):
    done = subprocess.run([PROGRAM, *words], cwd=SOURCE, text=True, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == status, (words, done.returncode, done.stderr)
    return done.stdout


def complete(*words, folder=SOURCE):
    """What may stand for the last word."""
    done = subprocess.run(["bash", "--norc", "-c", ASK, "bash", *words], cwd=folder, text=True, check=False,
                          env={"PATH": os.environ["PATH"], "PROGRAM": str(PROGRAM)}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0 and not done.stderr, done
    return [line for line in done.stdout.split("\n") if line]


def commands():
    return re.findall(r"^  ([a-z]+) ", respawn("--help").split("Exit status")[0], re.M)


def flags(command):
    """The flags that --help shows, each with what its argument is called, or ''."""
    return dict(re.findall(r"^  (--[a-z-]+) ?(\S*)  ", respawn(command, "--help"), re.M))


class CompletionTest(unittest.TestCase):

    def test_commands(self):
        self.assertEqual(complete(""), commands() + ["--help", "--version"])
        self.assertEqual(complete("co"), ["compare", "conform", "completion"])
        self.assertEqual(complete("--v"), ["--version"])
        self.assertEqual(complete("nonsense"), [])

    def test_the_flags_of_each_command(self):
        self.assertGreater(len(commands()), 10)
        for command in commands():
            self.assertEqual(complete(command, "-"), list(flags(command)), command)
        self.assertEqual(complete("run", "--verify"), ["--verify-determinism"])
        self.assertEqual(complete("list", "--verify"), [])

    def test_flags_that_take_no_value_are_followed_by_anything(self):
        for command, flag in (("run", "--quiet"), ("validate", "--dry-run")):
            self.assertEqual(complete(command, flag, "scenarios/smo"), ["scenarios/smoke.yaml"])

    def test_what_stands_behind_a_word(self):
        self.assertEqual(complete("list", "keys", "scenarios/smo"), ["scenarios/smoke.yaml"])
        self.assertEqual(complete("explore", "scenarios/smoke.yaml", "-o", "scenarios/tal"), ["scenarios/talk"])
        self.assertEqual(complete("merge", "-o", "README.m"), ["README.md"])
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a.yml", "b.yaml", "c.txt"):
                (Path(folder) / name).touch()
            self.assertEqual(sorted(complete("run", "", folder=folder)), ["a.yml", "b.yaml"])

    def test_nobody_knows_the_value_of_a_setting(self):
        for words in (("=",), ("=", "scen"), ("=", "")):
            self.assertEqual(complete("run", "scenarios/smoke.yaml", "--set", "runtime.clock", *words), [])

    def test_scenarios_and_folders(self):
        found = complete("run", "scenarios/")
        self.assertIn("scenarios/smoke.yaml", found)
        self.assertIn("scenarios/talk", found)
        self.assertNotIn("scenarios/README.md", found)
        self.assertEqual(complete("validate", "scenarios/rest_"), ["scenarios/rest_for_one.yaml"])

    def test_other_files(self):
        self.assertIn("scenarios/README.md", complete("replay", "scenarios/R"))
        self.assertIn("scenarios/README.md", complete("run", "--export-json", "scenarios/R"))
        self.assertEqual(complete("explore", "--output", "scenarios/ta"), ["scenarios/talk"])
        self.assertEqual(complete("init", "scenarios/READ"), [])

    def test_what_nobody_knows(self):
        for flag in ("--seed", "--repeat", "--timeout", "--save-baseline"):
            self.assertEqual(complete("run", flag, ""), [], flag)

    def test_words(self):
        self.assertIn("workers", complete("list", ""))
        self.assertEqual(complete("list", "me"), ["metrics"])
        for word in complete("list", ""):
            respawn("list", word)
        self.assertEqual(complete("schema", ""), ["scenario", "result", "events"])
        self.assertEqual(complete("completion", ""), ["bash"])

    def test_keys_of_the_scenario(self):
        smoke = "scenarios/smoke.yaml"
        self.assertEqual(complete("run", smoke, "--set", "runtime.cl"), ["runtime.clock="])
        self.assertEqual(complete("sweep", smoke, "--find-limit", "runtime.thr"), ["runtime.threads"])
        self.assertEqual(complete("sweep", smoke, "--vary", "tree.str"), ["tree.strategy="])
        self.assertEqual(complete("run", "--set", "runtime.cl"), [])  # of which?
        self.assertEqual(complete("run", smoke, "--set", "runtime.clock", "=", "vir"), [])

    def test_a_flag_and_its_value_as_one(self):
        self.assertEqual(complete("run", "--export-json", "=", "scenarios/RE"), ["scenarios/README.md"])
        self.assertEqual(complete("validate", "scenarios/smoke.yaml", "--set", "=")[:1], ["respawn="])

    def test_names_with_spaces_stay_one(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "two words.yaml").write_text("")
            for begun in ("tw", "two w"):
                self.assertEqual(complete("run", begun, folder=folder), ["two words.yaml"])

    def test_a_strangers_scenario_runs_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "s.yaml").write_text("phases: { '$(touch ran)': 1s, '`touch ran`': 1s, calm: 1s }\n"
                                                 "load: [{ id: '$(touch ran)' }, { id: fine }]\n")
            found = complete("run", "s.yaml", "--set", "", folder=folder)
            self.assertIn("phases.calm=", found)
            self.assertIn("load[0].clients=", found)
            self.assertIn("load.fine.clients=", found)
            self.assertFalse([word for word in found if not re.fullmatch(r"[a-z0-9_.\[\]]+=", word)])
            self.assertFalse((Path(folder) / "ran").exists())

    def test_bash_knows_it(self):
        done = subprocess.run(["bash", "--norc", "-c", 'eval "$("$0" completion bash)"; complete -p respawn', PROGRAM],
                              text=True, check=True, stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, "complete -F _respawn respawn\n")

    def test_the_script_is_clean(self):
        done = subprocess.run(["shellcheck", "-"], input=respawn("completion", "bash"), text=True, check=False,
                              stdout=subprocess.PIPE)
        self.assertEqual(done.stdout, "")

    def test_other_shells_are_refused(self):
        respawn("completion", status=2)
        respawn("completion", "fish", status=2)


class SettingsTest(unittest.TestCase):
    """`list keys SCENARIO`: each key that it tells can be set."""

    def test_each_can_be_set(self):
        for file in ("scenarios/first_service.yaml", "scenarios/high_scores.yaml"):
            paths = respawn("list", "keys", file).split()
            self.assertEqual(len(paths), len(set(paths)))
            self.assertGreater(len(paths), 80)
            for path in paths[::5]:
                done = subprocess.run([PROGRAM, "validate", file, "--set", f"{path}=~"], cwd=SOURCE, text=True,
                                      check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                self.assertNotRegex(done.stderr, "unknown key|unknown id|no keys|no list|no entry", path)

    def test_they_are_those_of_what_is_there(self):
        paths = respawn("list", "keys", "scenarios/first_service.yaml").split()
        for path in ("runtime.costs.callback", "tree.children.web.depends_on", "tree.children.db.backoff",
                     "faults.bad_query.every", "faults.bad_query.duty", "load.customers.retry.times", "phases.calm",
                     "expect", "explore.max_rate"):
            self.assertIn(path, paths)
        for path in ("runtime", "tree.children.web", "faults", "phases", "tree.child"):
            self.assertNotIn(path, paths)
        self.assertIn("setup[0].count", respawn("list", "keys", "scenarios/high_scores.yaml").split())

    def test_what_is_no_scenario(self):
        respawn("list", "keys", "scenarios/nobody.yaml", status=2)
        respawn("list", "workers", "scenarios/smoke.yaml", status=2)


if __name__ == "__main__":
    main()
