"""csv_read.py FILE: a table as Python reads it, strictly: a list of rows, as JSON. Cells are texts.

SPDX-License-Identifier: MIT
"""
import csv
import json
import sys

with open(sys.argv[1], newline="", encoding="utf-8") as file:
    text = file.read()
assert text.endswith("\r\n") and text.count("\n") == text.count("\r\n") == text.count("\r")
rows = list(csv.DictReader(text.split("\r\n")[:-1], strict=True))
assert all(None not in row and None not in row.values() for row in rows), "rows of another length"
json.dump(rows, sys.stdout)
