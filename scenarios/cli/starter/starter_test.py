"""starter_test.py: a repository made by `respawn init`, its script, its CI job and the action, in real
git repositories: what GitHub would do to run their steps is done here.

    starter_test.py PROGRAM        with RESPAWN_SOURCE, the project's folder

SPDX-License-Identifier: MIT
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, ValidationError

PROGRAM = Path(sys.argv.pop(1)).resolve()
SOURCE = Path(os.environ["RESPAWN_SOURCE"]).resolve()
sys.path.insert(0, str(SOURCE / "bench"))
sys.dont_write_bytecode = True
from peers.testing import main  # noqa: E402

ACTION = SOURCE / ".github/actions/ab"
SHORT = "--set runtime.clock=virtual --set phases.trouble=30ms --set phases.calm=5ms"
STEPS = "#define STEPS 3000u"
FIVE_TIMES = "#define STEPS 15000u"


# ---------------------------------------------------------------- repositories

class Place:
    """A folder with a home, a respawn that is built, and a repository that `respawn init` began."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="respawn-test."))
        self.repo, self.respawn = self.folder / "repo", self.folder / "respawn"
        (self.folder / "home").mkdir()
        (self.respawn / "build/release").mkdir(parents=True)
        for room in ("runtime", "reports", "scenarios", ".github"):
            (self.respawn / room).symlink_to(SOURCE / room)
        (self.respawn / "build/release/respawn").symlink_to(PROGRAM)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "TMPDIR": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1", "AB_FLAGS": SHORT, "RESPAWN": str(self.respawn),
            **{f"GIT_{who}_{what}": f"{what}@test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}
        self.do(PROGRAM, "init", self.repo, cwd=self.folder)
        self.do("git", "init", "--quiet", "--initial-branch=main")
        self.commit("begin")

    def do(self, *words, cwd=None, status=0, **more):
        done = subprocess.run([str(word) for word in words], cwd=cwd or self.repo, text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**self.environment, **more})
        if status is not None and done.returncode != status:
            raise AssertionError(f"{words} ends with {done.returncode}, not {status}:\n{done.stdout}")
        return done.stdout

    def commit(self, message, replace=(), name="worker.c"):
        path = self.repo / name
        for old, new in [replace] if replace else []:
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
        self.do("git", "add", "--all", ":!*.so")
        self.do("git", "commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def head(self, name="HEAD"):
        return self.do("git", "rev-parse", name).strip()

    def ab(self, *words, status=0, **more):
        return self.do("./respawn-ab", *words, status=status, **more)

    def left_over(self):
        return [path.name for path in self.folder.glob("respawn-ab.*")] + \
            self.do("git", "worktree", "list").splitlines()[1:]

    def clean(self):
        shutil.rmtree(self.folder)


class PlaceTest(unittest.TestCase):
    def setUp(self):
        self.place = Place()
        self.addCleanup(self.place.clean)


# ---------------------------------------------------------------- the script

class ScriptTest(PlaceTest):
    def test_what_is_slower_fails_and_what_is_not_passes(self):
        place = self.place
        place.commit("slower", (STEPS, FIVE_TIMES))
        self.assertIn("regression: calls.latency_uncorrected.p50 of B is slower by +", place.ab(status=3))
        self.assertEqual(place.left_over(), [])
        place.commit("a remark", (FIVE_TIMES, FIVE_TIMES + " /* on purpose */"))
        self.assertIn("no regression: ", place.ab())
        self.assertIn("no regression: ", place.ab("HEAD^", "HEAD"))
        self.assertIn("regression: ", place.ab("HEAD^^", status=3))
        self.assertIn("no regression: ", place.ab("HEAD", "HEAD^^"))
        self.assertEqual(place.left_over(), [])

    def test_in_real_time(self):
        place = self.place
        place.commit("slower", (STEPS, "#define STEPS 60000u"))
        place.ab(status=3, AB_FLAGS="", AB_THRESHOLD="100%")
        place.ab("HEAD", AB_FLAGS="", AB_THRESHOLD="100%", AB_BUDGET="10s")  # 0, if only with a warning

    def test_a_branch_is_compared_with_where_it_left_main(self):
        place = self.place
        place.do("git", "checkout", "--quiet", "-b", "work")
        place.commit("slower", (STEPS, FIVE_TIMES))
        place.commit("no slower", (FIVE_TIMES, FIVE_TIMES + " "))
        place.do("git", "checkout", "--quiet", "main")
        place.commit("elsewhere", ("fifty times", "50 times"), "respawn.yaml")
        place.do("git", "checkout", "--quiet", "work")
        self.assertIn("regression: ", place.ab(status=3))
        self.assertIn("no regression: ", place.ab(AB_MAIN="HEAD^"))
        self.assertIn("AB_MAIN: 'nowhere' is no commit here", place.ab(status=2, AB_MAIN="nowhere"))

    def test_nothing_to_compare_with_is_no_failure(self):
        self.assertIn("nothing to compare with: this is the first commit", self.place.ab())
        place = self.place
        place.do("git", "rm", "--quiet", "respawn.yaml")
        before = place.commit("without")
        place.do("git", "revert", "--no-edit", "HEAD")
        self.assertIn(f"nothing to compare with: {before} has no respawn.yaml", place.ab())

    def test_what_cannot_be_done_is_told(self):
        place = self.place
        place.commit("more")
        self.assertIn("'nowhere' is no commit here", place.ab("nowhere", status=2))
        self.assertIn("'nobody' is no commit here", place.ab("HEAD", "nobody", status=2))
        self.assertIn("there is no /nowhere/respawn", place.ab(status=2, RESPAWN_PROGRAM="/nowhere/respawn"))
        self.assertIn("has no other.so after make", place.ab(status=2, AB_PLUGIN="other.so"))
        self.assertIn("no respawn at '/'", place.ab(status=2, RESPAWN="/", RESPAWN_PROGRAM=str(PROGRAM)))
        place.commit("broken", (STEPS, "#define STEPS"))
        self.assertIn(f"head ({place.head()}) cannot be built: make", place.ab(status=2))
        self.assertEqual(place.left_over(), [])

    def test_a_shallow_clone_is_told_what_it_lacks(self):
        place = self.place
        place.commit("more")
        place.do("git", "clone", "--quiet", "--depth=1", f"file://{place.repo}", place.folder / "shallow")
        place.repo = place.folder / "shallow"
        self.assertIn("fetch-depth: 0", place.ab(status=2))

    def test_wrong_is_not_slow(self):
        place = self.place
        place.commit("wrong", ("  - orphans == 0", "  - orphans == 1"), "respawn.yaml")
        self.assertIn("failed: side", place.ab(status=1))

    def test_too_noisy_to_say_warns_or_fails(self):
        place = self.place
        place.commit("more")
        self.assertIn("too noisy (status 4)", place.ab(AB_BUDGET="1ms"))
        self.assertIn("too noisy (status 4)", place.ab(status=4, AB_BUDGET="1ms", FAIL_ON_INCONCLUSIVE="1"))

    def test_what_is_not_committed_is_not_measured(self):
        place = self.place
        place.commit("more")
        path = place.repo / "worker.c"
        path.write_text(path.read_text().replace(STEPS, FIVE_TIMES))
        said = place.ab()
        self.assertIn("there are changes that are not committed", said)
        self.assertIn("no regression: ", said)

    def test_builds_of_respawn_may_be_compared(self):
        place = self.place
        place.commit("more", ("gate:", "gate: [calls.issued]\n#"), "respawn.yaml")
        said = place.ab(AB_BUILD='ln "$RESPAWN/build/release/respawn" mine', AB_PROGRAM="mine", status=None,
                        AB_SCENARIO=str(SOURCE / "scenarios/cli/test/duel.yaml"),
                        AB_FLAGS="--set runtime.clock=virtual")
        self.assertIn("/head/mine", said)
        self.assertIn("no regression: ", said)


# ---------------------------------------------------------------- what GitHub does

class Runner:
    """Runs the steps of a job or of a composite action. What stands in ${{ }} is what the contexts say."""

    def __init__(self, place, **contexts):
        self.place, self.contexts = place, contexts
        self.files = {name: place.folder / name.lower() for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        self.environment = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(place.repo),
                            "GITHUB_ACTION_PATH": str(place.respawn / ".github/actions/ab"),
                            "RUNNER_TEMP": str(place.folder),
                            **{name: str(path) for name, path in self.files.items()}}
        self.said = ""

    def value(self, path):
        value = self.contexts
        for key in path.split("."):
            value = value[key]
        return value

    def evaluate(self, expression):
        python = expression.strip().replace("&&", " and ").replace("||", " or ")
        python = re.sub(r"'[^']*'|[a-z][\w.-]*", lambda word: word.group() if word.group() in ("and", "or")
                        or word.group()[0] == "'" else f"value('{word.group()}')", python)
        return eval(python, {"__builtins__": {}, "value": self.value})  # pylint: disable=eval-used

    def fill(self, text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(self.evaluate(found.group(1))), str(text))

    def run(self, steps, shell, environment, status=0):
        """`shell` is for steps that name none. The last step ends with `status`, the others with 0."""
        words = {"bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"), "sh": ("sh", "-e")}
        for path in self.files.values():
            path.write_text("")
        for step in steps:
            if "uses" in step or ("if" in step and self.fill(step["if"]) != "True"):
                continue
            filled = {name: self.fill(text) for name, text in {**environment, **step.get("env", {})}.items()}
            script = self.place.folder / "step"
            script.write_text(self.fill(step["run"]))
            self.said += self.place.do(*words[step.get("shell", shell)], script,
                                       status=status if step is steps[-1] else 0,
                                       **{**self.environment, **filled})
        return self.said

    def text(self, name):
        return self.files[name].read_text()


