"""generate.py: random cases of scenarios/conform. A case is a function of its number and the seed.

What is drawn keeps to the rules under which a trace is determined (scenarios/conform/README.md): delays
are far from shutdown times, restarts clearly within one window or clearly not, no supervisor is killed,
and no position of simple_one_for_one is used twice.
SPDX-License-Identifier: MIT
"""
import random

STRATEGIES = ["one_for_one", "one_for_all", "rest_for_one"]
RESTARTS = ["permanent", "transient", "temporary"]
REASONS = ["normal", "shutdown", "{shutdown,x}", "crash", "kill"]

# What a case is about: how deep and wide, and which of the chances below it takes.
PROFILES = {
    "mixed": {},
    "deep": {"depth": 5, "width": 2, "supervisors": 0.6},
    "wide": {"depth": 2, "width": 12},
    "bursts": {"bursts": 6, "width": 6},
    "starts": {"odd_inits": 0.5, "width": 4},
    "dynamic": {"simple": 0.6, "start_child": 8},
    "significant": {"auto_shutdown": 0.9, "supervisors": 0.4},
    "calls": {"calls": 6},
    "slow": {"slow": 0.7, "traps": 0.8, "width": 4},
    "windows": {"windows": True, "width": 3, "depth": 2},
    "wrong": {"wrong": 0.12},
}
DEFAULTS = {"depth": 3, "width": 4, "supervisors": 0.3, "bursts": 1.5, "odd_inits": 0.12, "simple": 0.2,
            "start_child": 2, "auto_shutdown": 0.25, "calls": 1.5, "slow": 0.05, "traps": 0.4,
            "windows": False, "wrong": 0}


