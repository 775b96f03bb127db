"""processes.py: what `run` times, and the table of what hyperfine tells. Pure: nothing is run here.
SPDX-License-Identifier: MIT
"""
from peers.table import digits, ratio

BASE = "respawn --version"  # what the others are compared with

# Words of each command; {build} is the folder of what is built.
COMMANDS = {
    BASE: ["{build}/release/respawn", "--version"],
    "respawn, smallest scenario in virtual time": [
        "{build}/release/respawn", "run", "scenarios/smoke.yaml", "--quiet", "--set",
        "runtime.clock=virtual"],
    "respawn, smallest scenario, half a second long": [
        "{build}/release/respawn", "run", "scenarios/smoke.yaml", "--quiet"],
    "Go, hello": ["{build}/processes/hello"],
    "Erlang, hello": ["erl", "-noshell", "-eval", 'io:format("hello~n"), halt().'],
    "Elixir, hello": ["elixir", "-e", 'IO.puts("hello")'],
}


def table(results):
    """The table as rows of cells, the heading first. `results`: {label: hyperfine's object, or an
    object with `error` alone}."""
    base = results.get(BASE, {}).get("median")
    rows = [["", "ms", f"÷ {BASE}"]]
    for label, result in results.items():
        if "error" in result:
            rows.append([label, result["error"], "–"])
            continue
        middle, least, most = (digits(result[key] * 1e3) for key in ("median", "min", "max"))
        rows.append([label, f"{middle} ({least}..{most})", ratio(result["median"], base)])
    return rows