def load(path):
    return yaml.safe_load(Path(path).read_text())


class ActionTest(PlaceTest):
    def act(self, status=0, **given):
        action = load(ACTION / "action.yml")
        self.assertEqual(action["runs"]["using"], "composite")
        inputs = {name: about["default"] for name, about in action["inputs"].items()}
        given = {"respawn": str(self.place.respawn), "flags": SHORT, **given}
        self.assertLessEqual(set(given), set(inputs))
        del self.place.environment["RESPAWN"], self.place.environment["AB_FLAGS"]
        runner = Runner(self.place, inputs={**inputs, **given})
        try:
            runner.run(action["runs"]["steps"], None, {}, status)
        finally:
            self.place.environment.update(RESPAWN=str(self.place.respawn), AB_FLAGS=SHORT)
        return runner

    def test_slower_fails_with_summary_annotation_and_output(self):
        place = self.place
        place.commit("slower", (STEPS, FIVE_TIMES))
        runner = self.act(3)
        self.assertIn("### ❌ prices: regression\n", runner.text("GITHUB_STEP_SUMMARY"))
        self.assertIn(f"B is {place.head()}.\n", runner.text("GITHUB_STEP_SUMMARY"))
        self.assertEqual(runner.text("GITHUB_OUTPUT"), "status=3\n")
        self.assertIn(f"\n::error::respawn-ab: {place.head()} is slower than {place.head('HEAD^')}\n", runner.said)

    def test_inputs_reach_the_script(self):
        place = self.place
        place.commit("slower", (STEPS, FIVE_TIMES))
        base = place.head("HEAD^")
        place.commit("no slower", (FIVE_TIMES, FIVE_TIMES + " "))
        self.act(3, base=base, plugin="other.so", build="make && mv worker.so other.so")
        self.assertIn("✅ prices", self.act(head="HEAD").text("GITHUB_STEP_SUMMARY"))
        self.assertIn("99 % must be caught", self.act(3, head="HEAD^", threshold="99%").said)
        runner = self.act(budget="1ms", base=base, head="HEAD^")
        self.assertEqual(runner.text("GITHUB_OUTPUT"), "status=4\n")
        self.assertIn("::warning::", runner.said)
        self.act(4, budget="1ms", base=base, head="HEAD^", **{"fail-on-inconclusive": "true"})
        runner = self.act(2, scenario="nowhere.yaml", base=base, head="HEAD^", program="worker.so")
        self.assertIn("nowhere.yaml: no such file", runner.said)
        self.assertIn("### ❌ respawn: no verdict, status 2", runner.text("GITHUB_STEP_SUMMARY"))

    def test_without_a_respawn_it_builds_its_own(self):
        place = self.place
        place.commit("more")
        (place.respawn / ".ci").mkdir()
        for name in ("install", "build"):
            script = place.respawn / ".ci" / name
            script.write_text('#!/bin/sh\necho "$0 $*"\n')
            script.chmod(0o755)
        said = self.act(respawn="").said
        self.assertIn(".ci/install packages.txt\n.ci/build release respawn\n", said)
        self.assertIn("no regression: ", said)

    def test_our_own_job_gives_it_what_it_takes(self):
        steps = load(SOURCE / ".github/workflows/ab.yml")["jobs"]["ab"]["steps"]
        given = [step["with"] for step in steps if step.get("uses") == "./.github/actions/ab"]
        self.assertEqual(len(given), 1)
        self.assertLessEqual(set(given[0]), set(load(ACTION / "action.yml")["inputs"]))
        place, scenario = self.place, SOURCE / given[0]["scenario"]
        said = place.do(PROGRAM, "ab", *given[0]["flags"].split(), "--a", PROGRAM, "--b", PROGRAM, scenario,
                        "--set", "runtime.clock=virtual", "--set", "phases.steady=10ms")
        self.assertIn("no regression: ", said)
        self.assertEqual(given[0]["program"], "build/release/respawn")


