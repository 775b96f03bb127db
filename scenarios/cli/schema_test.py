"""schema_test.py: `respawn schema`, asked by a validator: the schemas themselves, every scenario, what runs
write; and beside the language: what that takes the schema takes, and what has the wrong shape neither does.

    schema_test.py PROGRAM        with RESPAWN_SOURCE, the project's folder

SPDX-License-Identifier: MIT
"""
import copy
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

PROGRAM = Path(sys.argv.pop(1)).resolve()
SOURCE = Path(os.environ["RESPAWN_SOURCE"]).resolve()
sys.path.insert(0, str(SOURCE / "bench"))
sys.dont_write_bytecode = True
from peers.testing import main  # noqa: E402

BAD = SOURCE / "scenarios/language/bad"

# What is wrong with these files only the language can see.
UNSEEN = (
    # YAML that a scenario may not use, and readers of editors take
    "duplicate_key phase_twice tag",
    # which ids, paths, phases and operations there are, and of what kind
    "depends_on_itself depends_on_registry depends_on_supervisor duplicate_ids expect_unknown_phase"
    " explore_during_heal explore_protect_nobody fault_ids_twice fault_last_phase fault_one_phase fault_phase_unknown"
    " fault_strikes_whom fault_victim_star_of_worker fault_victim_template fault_victim_unknown load_arrivals_client"
    " load_arrivals_key load_arrivals_operation load_ids_twice load_phase_unknown load_target_supervisor"
    " load_target_unknown load_via_registry path_too_long pipeline_circle pipeline_next_kind ring_next_kind"
    " setup_not_of_worker setup_supervisor setup_unknown_path upgrade_ids_twice upgrade_last_phase worker_option_path"
    " worker_option_path_kind",
    # how large something is, or how many there are
    "explore_no_faults failure_choices_many fault_at_in_last_phase fault_at_late fault_every_zero"
    " fault_how_argument_range fault_strikes_late gate_too_many intensity_too_large load_arrivals_late"
    " load_arrivals_phase load_burst_always load_burst_huge load_burst_never load_clients_zero load_keys_zipf_exponent"
    " load_keys_zipf_fine load_ramp_nothing load_ramp_steep load_rate_zero load_retry_max load_timeout_long"
    " period_fraction period_overflow period_zero threads_too_many threads_zero upgrade_at_late",
    # what the value of one key means for another
    "backoff_of_temporary clock_not_allowed distribution_order fifo_many_threads load_arrivals_think"
    " load_arrivals_twice load_retry_on_deadline load_think_open mix_sum significant_never significant_permanent"
    " upgrade_out_of_order upgrade_same_time",
)


