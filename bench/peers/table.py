"""table.py: the lines that programs printed -> one table. Pure: nothing is measured here.
SPDX-License-Identifier: MIT

A line is a program's JSON object, to which `run` has added `row` (the row's label), `form` (the
words that tell this form from the peer's others), `round`, and `noisy` where others used the
processor; or, when there was no result, `error` beside peer, row, form and round.
"""
from statistics import median


def digits(value):
    """Three significant digits, and never fewer than the integer part has."""
    if value == 0:
        return "0"
    places = max(0, 2 - len(str(int(abs(value)))) + 1) if abs(value) >= 1 else 3
    return f"{value:.{places}f}"


def cell_of(lines, metric):
    """(text, median) of one form of one peer; the median is None without any result."""
    values = [line[metric.name] / metric.per for line in lines if metric.name in line]
    errors = [line["error"] for line in lines if "error" in line]
    missing = len(lines) - len(values) - len(errors)
    if missing:
        errors.append(f"no {metric.name}")
    if not values:
        return f"FAILED: {errors[0]}", None
    text = digits(median(values))
    if len(values) > 1:
        text += f" ({digits(min(values))}..{digits(max(values))})"
    noisy = sum(1 for line in lines if line.get("noisy"))
    if noisy:
        text += f" ~{noisy}"
    if errors:
        text += f" {len(errors)} of {len(lines)} FAILED: {errors[0]}"
    return text, median(values)


def peer_cell(lines, metric):
    """(text, best median) of a peer: all its forms, the best one first."""
    if not lines:
        return "not run", None
    forms = {}
    for line in lines:
        forms.setdefault(line.get("form", ""), []).append(line)
    cells = [(cell_of(each, metric), form) for form, each in forms.items()]
    cells.sort(key=lambda cell: (cell[0][1] is None, cell[0][1]))
    text = "; ".join(f"{text} {form}".strip() for (text, _), form in cells)
    return text, cells[0][0][1]


def ratio(ours, theirs):
    return digits(ours / theirs) if ours is not None and theirs else "–"


def table(lines, rows, peers):
    """The table as rows of cells, the heading first. `rows`: (label, metrics); peers[0] is ours."""
    result = [[""] + peers + ["÷ beam", "÷ best peer"]]
    for label, metrics in rows:
        of_row = [line for line in lines if line["row"] == label]
        for metric in metrics:
            cells = {peer: peer_cell([line for line in of_row if line["peer"] == peer], metric)
                     for peer in peers}
            ours = cells[peers[0]][1]
            others = [cells[peer][1] for peer in peers[1:] if cells[peer][1] is not None]
            name = label if metric.name == "ns_per_op" else f"{label}: {metric.name}"
            result.append([f"{name}, {metric.unit}" if metric.unit else name]
                          + [cells[peer][0] for peer in peers]
                          + [ratio(ours, cells.get("beam", ("", None))[1]),
                             ratio(ours, min(others, default=None))])
    return result


def markdown(cells):
    """Cells as a Markdown table that also reads well as text."""
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = ["| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |"
             for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"
