"""trace_test.py: traces of real runs: that they hold together, say what the result says, stay within their
bounds, and are read by a consumer, the engine behind the Performance panel of Chromium.

    trace_test.py PROGRAM        with RESPAWN_SOURCE, the project's folder

SPDX-License-Identifier: MIT
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections import defaultdict
from pathlib import Path

PROGRAM = Path(sys.argv.pop(1)).resolve()
SOURCE = Path(os.environ["RESPAWN_SOURCE"]).resolve()
sys.path.insert(0, str(SOURCE / "bench"))
sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True
from peers.testing import main  # noqa: E402
from trace_viewer import Viewer  # noqa: E402

VIRTUAL = "--set runtime.clock=virtual"
FOLDER = Path(tempfile.mkdtemp(prefix="respawn-test."))


def tearDownModule():
    shutil.rmtree(FOLDER)


def start(arguments):
    return subprocess.Popen([str(PROGRAM), "run", *arguments.split()], cwd=SOURCE, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Run:
    """A run that was traced: the trace's text and events, the result, and what was said on stderr."""

    def __init__(self, scenario, more="", status=0):
        trace, result = FOLDER / "trace.json", FOLDER / "result.json"
        flags = f"{scenario} {more} --quiet --force --export-trace {trace} --export-json {result}"
        process = start(flags)
        _, self.stderr = process.communicate()
        if process.returncode != status:
            raise AssertionError(f"run {flags} ends with {process.returncode}:\n{self.stderr}")
        self.text = trace.read_text()
        self.trace, self.result = json.loads(self.text), json.loads(result.read_text())
        self.events, self.other = self.trace["traceEvents"], self.trace["otherData"]

    def of_kind(self, *kinds):
        return [event for event in self.events if event["ph"] in kinds]

    def metric(self, name):
        for metric in self.result["metrics"]:
            if metric["name"] == name and not metric.get("labels"):
                return metric["value"]
        raise AssertionError(f"no {name} in the result")

    def flows(self):
        """By number: its steps in order."""
        flows = defaultdict(list)
        for event in self.of_kind("s", "t", "f"):
            flows[event["id"]].append(event)
        return flows

    def marks(self):
        return [event for event in self.of_kind("X") if event["cat"] == "event"]

    def turns(self):
        return [event for event in self.of_kind("X") if event["cat"] == "turn"]


def ns(event, key="ts"):
    return round(event[key] * 1000)


def end_of(event):
    return ns(event) + (ns(event, "dur") if "dur" in event else 0)


def track_of(event):
    return event["pid"], event["tid"]


def by_track(events):
    tracks = defaultdict(list)
    for event in events:
        tracks[track_of(event)].append(event)
    return tracks


# ---------------------------------------------------------------- a trace holds together

