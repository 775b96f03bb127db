"""testing.py: runs a module's unit tests and tells them as the suite counts them.
SPDX-License-Identifier: MIT
"""
import sys
import unittest


def main():
    result = unittest.main(exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
