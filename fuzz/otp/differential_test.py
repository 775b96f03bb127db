"""differential_test.py RESPAWN: otp_differential finds no difference between RESPAWN and the real OTP, finds one
that is planted and makes it small, and says when one of the two cannot be run.
SPDX-License-Identifier: MIT
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "bench" / "peers")]
from generate import PROFILES, generate  # noqa: E402
from shrink import features, smaller  # noqa: E402
from testing import main  # noqa: E402

DIFFERENTIAL = HERE.parent / "otp_differential"
RESPAWN = Path(sys.argv.pop(1)).resolve()


def nodes(node):
    yield node
    for child in node.get("children", []):
        yield from nodes(child)


class GenerateTest(unittest.TestCase):
    def test_a_case_is_a_function_of_seed_and_number(self):
        self.assertEqual(generate("a", 7), generate("a", 7))
        self.assertNotEqual(generate("a", 7), generate("a", 8))
        self.assertNotEqual(generate("a", 7), generate("b", 7))

    def test_every_kind_is_made(self):
        cases = [generate("kinds", n) for n in range(400)]
        ops = {action["op"] for case in cases for action in case["actions"]}
        self.assertEqual(ops, {"exit", "signal", "burst", "start_child", "terminate_child", "restart_child",
                               "delete_child", "count_children", "sleep_ms", "stop_root"})
        self.assertEqual({case["profile"] for case in cases}, set(PROFILES))
        every = [node for case in cases for node in nodes(case["root"])]
        self.assertEqual({node.get("strategy") for node in every if node["kind"] == "supervisor"},
                         {"one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one", "one_for_some"})
        inits = {tuple(node["init"]) for node in every if isinstance(node.get("init"), dict)}
        self.assertEqual(len(inits), 4)

    def test_what_would_not_be_determined_is_not_made(self):
        for number in range(400):
            case = generate("rules", number)
            killed = [action["path"] for action in case["actions"] if action.get("reason") == "kill"]
            self.assertFalse([path for path in killed if path.split("/")[-1][0] in "sd" or path == "root"])
            started = [(action["sup"], action["child"]["id"]) for action in case["actions"]
                       if action["op"] == "start_child"]
            simple = [one for one in started if one[1][0] == "k"]
            self.assertEqual(len(simple), len(set(simple)))


class ShrinkTest(unittest.TestCase):
    def test_every_step_is_smaller_and_leaves_the_case_alone(self):
        for number in range(30):
            case = generate("shrink", number)
            before = json.dumps(case)
            for less in smaller(case):
                self.assertLess(len(json.dumps(less)), len(before))
            self.assertEqual(json.dumps(case), before)

    def test_features_know_no_names(self):
        case = {"root": {"id": "root"}}
        trace = "case x\naction 1 exit root/w1 crash\nexit root/w1 #1 crash\nresult 1 ok\nend\n"
        self.assertEqual(features(case, trace),
                         features(case, trace.replace("w1", "w27").replace("#1", "#9").replace("1 ok", "4 ok")))
        self.assertNotEqual(features(case, trace), features(case, trace.replace("exit root/w1 #", "start root/w1 #")))


class DifferentialTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_it(self, *words):
        return subprocess.run([sys.executable, "-B", str(DIFFERENTIAL), "--jobs", "2", *map(str, words)], text=True,
                              capture_output=True, timeout=300, check=False)

    def script(self, name, text):
        path = self.folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def test_respawn_does_as_the_real_otp_does(self):
        done = self.run_it("--cases", 40, "--seed", "suite", "--respawn", RESPAWN, "--keep", self.folder / "kept")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("40 cases, 0 differ", done.stdout)
        for kept in (self.folder / "kept").glob("*.json"):
            self.assertTrue(kept.with_suffix(".trace").exists())

    def test_a_planted_difference_is_found_and_made_small(self):
        planted = self.script("respawn", f'exec "{RESPAWN}" "$@" | sed "s/^\\(report .*\\) killed$/\\1 kill/"\n')
        done = self.run_it("--cases", 1, "--seed", "planted35", "--respawn", planted)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        small = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
        self.assertLessEqual(len(small["actions"]), 2)
        self.assertLessEqual(len(list(nodes(small["root"]))), 2)

    def test_who_cannot_be_run_is_told(self):
        silent = self.script("oracle", "echo broken >&2\n")
        done = self.run_it("--cases", 1, "--respawn", RESPAWN, "--oracle", silent)
        self.assertEqual(done.returncode, 2)
        self.assertIn("broken", done.stderr)


main()