class Checks(unittest.TestCase):
    def check_slices(self, run):
        """On a track one is within another, or they are apart; turns are always apart."""
        for slices in by_track(run.of_kind("X")).values():
            open_ends = []
            for event in sorted(slices, key=lambda e: (ns(e), -ns(e, "dur"))):
                while open_ends and open_ends[-1] <= ns(event):
                    open_ends.pop()
                self.assertTrue(not open_ends or end_of(event) <= open_ends[-1], event)
                open_ends.append(end_of(event))
        for turns in by_track(run.turns()).values():
            turns.sort(key=lambda e: (ns(e), end_of(e)))
            for before, after in zip(turns, turns[1:]):
                self.assertLessEqual(end_of(before), ns(after))

    def check_names(self, run):
        """Every track that is used has a name; each begin has its end."""
        named = {track_of(event) for event in run.of_kind("M") if event["name"] == "thread_name"}
        groups = {event["pid"] for event in run.of_kind("M") if event["name"] == "process_name"}
        for event in run.of_kind("X", "i", "s", "t", "f"):
            self.assertIn(track_of(event), named)
        for event in run.of_kind("b", "e"):
            self.assertIn(event["pid"], groups)
        self.assertEqual(run.of_kind("B", "E"), [])
        self.assertLessEqual({event["ph"] for event in run.events}, set("MXibestf"))

    def check_flows(self, run):
        tracks = by_track(run.marks())
        for steps in run.flows().values():
            kinds = "".join(step["ph"] for step in steps)
            self.assertRegex(kinds, "^st*f$")
            self.assertEqual(steps[-1].get("bp"), "e")
            for step in steps:
                ends = [mark for mark in tracks[track_of(step)] if ns(mark) <= ns(step) <= end_of(mark)]
                self.assertTrue(ends, step)
            times = [ns(step) for step in steps]
            self.assertEqual(times, sorted(times))

    def check_lives(self, run):
        begun, ended = {}, {}
        for event in run.of_kind("b", "e"):
            lives = begun if event["ph"] == "b" else ended
            self.assertNotIn(event["id"], lives)
            lives[event["id"]] = event
        self.assertEqual(begun.keys(), ended.keys())
        for number, event in begun.items():
            self.assertLessEqual(ns(event), ns(ended[number]))
            self.assertEqual((event["name"], event["cat"]), (ended[number]["name"], ended[number]["cat"]))

    def check_bounds(self, run):
        for event in run.events:
            if event["ph"] != "M":
                self.assertGreaterEqual(ns(event), 0)
                self.assertLessEqual(end_of(event), run.other["end_ns"], event)
        told = {"slices": len(run.turns()), "events": len(run.marks()), "faults": len(run.of_kind("i")),
                "lives": len(run.of_kind("b"))}
        self.assertEqual(told, {key: run.other[key]["told"] for key in told})

    def check_result(self, run):
        """Where nothing was dropped, it is the result's story."""
        for key in ("slices", "events", "faults", "lives"):
            self.assertEqual(run.other[key]["dropped"], 0)
        self.assertEqual(len(run.of_kind("i")), run.metric("faults.struck"))
        hits = [event for event in run.of_kind("i") if event["args"]["outcome"] == "hit"]
        self.assertEqual(len(hits), run.metric("faults.hit"))
        chains = self.name_steps(run)
        undue = [chain for chain in chains if "not_due" in chain and "started" not in chain]
        self.assertEqual(len(undue), run.metric("restart.not_due"))
        self.assertEqual(len(chains) - len(undue), run.metric("restart.count"))
        phases = [event["name"] for event in run.of_kind("X") if event["cat"] == "phase"]
        self.assertEqual(phases[:len(run.result["phases"])], [phase["name"] for phase in run.result["phases"]])

    def name_steps(self, run):
        """Flows as the words of the marks that they lead through: each stands right before its steps."""
        chains, mark = defaultdict(list), None
        for event in run.events:
            if event["ph"] == "X":
                mark = event
            if event["ph"] in "stf":
                self.assertEqual((track_of(event), ns(event)), (track_of(mark), ns(mark)))
                chains[event["id"]].append(mark["name"])
        return list(chains.values())

    def check(self, run, whole=True):
        self.check_slices(run)
        self.check_names(run)
        self.check_flows(run)
        self.check_lives(run)
        self.check_bounds(run)
        if whole:
            self.check_result(run)
        return run


# ---------------------------------------------------------------- what is told

FULL = ["fault", "exit", "noticed", "started", "reachable", "served"]
BUSY = f"scenarios/one_for_all.yaml {VIRTUAL}"


