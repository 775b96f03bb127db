"""rows.py: what `run` measures, at each size: workloads of bench/peers/respawn.
SPDX-License-Identifier: MIT
"""
from dataclasses import dataclass
from typing import Callable

SIZES = [1000, 10000, 100000, 1000000]


@dataclass
class Row:
    """A workload with its parameters at size n; the field of its line that counts, in nanoseconds,
    and how many operations that field is the time of."""

    label: str
    group: str
    workload: str
    params: Callable
    metric: str = "ns_per_op"
    operations: Callable = lambda n: 1


def group_restart(strategy):
    """A child restarted with its group; so many groups that two million children come back."""
    return Row(f"{strategy} restart, per child", "supervision", "restart_group",
               lambda n: {"strategy": strategy, "n": n, "kills": max(2, 2000000 // n)}, "p50",
               lambda n: n)


def restart(strategy):
    return Row(f"{strategy} restart", "supervision", "restart",
               lambda n: {"strategy": strategy, "n": n, "kills": 20000}, "p50")


ROWS = [
    Row("spawn and exit, n at once", "processes", "spawn_exit",
        lambda n: {"batch": n, "n": 2000000, "threads": 2}),
    Row("hop in a ring of n", "processes", "ring",
        lambda n: {"n": n, "hops": 5000000, "kind": "server", "threads": 1}),
    Row("call, n clients and servers", "calls", "calln",
        lambda n: {"clients": n, "m": 20000000, "threads": 2}),
    Row("call to one of n tables", "calls", "tables",
        lambda n: {"tables": n, "m": 5000000, "threads": 2}),
    restart("one_for_one"),
    restart("simple_one_for_one"),
    group_restart("one_for_all"),
    group_restart("rest_for_one"),
    Row("restart, 100 under way", "supervision", "kill_storm",
        lambda n: {"n": n, "kills": 100000, "window": 100}),
    Row("start under one supervisor", "supervision", "sup_start", lambda n: {"n": n}, "second_ns"),
]
