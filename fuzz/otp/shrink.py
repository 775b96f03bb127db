"""shrink.py: smaller and smaller cases that still fail, and the features by which traces differ.
SPDX-License-Identifier: MIT
"""
import copy
import re


def _nodes(node, path=()):
    """Yields the way to each node below `node`, outermost first."""
    yield path
    for i, child in enumerate(node.get("children", [])):
        yield from _nodes(child, path + (i,))


def _at(root, path):
    for i in path:
        root = root["children"][i]
    return root


OPTIONAL = ["restart", "shutdown", "significant", "traps_exit", "terminate_delay_ms", "init",
            "auto_shutdown", "intensity", "period"]


def smaller(case):
    """Yields every case that is one step smaller, the larger steps first."""
    actions = case["actions"]
    for size in (len(actions) // 2, 1):
        for i in range(0, len(actions), size) if size else []:
            yield {**case, "actions": actions[:i] + actions[i + size:]}
    for path in _nodes(case["root"]):
        for i in range(len(_at(case["root"], path).get("children", []))):
            less = copy.deepcopy(case)
            del _at(less["root"], path)["children"][i]
            yield less
    for i, action in enumerate(actions):
        for j in range(len(action.get("exits", []))):
            less = copy.deepcopy(case)
            del less["actions"][i]["exits"][j]
            yield less
    for path in _nodes(case["root"]):
        for node in (lambda c: _at(c["root"], path), lambda c: _at(c["root"], path).get("template", {})):
            for key in OPTIONAL:
                if key in node(case):
                    less = copy.deepcopy(case)
                    del node(less)[key]
                    yield less
    for i, action in enumerate(actions):
        for key in OPTIONAL:
            if key in action.get("child", {}):
                less = copy.deepcopy(case)
                del less["actions"][i]["child"][key]
                yield less


def features(case, trace):
    """What a trace shows, without its names and numbers: pairs of kinds of lines that follow one another."""
    strategies = {}

    def note(node, path):
        strategies[path] = node.get("strategy", "one_for_one")
        for child in node.get("children", []):
            if child.get("kind") == "supervisor":
                note(child, f"{path}/{child['id']}")

    note(case["root"], case["root"]["id"])
    found, before = set(), "case"
    for line in trace.splitlines():
        words = line.split()
        kind = words[0]
        if kind == "snap":
            kind = "snap " + " ".join(sorted(set(re.findall(r"=(\w+)", line))))
        elif kind == "action":
            kind = "action " + words[2]
        elif kind == "result":
            kind = "result " + re.sub(r"root[\w/]*#\d+|\b[a-z]\d+\b|\d+", "_", " ".join(words[2:]))
        elif kind == "report":
            kind = f"report {words[2]} {re.sub(r'[0-9]+', '_', words[4])} {strategies.get(words[1], 'dynamic')}"
        elif kind in ("exit", "terminate", "sup_down", "init_fail", "trapped"):
            kind = f"{kind} {re.sub(r'root[a-z0-9/]*#[0-9]+|[a-z][0-9]+|[0-9]+', '_', words[-1])[:60]}"
        found.add((before, kind))
        before = kind
    return found
