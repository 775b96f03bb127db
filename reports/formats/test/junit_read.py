"""junit_read.py FILE: what a reader of JUnit XML understands, as JSON.

SPDX-License-Identifier: MIT
"""
import json
import sys
import xml.etree.ElementTree


def case(element):
    ending = next(iter(element), None)
    read = {"class": element.get("classname"), "name": element.get("name")}
    if ending is not None:
        read.update(ending=ending.tag, type=ending.get("type"), message=ending.get("message"), body=ending.text)
    return read


root = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
(suite,) = root
json.dump(
    {
        "root": root.tag,
        "name": suite.get("name"),
        "counts": {key: int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")},
        "same": all(root.get(key) == suite.get(key) for key in ("tests", "failures", "errors", "time")),
        "time": suite.get("time"),
        "timestamp": suite.get("timestamp"),
        "properties": {one.get("name"): one.get("value") for one in suite.find("properties")},
        "cases": [case(one) for one in suite.iter("testcase")],
        "told": {
            "tests": len(list(suite.iter("testcase"))),
            "failures": len(list(suite.iter("failure"))),
            "errors": len(list(suite.iter("error"))),
            "skipped": len(list(suite.iter("skipped"))),
        },
        "out": suite.findtext("system-out"),
    },
    sys.stdout,
)