class Yaml(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: `on` and `yes` are texts."""


Yaml.yaml_implicit_resolvers = {}
for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""])):
    Yaml.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def load(text):
    return yaml.load(text, Loader=Yaml)


def respawn(*words, status=0):
    done = subprocess.run([PROGRAM, *map(str, words)], cwd=SOURCE, text=True, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{words} ends with {done.returncode}, not {status}:\n{done.stderr}")
    return done


def schema(*words):
    return json.loads(respawn("schema", *words).stdout)


def errors(validator, value):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in validator.iter_errors(value)]


def strict(node):
    """The same schema, which allows no key that it does not know."""
    if isinstance(node, list):
        return [strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    new = {key: strict(value) for key, value in node.items()}
    if isinstance(new.get("properties"), dict):
        new.setdefault("additionalProperties", False)
    return new


def properties(node):
    """All (name, schema) of the keys in a schema, wherever they are."""
    if isinstance(node, list):
        for one in node:
            yield from properties(one)
    if isinstance(node, dict):
        named = node.get("properties")
        if isinstance(named, dict) and node.get("type") == "object":
            yield from named.items()
        for value in node.values():
            yield from properties(value)


class SchemasTest(unittest.TestCase):
    """The schemas themselves."""

    def test_they_are_schemas(self):
        for words in ((), ("scenario",), ("result",), ("events",)):
            Draft202012Validator.check_schema(schema(*words))
        self.assertEqual(schema(), schema("scenario"))

    def test_references_lead_somewhere(self):
        whole = schema()
        names = set(re.findall(r'"#/\$defs/([^"]*)"', json.dumps(whole)))
        self.assertLessEqual(names, set(whole["$defs"]))
        self.assertGreater(len(names), 40)

    def test_each_key_says_what_it_is(self):
        for kind in ("scenario", "result", "events"):
            for name, value in properties(schema(kind)):
                self.assertTrue(value.get("description"), f"{kind}: {name}")

    def test_what_there_is_no_schema_of(self):
        self.assertIn("did you mean 'events'?", respawn("schema", "event", status=2).stderr)
        self.assertIn("but of scenario, result and events", respawn("schema", "weather", status=2).stderr)
        self.assertIn("usage:", respawn("schema", "result", "events", status=2).stderr)

    def test_words_of_plugins_are_in_it(self):
        plugin = PROGRAM.parent / "tests/words_good.so"
        words = set(re.findall(r"^  (\w+)", respawn("list", "workers", "--plugin", plugin).stdout, re.M))
        mine = words - set(re.findall(r"^  (\w+)", respawn("list", "workers").stdout, re.M))
        self.assertTrue(mine)
        definitions = schema("--plugin", plugin)["$defs"]
        for word in mine:
            self.assertIn(f"worker:{word}", definitions)
            self.assertNotIn(f"worker:{word}", schema()["$defs"])


class ScenariosTest(unittest.TestCase):
    """The schema of scenarios beside the language."""

    @classmethod
    def setUpClass(cls):
        cls.validator = Draft202012Validator(schema())

    def test_every_scenario_is_one(self):
        refused, count = set(), 0
        for path in sorted((SOURCE / "scenarios").rglob("*.yaml")):
            if BAD in path.parents:
                continue
            count += 1
            if errors(self.validator, load(path.read_text())):
                self.assertIn("unknown worker", respawn("validate", path, status=2).stderr, path)
                refused.add(path.name)
        self.assertGreater(count, 30)
        self.assertEqual(refused, {"counter.yaml", "respawn.yaml"})  # whose workers are in plugins

    def test_what_has_the_wrong_shape_is_refused(self):
        unseen, taken = " ".join(UNSEEN).split(), []
        for path in sorted(BAD.glob("*.yaml")):
            try:
                wrong = bool(errors(self.validator, load(path.read_text())))
            except yaml.YAMLError:
                wrong = True
            if not wrong:
                taken.append(path.stem)
        self.assertEqual(sorted(unseen), taken)

    def test_modelines_are_comments(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "with.yaml"
            smoke = (SOURCE / "scenarios/smoke.yaml").read_text()
            path.write_text("# yaml-language-server: $schema=respawn.schema.json\n" + smoke)
            self.assertEqual(respawn("validate", path).stdout, respawn("validate", "scenarios/smoke.yaml").stdout)


VALUES = """true false null 0 1 3 10k 1.5M 1.5 -1 5 0x1F "7" 1s 1.5ms 0s 100us 2h 1e3 64KiB 5MB 90% 99.9% 0% 100.0% 101%
    200/s 1k/s 0/s 30/m auto all none one max real virtual steal pct(3) pct(3,10k) one_for_all simple_one_for_one
    transient temporary brutal_kill infinity never all_significant name registry pid uniform zipf(1.1) zipf(x) echo
    first db '*' '**' shop/db segv kill abort exit(boom) exit slow(5ms) init_fail init_fail(2) init_fail(2,50%) hang
    poisson(5/s) burst(3-every-50ms) ramp(0/s-to-5k/s) exponential(5ms) uniform(1ms,9ms) erlang(4,5ms)
    two(1ms,50ms,2%) [] [1s] [real] [real,virtual] [all] [segv,own] {} {first:-1ms} {restarts:-3,period:-5s}
    {times:-3} {times:-3,on:-[timeout]} [kill] [orphans,healed(1s)] 100-messages 1-message restart-of-echo
    start-of-* 1s-of-5s ['1s-echo#1'] ['1ms'] ['1ms-0-echo-0'] {echo:-100%} {run:-1s,heal:-1s} [calls.lost-==-0]
    ['restart.reachable.p99-<-5ms'] ['calls.failed{reason=noproc}-==-0'] [calls.throughput] [restart.started.p50]
    ['crash-of-echo'] [model:-calls.lost-==-0] text""".split()

# What the language says of a value that has the wrong shape.
SHAPE = re.compile(r"unknown key|must be a (single value|list|mapping)|write true or false|has no value"
                   r"|unknown '?(strategy|restart|clock|auto_shutdown|via|worker|scheduler)'?|is a text"
                   r"|: a (duration|size|share|rate|count) is")

# To YAML these are numbers like any other.
NUMBERS = ("0x1F", "1e3")
# To the language these are also names.
BOOLEANS = ("true", "false")

# --set of one of these takes others along.
ALONE = re.compile(r"faults.*\.(at|every|rate|after|on|probability|strikes)$|load.*\.(rate|arrivals)$")


class BesideTheLanguageTest(unittest.TestCase):
    """The same keys set to the same values, some of which fit."""

    FILES = ("scenarios/smoke.yaml", "scenarios/first_service.yaml", "scenarios/high_scores.yaml",
             "scenarios/talk/repaired.yaml")
    TIMES = 25  # for each file

    def put(self, document, path, value):
        """As --set does."""
        steps = re.findall(r"\[\d+\]|[^.\[]+", path)
        for step in steps[:-1]:
            if isinstance(document, list):
                at = [one for one in document if one.get("id") == step]
                document = document[int(step[1:-1])] if step[0] == "[" else at[0]
            else:
                document = document.setdefault(step, {})
        document[steps[-1]] = value

    def draw(self, validator, chance, whole, paths):
        """A path, a value and what the schema says of it: as often nothing as something."""
        is_good = chance.random() < 0.5
        while True:
            path, value = chance.choice(paths), chance.choice(VALUES).replace("-", " ")
            if ALONE.match(path):
                continue
            document = copy.deepcopy(whole)
            self.put(document, path, load(value))
            if validator.is_valid(document) == is_good:
                return path, value, is_good

    def test_what_the_language_takes_the_schema_takes(self):
        validator, chance, both, neither = Draft202012Validator(schema()), random.Random(7), 0, 0
        for file in self.FILES:
            paths = respawn("list", "keys", file).stdout.split()
            whole = load((SOURCE / file).read_text())
            for _ in range(self.TIMES):
                path, value, is_good = self.draw(validator, chance, whole, paths)
                said = respawn("validate", file, "--set", f"{path}={value}", status=None)
                what = f"{file} --set {path}={value}:\n{said.stderr}"
                if is_good and value not in NUMBERS:
                    self.assertNotRegex(said.stderr, SHAPE, what)
                if not is_good and value not in BOOLEANS:
                    self.assertEqual(said.returncode, 2, what)
                both += is_good and said.returncode == 0
                neither += not is_good
        self.assertGreater(min(both, neither), 20)


    # With and without what may be left out, and with spaces where they mean nothing.
    TAKEN = (("runtime.scheduler", "pct"), ("runtime.scheduler", "pct(5)"), ("runtime.scheduler", "pct( 5 , 100 )"),
             ("load.callers.rate", "poisson( 1k/s )"), ("load.callers.rate", "burst( 100 every 5ms )"),
             ("load.callers.keys", "zipf( 1.1 )"), ("checks", "[healed( 1s )]"), ("checks", "[healed(1s), alive]"))

    def test_what_each_catalogue_takes(self):
        validator, file = Draft202012Validator(schema()), "scenarios/smoke.yaml"
        whole = load((SOURCE / file).read_text())
        for path, value in self.TAKEN:
            document = copy.deepcopy(whole)
            self.put(document, path, load(value))
            self.assertEqual(errors(validator, document), [], f"{path}={value}")
            said = respawn("validate", file, "--set", f"{path}={value}", status=None).stderr
            self.assertNotRegex(said, SHAPE, f"{path}={value}")


RUNS = (
    ("scenarios/smoke.yaml", "--set", "runtime.clock=virtual", "--repeat", "2"),
    ("scenarios/smoke.yaml", "--set", "runtime.threads=1"),
    ("scenarios/high_scores.yaml", "--set", "runtime.clock=virtual", "--set", "phases.steady=50ms", "--set",
     "phases.warm=50ms", "--set", "phases.storm=50ms", "--set", "phases.heal=50ms", "--set", "setup[0].count=100",
     "--set", "checks=all"),
    ("scenarios/talk/as_presented.yaml",),
    ("scenarios/talk/found/second_crash.yaml",),
)


class FilesTest(unittest.TestCase):
    """What runs write."""

    @classmethod
    def setUpClass(cls):
        cls.results, cls.lines = [], []
        with tempfile.TemporaryDirectory() as folder:
            json_path, events_path = Path(folder) / "r.json", Path(folder) / "e.jsonl"
            for run in RUNS:
                respawn("run", *run, "--quiet", "--force", "--export-json", json_path, "--export-events", events_path,
                        status=None)
                cls.results.append(json.loads(json_path.read_text()))
                cls.lines += [json.loads(line) for line in events_path.read_text().splitlines()]

    def test_results_have_no_key_that_is_not_told(self):
        validator = Draft202012Validator(strict(schema("result")))
        for result in self.results:
            self.assertEqual(errors(validator, result), [])
        for key in ("settings", "findings", "crashes", "repetitions", "expectations", "trust", "notes", "gate"):
            self.assertTrue(any(result[key] for result in self.results), key)

    def test_events_have_no_key_that_is_not_told(self):
        validator = Draft202012Validator(strict(schema("events")))
        self.assertGreater(len(self.lines), 100)
        for line in self.lines[::7]:
            self.assertEqual(errors(validator, line), [])
        self.assertEqual(errors(validator, self.lines[0]), [])

    def test_newer_files_have_more_keys(self):
        validator = Draft202012Validator(schema("result"))
        self.assertEqual(errors(validator, {**self.results[0], "format": "respawn.result/1.9", "mood": "good"}), [])
        self.assertEqual(errors(validator, {"format": "respawn.result/1.0"}), [])

    def test_wrong_files_are_refused(self):
        validator, result = Draft202012Validator(schema("result")), self.results[0]
        for wrong in ({}, {"format": "respawn.result/2.0"}, {"status": "fine"}, {"seed": 7}, {"threads": -1},
                      {"phases": {}}, {"phases": [{"name": 3}]}, {"metrics": [{}]}, {"gate": [1]},
                      {"metrics": [{"name": "a", "bins": {"scheme": "log10"}}]},
                      {"metrics": [{"name": "a", "percentiles": {"p50": "soon"}}]}, {"machine": []}):
            self.assertTrue(errors(validator, {**result, **wrong} if wrong else {}), wrong)
        validator = Draft202012Validator(schema("events"))
        for wrong in ({}, {"t_ns": 1}, {"t_ns": "now", "event": "exit"}, {"t_ns": 1, "event": "lunch"},
                      {"t_ns": 1, "event": "exit", "core": -1}, {"format": "respawn.events/2"}):
            self.assertTrue(errors(validator, wrong), wrong)


if __name__ == "__main__":
    main()
