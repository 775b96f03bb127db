"""openmetrics_read.py FILE: families as the Python client of Prometheus reads them, by name, as JSON. A sample
stands under the text of its labels; numbers that JSON has not are texts.

SPDX-License-Identifier: MIT
"""
import json
import math
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def number(value):
    return value if math.isfinite(value) else str(float(value))


def samples(family):
    read = {}
    for one in family.samples:
        labels = ",".join(f"{key}={value}" for key, value in sorted(one.labels.items()) if key != "scenario")
        key = f"{one.name[len(family.name):]}{{{labels}}}"
        assert key not in read, f"twice: {family.name} {key}"
        read[key] = number(one.value)
    return read


with open(sys.argv[1], newline="", encoding="utf-8") as file:
    families = list(text_string_to_metric_families(file.read()))
json.dump(
    {
        one.name: {
            "type": one.type,
            "unit": one.unit,
            "help": one.documentation,
            "scenarios": sorted({sample.labels.get("scenario", "(none)") for sample in one.samples}),
            "samples": samples(one),
        }
        for one in families
    },
    sys.stdout,
)
