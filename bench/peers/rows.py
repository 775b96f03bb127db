"""rows.py: what `run` measures: the rows of the table, in order.
SPDX-License-Identifier: MIT
"""
from dataclasses import dataclass, field

PEERS = ["respawn", "beam", "go", "tokio", "caf"]

# Sizes that SCALE multiplies; all others are the work itself.
SCALED = {"n": ["spawn_exit", "memory", "sup_start"], "m": None, "hops": None, "kills": None,
          "batch": None}


@dataclass
class Metric:
    """A field of a program's line, and how to show it: value / per `unit`."""

    name: str
    unit: str = "ns"
    per: float = 1.0


@dataclass
class Row:
    """A workload with its parameters. `forms`: a peer that has several forms of it, as lists of
    further parameters; the table shows each. `own`: parameters that a peer needs to be changed."""

    workload: str
    params: dict
    metrics: list = field(default_factory=lambda: [Metric("ns_per_op")])
    forms: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)

    def label(self):
        return " ".join([self.workload] + [f"{key}={value}" for key, value in self.params.items()])

    def forms_of(self, peer):
        return self.forms.get(peer, [{}])


LATENCY = [Metric("p50", "us", 1e3), Metric("p99", "us", 1e3), Metric("p999", "us", 1e3)]
PASSED_ON = {"respawn": [{"kind": "process"}, {"kind": "server"}]}
FAN_IN = {
    "respawn": [{"kind": "process"}, {"kind": "server"}],
    "beam": [{"kind": "off_heap"}, {"kind": "on_heap"}],
    "go": [{"kind": "bounded"}, {"kind": "unbuffered"}],
    "tokio": [{"kind": "unbounded"}, {"kind": "bounded"}],
}
TABLES = {"beam": [{"kind": "erlang"}, {"kind": "elixir"}]}

ROWS = [
    Row("spawn_exit", {"n": 1000000, "batch": 1, "threads": 2}),
    Row("spawn_exit", {"n": 1000000, "batch": 1000, "threads": 2}),
    # Two CAF workers take longer than one for a million at once, the more so the more there are.
    Row("spawn_exit", {"n": 1000000, "batch": 1000000, "threads": 2}, own={"caf": {"threads": 1}}),
    Row("pingpong", {"m": 2000000, "threads": 1}, forms=PASSED_ON),
    Row("ring", {"n": 1000, "hops": 5000000, "threads": 1}, forms=PASSED_ON),
    Row("fan_in", {"senders": 8, "m": 5000000, "threads": 2}, forms=FAN_IN),
    Row("fan_in", {"senders": 1000, "m": 5000000, "threads": 2}, forms=FAN_IN),
    Row("call1", {"m": 2000000, "threads": 1}),
    Row("calln", {"clients": 1000, "m": 5000000, "threads": 1}),
    Row("calln", {"clients": 1000, "m": 5000000, "threads": 2}),
    Row("tables", {"tables": 10000, "clients": 64, "m": 5000000, "threads": 1}, forms=TABLES),
    Row("tables", {"tables": 10000, "clients": 64, "m": 5000000, "threads": 2}, forms=TABLES),
    Row("tables", {"tables": 10000, "clients": 64, "m": 5000000, "lat": 1, "threads": 2},
        metrics=LATENCY[:2]),
    Row("restart", {"strategy": "one_for_one", "n": 10000, "kills": 20000, "threads": 2},
        metrics=LATENCY + [Metric("answered_p50", "us", 1e3)]),
    Row("restart", {"strategy": "simple_one_for_one", "n": 10000, "kills": 20000, "threads": 2},
        metrics=LATENCY),
    Row("restart", {"strategy": "simple_one_for_one", "n": 100, "kills": 1000, "threads": 2},
        metrics=LATENCY[:2]),
    Row("restart", {"strategy": "one_for_one", "n": 10000, "kills": 500, "pause_us": 2000,
                    "threads": 2}, metrics=LATENCY[:2]),
    Row("restart_group", {"strategy": "one_for_all", "n": 100, "kills": 1000, "threads": 2},
        metrics=LATENCY[:1]),
    Row("restart_group", {"strategy": "one_for_all", "n": 1000, "kills": 100, "threads": 2},
        metrics=LATENCY[:1]),
    Row("restart_group", {"strategy": "one_for_all", "n": 10000, "kills": 20, "threads": 2},
        metrics=LATENCY[:1]),
    Row("restart_group", {"strategy": "rest_for_one", "n": 1000, "kills": 100, "threads": 2},
        metrics=LATENCY[:1]),
    Row("kill_storm", {"strategy": "one_for_one", "n": 10000, "kills": 20000, "window": 100,
                       "threads": 2}),
    Row("kill_storm", {"strategy": "simple_one_for_one", "n": 10000, "kills": 20000, "window": 100,
                       "threads": 2}),
    Row("memory", {"kind": "process", "n": 1000000, "threads": 2},
        metrics=[Metric("bytes_per_process", "B")]),
    Row("memory", {"kind": "table", "n": 1000000, "threads": 2},
        metrics=[Metric("bytes_per_process", "B")]),
    Row("sup_start", {"n": 1000000, "threads": 2},
        metrics=[Metric("first_ns"), Metric("second_ns"), Metric("first_faults", "", 1.0)]),
]


def scaled(row, scale):
    """The row's parameters with its sizes multiplied; never below 1."""

    def value_of(key, value):
        is_size = key in SCALED and (SCALED[key] is None or row.workload in SCALED[key])
        if not is_size or key == "batch" and value < row.params["n"]:
            return value
        return max(1, round(value * scale))

    return {key: value_of(key, value) for key, value in row.params.items()}
