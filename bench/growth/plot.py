"""plot.py: costs -> one SVG: nanoseconds per operation over the number of processes, both axes
logarithmic, a line for each row, labelled at its end. It carries its colours for light and dark.
Pure: nothing is measured or read here.
SPDX-License-Identifier: MIT
"""
from html import escape
from math import ceil, floor, log10

from growth import BOUND, growth, is_within
from peers.table import digits

WIDTH, HEIGHT = 960, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 580, 70, 490  # of the plot's field
LABEL_GAP = 18                               # between the base lines of two labels

STYLE = """
  svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #d8dde2;
        --processes: #0969da; --calls: #1a7f37; --supervision: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --grid: #2f363d;
          --processes: #58a6ff; --calls: #3fb950; --supervision: #f0883e; } }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .faint { fill: var(--faint); }
  .over { font-weight: 700; }
  .grid { stroke: var(--grid); }
  .line { fill: none; stroke-width: 2; }
  .leader { stroke-width: 1; opacity: 0.5; }
"""


class Scale:
    """A logarithmic scale from values to pixels."""

    def __init__(self, low, high, start, end):
        self.low, self.high, self.start, self.end = log10(low), log10(high), start, end

    def at(self, value):
        share = (log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def decades(self):
        return [10 ** power for power in range(ceil(self.low), floor(self.high) + 1)]


def spread(places, gap, low, high):
    """Moves places apart until each two are `gap` from one another, in order, none below `low`, and,
    where they fit, none above `high`. Returns them in the order given."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    floor_at = low
    for i in order:
        moved[i] = max(moved[i], floor_at)
        floor_at = moved[i] + gap
    ceiling_at = high
    for i in reversed(order):
        moved[i] = min(moved[i], ceiling_at)
        ceiling_at = moved[i] - gap
    if order and moved[order[0]] < low:
        for rank, i in enumerate(order):
            moved[i] = low + rank * gap
    return moved


def words(size):
    return {3: "1 k", 4: "10 k", 5: "100 k", 6: "1 M"}.get(round(log10(size)), f"{size:,}")


def time_words(ns):
    return f"{digits(ns / 1000)} µs" if ns >= 1000 else f"{digits(ns)} ns"


def axes(across, up, sizes):
    parts = []
    for decade in up.decades():
        y = up.at(decade)
        parts.append(f'<path class="grid" d="M{LEFT} {y}H{RIGHT}"/>')
        label = f"{decade // 1000:,} µs" if decade >= 1000 else f"{decade} ns"
        parts.append(f'<text class="faint" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{label}'
                     '</text>')
    for size in sizes:
        x = across.at(size)
        parts.append(f'<path class="grid" d="M{x} {TOP}V{BOTTOM}"/>')
        parts.append(f'<text class="faint" x="{x}" y="{BOTTOM + 20}" text-anchor="middle">'
                     f'{words(size)}</text>')
    parts.append(f'<text class="faint" x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 44}" '
                 'text-anchor="middle">n</text>')
    return parts


def curve(points, group):
    """`points`: (x, y, y of the least, y of the most)."""
    color = f'stroke="var(--{group})"'
    path = "L".join(f"{x} {y}" for x, y, _, _ in points)
    parts = [f'<path class="line" {color} d="M{path}"/>']
    for x, y, least, most in points:
        parts.append(f'<path {color} d="M{x} {least}V{most}"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="var(--{group})"/>')
    return parts


def label_of(name, costs):
    times = growth(costs)
    told = f"{name}: {time_words(costs[max(costs)].middle)}"
    return told + (f", ×{digits(times)}" if times is not None else "")


def label(text, point_y, y, group, over):
    start, end = RIGHT + 4, RIGHT + 26
    weight = ' class="over"' if over else ""
    return [f'<path class="leader" stroke="var(--{group})" fill="none" '
            f'd="M{start} {point_y}L{end} {y}"/>',
            f'<text{weight} x="{end + 4}" y="{y + 4}">{escape(text)}</text>']


def svg(costs, groups, sizes, about):
    """The drawing. `costs`: {label: {size: Cost}}; `groups`: {label: group}; rows that are not known
    at every size are left out."""
    known = {name: of_row for name, of_row in costs.items()
             if all(of_row[size].middle for size in sizes)}
    values = [value for of_row in known.values() for cost in of_row.values()
              for value in (cost.least, cost.most)] or [1, 10]
    low = 10 ** floor(log10(min(values)))
    high = max(10 ** ceil(log10(max(values))), 10 * low)
    across, up = Scale(min(sizes), max(sizes), LEFT, RIGHT), Scale(low, high, BOTTOM, TOP)
    ends = [up.at(of_row[max(sizes)].middle) for of_row in known.values()]
    places = spread(ends, LABEL_GAP, TOP, BOTTOM)
    parts = axes(across, up, sizes)
    for (name, of_row), end, place in zip(known.items(), ends, places):
        points = [(across.at(size), up.at(of_row[size].middle), up.at(of_row[size].least),
                   up.at(of_row[size].most)) for size in sizes]
        parts += curve(points, groups[name])
        parts += label(label_of(name, of_row), end, place, groups[name], not is_within(of_row))
    title = f"Cost of one operation among n processes; more than ×{BOUND} is bold"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="var(--paper)"/>',
        f'<text class="title" x="{LEFT}" y="28">{escape(title)}</text>',
        f'<text class="faint" x="{LEFT}" y="48">{escape(about)}</text>',
        *parts, "</svg>", ""])