class JobTest(PlaceTest):
    """The job that `init` writes, with a respawn to clone whose build is a link."""

    def make_source(self):
        place, source = self.place, self.place.folder / "source"
        (source / ".ci").mkdir(parents=True)
        shutil.rmtree(place.respawn)
        for name, line in (("install", 'test "$1" = packages.txt'),
                           ("build", f'mkdir -p build/release && ln -s {PROGRAM} build/release/respawn')):
            script = source / ".ci" / name
            script.write_text(f"#!/bin/sh\n{line}\n")
            script.chmod(0o755)
        for room in ("runtime", "reports", "scenarios"):
            (source / room).symlink_to(SOURCE / room)
        for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "all")):
            place.do("git", *words, cwd=source)
        return source

    def work(self, event, status=0, before="", base="", url=None):
        place = self.place
        job = load(place.repo / ".github/workflows/respawn.yml")["jobs"]["ab"]
        (place.folder / "bin").mkdir(exist_ok=True)
        (place.folder / "bin/apt-get").write_text("#!/bin/sh\n")
        (place.folder / "bin/apt-get").chmod(0o755)
        del place.environment["RESPAWN"]
        place.environment["PATH"] = f"{place.folder}/bin:{place.environment['PATH']}"
        place.environment["GITHUB_BASE_REF"] = base
        if url is None:
            url = self.make_source()
        runner = Runner(place, vars={"RESPAWN_URL": url},
                        github={"event_name": event, "event": {"before": before}})
        runner.run(job["steps"], "sh", job["env"], status)
        return runner

    def clone(self, *words):
        """What actions/checkout does."""
        place = self.place
        place.do("git", "clone", "--quiet", place.repo, place.folder / "clone")
        place.repo = place.folder / "clone"
        place.do("git", *words)

    def test_a_slower_pull_request_fails(self):
        place = self.place
        place.do("git", "checkout", "--quiet", "-b", "work")
        slower = place.commit("slower", (STEPS, FIVE_TIMES))
        place.do("git", "checkout", "--quiet", "main")
        place.commit("elsewhere", ("fifty times", "50 times"), "respawn.yaml")
        self.clone("checkout", "--quiet", "--detach", "origin/main")
        place.do("git", "merge", "--quiet", "--no-edit", slower)  # refs/pull/N/merge
        runner = self.work("pull_request", 3, before="of another meaning", base="main")
        self.assertIn("### ❌ prices: regression\n", runner.text("GITHUB_STEP_SUMMARY"))

    def test_a_push_is_compared_with_what_was_before(self):
        place = self.place
        before = place.head()
        place.commit("slower", (STEPS, FIVE_TIMES))
        place.commit("more")
        self.clone("checkout", "--quiet", "main")
        self.work("push", 3, before=before)

    def test_a_new_branch_is_compared_with_the_commit_before(self):
        place = self.place
        place.commit("slower", (STEPS, FIVE_TIMES))
        place.commit("more")
        self.clone("checkout", "--quiet", "main")
        runner = self.work("push", 0, before="0" * 40)
        self.assertIn("### ✅ prices: no regression\n", runner.text("GITHUB_STEP_SUMMARY"))

    def test_where_respawn_comes_from_must_be_said(self):
        with self.assertRaisesRegex(AssertionError, "set the repository variable RESPAWN_URL"):
            self.work("push", url="")