class StoryTest(Checks):
    def test_a_restart_leads_from_the_fault_to_the_first_answer(self):
        for clock in ("", VIRTUAL):
            run = self.check(Run("scenarios/smoke.yaml", clock))
            chains = self.name_steps(run)
            self.assertEqual(len(chains), 1)
            self.assertEqual(sorted(chains[0]), sorted(FULL))
            self.assertEqual(chains[0][:3], FULL[:3])
            lives = [event for event in run.of_kind("b") if event["name"] == "left"]
            self.assertEqual([event["args"]["incarnation"] for event in lives], [1, 2])
            self.assertEqual(lives[0]["args"]["reason"], "killed")
            names = {event["name"] for event in run.turns()}
            self.assertLessEqual({"left", "callers", "smoke", "rs_runner_main"}, names)

    def test_siblings_leave_from_one_fault(self):
        run = self.check(Run(BUSY))
        starts = {(track_of(flow[0]), ns(flow[0])) for flow in run.flows().values()}
        self.assertEqual((len(run.flows()), len(starts)), (3, 1))
        stops = [mark for mark in run.marks() if mark["name"] == "stopping"]
        self.assertEqual([mark["args"]["note"] for mark in stops], ["sibling"] * 2)

    def test_each_core_has_a_track(self):
        run = self.check(Run("scenarios/high_scores.yaml",
                             f"{STORM} --set runtime.threads=4 --set runtime.scheduler=steal"))
        self.assertEqual(len(by_track(run.turns())), 4)
        names = [event["args"]["name"] for event in run.of_kind("M") if event["name"] == "thread_name"]
        self.assertEqual([name for name in names if "core" in name], [f"core {i}" for i in range(1, 5)])

    def test_real_threads_have_tracks_of_their_own(self):
        run = self.check(Run("scenarios/one_for_all.yaml", "--set runtime.threads=2"))
        self.assertEqual(len(by_track(run.turns())), 2)

    def test_a_registry_that_starts_the_dead_again(self):
        self.check(Run("scenarios/high_scores.yaml", STORM))

    def test_a_virtual_run_tells_the_same_again_to_the_byte(self):
        first = Run("scenarios/one_for_all.yaml", VIRTUAL)
        self.assertEqual(Run("scenarios/one_for_all.yaml", VIRTUAL).text, first.text)
        again = Run("scenarios/one_for_all.yaml", f"{VIRTUAL} --verify-determinism")
        self.assertEqual(again.text, first.text)
        plain = start(f"scenarios/one_for_all.yaml {VIRTUAL}").communicate()[0]
        self.assertIn(first.result["trace_hash"], plain)

    def test_of_repetitions_the_first_is_told(self):
        self.check(Run("scenarios/smoke.yaml", f"{VIRTUAL} --repeat 2"), whole=False)


# Twenty deaths, some ten thousand turns.
STORM = (f"{VIRTUAL} --set setup[0].count=20 --set load.players.clients=4 --set expect=[orphans==0] "
         "--set phases.warm=2ms --set phases.steady=2ms --set phases.storm=20ms --set phases.heal=10ms")


# ---------------------------------------------------------------- bounds

