"""neighbour.py: somebody else on the machine: pinned to a processor, busy half the time.

    neighbour.py SECONDS PARENT    busy and idle in slices of so long, as long as PARENT lives

SPDX-License-Identifier: MIT
"""
import contextlib
import os
import subprocess
import sys
import time


def bother(slice_s, parent):
    """Until `parent` is gone: a neighbour nobody knows of would spoil what follows."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    until = time.monotonic()
    while os.getppid() == parent:
        until += slice_s
        while time.monotonic() < until:
            pass
        until += slice_s
        time.sleep(max(0.0, until - time.monotonic()))


@contextlib.contextmanager
def beside(slice_s):
    """Within it a neighbour lives, unless `slice_s` is 0."""
    if not slice_s:
        yield None
        return
    with subprocess.Popen([sys.executable, "-B", os.path.abspath(__file__), str(slice_s),
                           str(os.getpid())]) as child:
        try:
            yield child
        finally:
            child.kill()


if __name__ == "__main__":
    bother(float(sys.argv[1]), int(sys.argv[2]))