class SchemaTest(unittest.TestCase):
    """What an editor completes the scenario by."""

    def test_make_writes_what_the_first_line_names(self):
        place = Place()
        self.addCleanup(place.clean)
        name = re.match(r"# yaml-language-server: \$schema=(\S+)\n", (place.repo / "respawn.yaml").read_text())[1]
        place.do("make", f"RESPAWN={place.respawn}", name)
        schema = json.loads((place.repo / name).read_text())
        scenario = load(place.repo / "respawn.yaml")
        Draft202012Validator(schema).validate(scenario)
        scenario["tree"]["children"][0]["article"] = 5
        with self.assertRaises(ValidationError):
            Draft202012Validator(schema).validate(scenario)


class ScriptsTest(unittest.TestCase):
    """shellcheck reads the script, and the steps of all YAML files."""

    def check(self, text, shell):
        done = subprocess.run(["shellcheck", f"--shell={shell}", "-"], input=text, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_scripts_are_clean(self):
        here = SOURCE / "scenarios/cli/starter"
        self.check((here / "respawn-ab").read_text(), "sh")
        jobs = [load(path)["jobs"]["ab"] for path in (here / ".github/workflows/respawn.yml",
                                                      SOURCE / ".github/workflows/ab.yml")]
        steps = [step for job in jobs for step in job["steps"]] + load(ACTION / "action.yml")["runs"]["steps"]
        runs = [step for step in steps if "run" in step]
        self.assertGreater(len(runs), 4)
        for step in runs:
            self.assertNotIn("${{", step["run"])  # a stranger's branch name would be shell code
            self.check("set -e\n" + step["run"], step.get("shell", "sh"))


if __name__ == "__main__":
    main()