class BoundsTest(Checks):
    def test_a_small_ring_keeps_the_fault_and_the_newest_and_says_what_it_lost(self):
        whole = Run("scenarios/one_for_all.yaml", VIRTUAL)
        small = self.check(Run("scenarios/one_for_all.yaml", f"{VIRTUAL} --trace-slices 256"), whole=False)
        slices, events = small.other["slices"], small.other["events"]
        self.assertLessEqual(slices["told"], 256)
        self.assertGreater(slices["told"], 200)
        self.assertEqual(slices["told"] + slices["dropped"], whole.other["slices"]["told"])
        self.assertEqual(events["told"] + events["dropped"], whole.other["events"]["told"])
        lost = ", ".join(f"{small.other[what]['dropped']} {what}" for what in ("slices", "events", "faults", "lives")
                         if small.other[what]["dropped"])
        self.assertIn(f"no room for {lost}\"", small.text)
        self.assertIn(f"no room for {lost} (", small.stderr)
        self.assertNotIn("no room", whole.stderr)
        fault = next(mark for mark in whole.marks() if mark["name"] == "fault")
        turns = [(ns(turn), turn["name"]) for turn in small.turns()]
        self.assertIn((ns(fault), True), [(ns(fault), low <= ns(fault) <= high) for low, high in
                                          ((ns(turn), end_of(turn)) for turn in small.turns())])
        self.assertIn(max((ns(turn), turn["name"]) for turn in whole.turns()), turns)

    def test_lost_events_leave_no_chains_with_holes(self):
        run = self.check(Run("scenarios/high_scores.yaml", f"{STORM} --trace-slices 512"), whole=False)
        self.assertGreater(run.other["events"]["dropped"], 0)
        for chain in self.name_steps(run):
            self.assertIn("exit", chain[:2])

    def test_a_child_that_is_killed_leaves_a_whole_trace(self):
        trace = FOLDER / "killed.json"
        process = start(f"scenarios/smoke.yaml --set phases.heal=20s --export-trace {trace} --quiet")
        time.sleep(1.5)
        os.kill(child_of(process.pid), signal.SIGKILL)
        process.communicate()
        self.assertEqual(process.returncode, 6)
        run = Run.__new__(Run)
        run.trace = json.loads(trace.read_text())
        run.events, run.other = run.trace["traceEvents"], run.trace["otherData"]
        self.check(run, whole=False)
        self.assertGreater(len(run.turns()), 10)
        self.assertGreater(run.other["end_ns"], 100_000_000)

    def test_flags(self):
        precious = FOLDER / "precious.txt"
        precious.write_text("to be kept\n")
        for flags, status, says in (
                (f"--export-trace {precious}", 2, "--force"),
                (f"--export-trace {FOLDER}/x --export-events {FOLDER}/x", 2, "two exports to one file"),
                ("--export-trace /nowhere/x", 2, "/nowhere/x"),
                ("--export-trace /dev/full", 6, "No space left"),
                ("--export-trace /dev/null --trace-slices 0", 2, "expected 1 to"),
                ("--export-trace /dev/null --trace-slices many", 2, "--trace-slices many")):
            process = start(f"scenarios/smoke.yaml {VIRTUAL} {flags}")
            _, stderr = process.communicate()
            self.assertEqual(process.returncode, status, flags)
            self.assertIn(says, stderr)
        self.assertEqual(precious.read_text(), "to be kept\n")
        process = start(f"scenarios/smoke.yaml {VIRTUAL} --quiet --export-trace -")
        self.assertEqual(json.loads(process.communicate()[0])["otherData"]["scenario"], "smoke")


def child_of(parent):
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            return int(path.parent.name)
    raise AssertionError(f"{parent} has no child")


# ---------------------------------------------------------------- the consumer

class ConsumerTest(Checks):
    """Chromium's own reader sees what was written, as it was meant."""

    @classmethod
    def setUpClass(cls):
        cls.viewer = Viewer()

    @classmethod
    def tearDownClass(cls):
        cls.viewer.close()

    def check_seen(self, run):
        seen = self.viewer.read(run.text)
        named = {track_of(event): event["args"]["name"] for event in run.of_kind("M") if event["name"] == "thread_name"}
        slices = {named[track]: len(events) for track, events in by_track(run.of_kind("X")).items()}
        self.assertEqual({name: track["slices"] for name, track in seen["tracks"].items()}, slices)
        self.assertEqual(seen["tracks"]["phases"]["depth"], 1)
        lives = [[event["name"], event["ts"]] for event in run.of_kind("b")]
        self.assertEqual(sorted(life[:2] for life in seen["lives"]), sorted(lives))
        self.assertTrue(all(duration >= 0 for _, _, duration in seen["lives"]))
        return seen

    def check_chains(self, run):
        self.assertEqual(sorted(self.check_seen(run)["flows"]), sorted(self.name_steps(run)))

    def test_real_and_virtual_runs(self):
        self.check_chains(Run("scenarios/smoke.yaml"))
        self.check_chains(Run("scenarios/first_service.yaml", "--set runtime.clock=real"))

    def test_a_storm_on_four_cores(self):
        self.check_seen(Run("scenarios/high_scores.yaml",
                            f"{STORM} --set runtime.threads=4 --set runtime.scheduler=steal"))

    def test_a_trace_with_holes(self):
        self.check_seen(Run("scenarios/high_scores.yaml", f"{STORM} --trace-slices 512"))


if __name__ == "__main__":
    main()
