"""google_benchmark_read.py FILE: a file of Google Benchmark as github-action-benchmark's `googlecpp` reads it: name,
value, unit and extra of each row, as JSON.

SPDX-License-Identifier: MIT
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    read = json.load(file)
benches = []
for row in read["benchmarks"]:
    assert isinstance(row["real_time"], (int, float)) and isinstance(row["cpu_time"], (int, float))
    benches.append(
        {
            "name": row["name"],
            "value": row["real_time"],
            "unit": f"{row['time_unit']}/iter",
            "extra": f"iterations: {row['iterations']}\ncpu: {row['cpu_time']} {row['time_unit']}\n"
            f"threads: {row.get('threads')}",
        }
    )
json.dump({"context": read["context"], "benches": benches}, sys.stdout)
