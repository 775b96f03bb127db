"""growth.py: the lines that the program printed -> cost per operation at each size, and how it grows.
Pure: nothing is measured here.
SPDX-License-Identifier: MIT

A line is the program's JSON object, to which `run` has added `row` (the row's label), `size`, `round`,
and `noisy` where others used the processor; or, when there was no result, `error` beside the three.
"""
from dataclasses import dataclass
from statistics import median

from peers.table import digits

BOUND = 2  # an operation among the most may cost this many times what it costs among the fewest


@dataclass
class Cost:
    """Nanoseconds per operation at one size, of all rounds; `error`: of the first that failed."""

    middle: float = None
    least: float = None
    most: float = None
    noisy: int = 0
    error: str = None


def cost_of(lines, row, size):
    """The cost of `row` at `size` among its lines."""
    values = [line[row.metric] / row.operations(size) for line in lines if row.metric in line]
    errors = [line.get("error", f"no {row.metric}") for line in lines if row.metric not in line]
    if errors or not values:
        return Cost(error=(errors or ["not measured"])[0])
    return Cost(median(values), min(values), max(values),
                sum(1 for line in lines if line.get("noisy")))


def costs_of(lines, rows, sizes):
    """{label: {size: Cost}}."""
    return {row.label: {size: cost_of([line for line in lines if line["row"] == row.label
                                       and line["size"] == size], row, size)
                        for size in sizes}
            for row in rows}


def growth(costs):
    """How many times its cost at the smallest size an operation takes at the largest; None when one
    of the two is not known. `costs`: {size: Cost}."""
    first, last = costs[min(costs)].middle, costs[max(costs)].middle
    return last / first if first and last else None


def is_within(costs):
    """Whether it grows within BOUND; False also when it is not known."""
    times = growth(costs)
    return times is not None and times <= BOUND


def cell(cost):
    if cost.error:
        return f"FAILED: {cost.error}"
    noise = f" ~{cost.noisy}" if cost.noisy else ""
    return f"{digits(cost.middle)} ({digits(cost.least)}..{digits(cost.most)}){noise}"


def verdict(costs):
    times = growth(costs)
    if times is None:
        return "–"
    return digits(times) + ("" if is_within(costs) else f" > {BOUND}")


def table(costs, sizes):
    """The table as rows of cells, the heading first."""
    heading = ["ns per operation"] + [f"n = {size:,}" for size in sizes]
    heading.append(f"{max(sizes):,} ÷ {min(sizes):,}")
    return [heading] + [[label] + [cell(of_row[size]) for size in sizes] + [verdict(of_row)]
                        for label, of_row in costs.items()]