class Generator:
    def __init__(self, seed, number):
        self.random = random.Random(f"{seed}/{number}")
        self.profile = self.random.choice(list(PROFILES))
        self.is_set = {**DEFAULTS, **PROFILES[self.profile]}
        self.fresh = 0
        self.supervisors = []  # (path, is simple, ids)
        self.named_again = set()  # paths of supervisors under an id that another child had before
        self.workers = []  # paths

    def chance(self, name):
        return self.random.random() < self.is_set[name]

    def id(self, letter):
        self.fresh += 1
        return f"{letter}{self.fresh}"

    def init(self):
        draw = self.random.randint
        kinds = [lambda: "ignore", lambda: {"fail_first": draw(1, 3)},
                 lambda: {"fail_attempts": sorted(self.random.sample(range(2, 7), draw(1, 3)))},
                 lambda: {"fail_after_starts": draw(1, 3)}, lambda: {"ignore_after_starts": draw(1, 3)}]
        # A first start that fails ends the whole tree: rarely.
        return self.random.choices(kinds, [2, 1, 6, 4, 4])[0]()

    def spec(self, child, is_supervisor):
        r = self.random
        if r.random() < 0.8:
            child["restart"] = r.choice(RESTARTS)
        if not is_supervisor and r.random() < 0.3:
            child["shutdown"] = r.choice(["brutal_kill", "infinity", 2000])
        if self.chance("wrong"):
            child.update(r.choice([{"restart": "sometimes"}, {"shutdown": -1}, {"shutdown": "soon"},
                                   {"significant": True}]))
        return child

    def worker(self, significant=False):
        child = self.spec({"id": self.id("w"), "kind": "worker"}, False)
        if significant and child.get("restart") in ("transient", "temporary"):
            child["significant"] = self.random.random() < 0.6
        if self.chance("traps"):
            child["traps_exit"] = True
        if self.chance("odd_inits"):
            child["init"] = self.init()
        if self.chance("slow"):
            child["shutdown"], child["terminate_delay_ms"] = self.random.choice(
                [(400, 30), (40, 400), ("infinity", 60), ("brutal_kill", 60)])
        return child

    def flags(self, node):
        r = self.random
        node["intensity"] = r.choice([0, 1, 2, 3, 5])
        node["period"] = 1 if self.is_set["windows"] else r.choice([60, 100, 3600])
        if self.chance("wrong"):
            node.update(r.choice([{"intensity": -1}, {"period": 0}, {"strategy": "one_for_some"},
                                  {"auto_shutdown": "always"}]))

    def supervisor(self, path, depth, node=None, significant=False):
        r = self.random
        node = node or self.spec({"id": path, "kind": "supervisor"}, True)
        own = node["id"] if path == node["id"] else path
        if significant and node.get("restart") in ("transient", "temporary"):
            node["significant"] = r.random() < 0.6
        simple = depth > 0 and self.chance("simple")
        node["strategy"] = "simple_one_for_one" if simple else r.choice(STRATEGIES)
        self.flags(node)
        if depth > 0 and r.random() < 0.04:
            node["init"] = "ignore"
        rule = r.choice(["any_significant", "all_significant"]) if self.chance("auto_shutdown") else None
        if rule and "auto_shutdown" not in node:
            node["auto_shutdown"] = rule
        ids = []
        self.supervisors.append((own, simple, ids))
        if simple:
            node["template"] = self.worker(bool(rule))
            if "ignore_after_starts" in node["template"].get("init", {}):
                # Known to differ: OTP 25 keeps a record of nobody, counts it as active and crashes over it when
                # it stops; respawn drops the child, as later versions do (S36).
                del node["template"]["init"]
            return node
        node["children"] = []
        for _ in range(r.randint(0 if depth else 1, self.is_set["width"])):
            if depth + 1 < self.is_set["depth"] and self.chance("supervisors"):
                child = self.spec({"id": self.id("s"), "kind": "supervisor"}, True)
                self.supervisor(f"{own}/{child['id']}", depth + 1, child, bool(rule))
            else:
                child = self.worker(bool(rule))
                self.workers.append(f"{own}/{child['id']}")
            ids.append(child["id"])
            node["children"].append(child)
        if self.chance("wrong") and len(node["children"]) > 1:
            node["children"][-1]["id"] = node["children"][0]["id"]
        return node

    # ------------------------------------------------------------------ actions

    def reason(self):
        return self.random.choice(REASONS)

    def anyone(self):
        known = self.workers * 3 + [path for path, _, _ in self.supervisors]
        return self.random.choice(known)

    def is_supervisor(self, path):
        return path in self.named_again or any(path == known for known, _, _ in self.supervisors)

    def exit(self):
        path = self.anyone()
        reason = self.reason()
        if self.is_supervisor(path) and reason == "kill":
            reason = "crash"
        return {"op": "exit", "path": path, "reason": reason}

    def signal(self):
        action = {**self.exit(), "op": "signal"}
        return action

    def burst(self):
        path, _, ids = self.random.choice(self.supervisors)
        if not ids:
            return self.exit()
        chosen = self.random.sample(ids, self.random.randint(1, min(len(ids), 5)))
        exits = []
        for one in chosen:
            reason = self.reason()
            if self.is_supervisor(f"{path}/{one}") and reason == "kill":
                reason = "crash"
            exits.append({"id": one, "reason": reason})
        return {"op": "burst", "sup": path, "exits": exits}

    def start_child(self):
        path, simple, ids = self.random.choice(self.supervisors)
        if not simple and self.random.random() < 0.3:
            child = self.supervisor(f"{path}/{self.id('d')}", self.is_set["depth"] - 1,
                                    {"id": f"d{self.fresh}", "kind": "supervisor"})
        else:
            child = self.worker()
            self.workers.append(f"{path}/{child['id']}")
        if not simple and ids and self.random.random() < 0.15:
            child["id"] = self.random.choice(ids)  # already there, or no more
            if child["kind"] == "supervisor":
                self.named_again.add(f"{path}/{child['id']}")
        if child["id"] not in ids:
            ids.append(child["id"])
        return {"op": "start_child", "sup": path, "child": child}

    def call(self):
        path, _, ids = self.random.choice(self.supervisors)
        op = self.random.choice(["terminate_child", "terminate_child", "restart_child", "delete_child",
                                 "count_children"])
        if op == "count_children":
            return {"op": op, "sup": path}
        return {"op": op, "sup": path, "id": self.random.choice(ids + ["nobody"])}

    def action(self):
        kinds = {self.exit: 4, self.signal: 1, self.burst: self.is_set["bursts"],
                 self.start_child: self.is_set["start_child"], self.call: self.is_set["calls"]}
        if self.is_set["windows"]:
            kinds[lambda: {"op": "sleep_ms", "ms": 2300}] = 2
        return self.random.choices(list(kinds), list(kinds.values()))[0]()

    def case(self, name):
        root = self.supervisor("root", 0, {"id": "root", "kind": "supervisor"})
        actions = [self.action() for _ in range(self.random.randint(3, 14))]
        if self.random.random() < 0.7:
            actions.append({"op": "stop_root"})
        return {"format": 1, "name": name, "profile": self.profile, "root": root, "actions": actions}


def generate(seed, number):
    """Returns the case `number` of `seed`."""
    return Generator(seed, number).case(f"otp-{seed}-{number}")
