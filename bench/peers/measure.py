"""measure.py: one measurement of a program that prints one line of JSON: waits for a quiet machine,
notes how much others used the processor meanwhile, and tries again when they disturbed it.

    measure.py TIMEOUT PROGRAM WORD…    prints the line

QUIET=1        0: neither waits for quiet nor tries again
PEERS_WRAP     a command before each measurement
SPDX-License-Identifier: MIT
"""
import json
import os
import platform
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

QUIET_CORES = 0.1  # others may use so much of the machine
QUIET_TRIES = 20   # looks, half a second apart, before a measurement goes ahead all the same
TRIES = 3          # measurements of which the least disturbed one counts


def busy_seconds():
    """What all processors have done since boot, time stolen by the host included."""
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, words)
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def wait_for_quiet():
    for _ in range(QUIET_TRIES):
        before = busy_seconds()
        time.sleep(0.5)
        if (busy_seconds() - before) / 0.5 <= QUIET_CORES:
            return


def measure_once(command, timeout):
    """Runs a program; returns its line, or an error, with `others_cores` used meanwhile."""
    before, start = busy_seconds(), time.monotonic()
    used = os.times()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    try:
        out, err = process.communicate(timeout=timeout)
        line = read_line(process.returncode, out, err)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        line = {"error": f"no result in {timeout:g} s"}
    took, busy, now = time.monotonic() - start, busy_seconds() - before, os.times()
    own = (now.user + now.system + now.children_user + now.children_system
           - used.user - used.system - used.children_user - used.children_system)
    line["others_cores"] = round(max(0.0, busy - own) / took, 3)
    return line


def read_line(status, out, err):
    if status:
        last = err.strip().split("\n")[-1][:120]
        return {"error": f"status {status}" + (f": {last}" if last else "")}
    try:
        line = json.loads(out)
        return line if isinstance(line, dict) else {"error": "printed no object"}
    except ValueError:
        return {"error": "printed no JSON"}


def measure(command, timeout):
    """Tries until others were quiet, and returns the least disturbed line."""
    lines = []
    is_patient = os.environ.get("QUIET") != "0"
    for _ in range(TRIES if is_patient else 1):
        if is_patient:
            wait_for_quiet()
        lines.append(measure_once(command, timeout))
        if "error" in lines[-1] or lines[-1]["others_cores"] <= QUIET_CORES:
            break
    best = min(lines, key=lambda line: ("error" in line, line["others_cores"]))
    if best["others_cores"] > QUIET_CORES:
        best["noisy"] = True
    return best


def measure_wrapped(program, words, timeout):
    """Measures; behind PEERS_WRAP in a process of its own: quiet is looked for behind a lock."""
    if not Path(program).exists():
        return {"error": "not built"}
    wrap = shlex.split(os.environ.get("PEERS_WRAP", ""))
    if not wrap:
        return measure([str(program)] + words, timeout)
    command = wrap + [sys.executable, __file__, str(timeout), str(program)] + words
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return read_line(done.returncode, done.stdout, "PEERS_WRAP")


def machine():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")),
                 platform.machine())
    return f"{model}, {os.cpu_count()} processors, Linux {platform.release()}"


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[2:], float(sys.argv[1]))))
