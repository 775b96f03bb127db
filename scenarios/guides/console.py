"""console.py: the commands in a document and what they print, run and compared, or written anew.

    console.py PROGRAM DOCUMENT…            compares; exits 1 and tells the first line that differs
    console.py --write PROGRAM DOCUMENT…    puts in its place what is printed now

Commands stand in fences that begin with ```console: `$ command`, the lines of a here-document below it
with `> `, then what it prints on both streams. All of a document are run by one bash, in a folder that
holds what `console.py` is told by the first of these words in a comment:

    <!-- console: empty -->     nothing
    <!-- console: clone -->     the project's rooms

`…` alone on a line is any number of lines; at the end of one, its rest. Behind ```console may stand
`times`: numbers are this machine's, so that any others will do, and so is no change ("same"). SPDX-License-Identifier: MIT
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
ROOMS = ("runtime", "reports", "scenarios", "bench", "fuzz", ".github")
FENCE = re.compile(r"^```console( times)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WHERE = re.compile(r"<!-- console: (empty|clone) -->")
MACHINE = re.compile(r"^.* · \d+ cores? · .*$")
BARS = re.compile("[▁▂▃▄▅▆▇█░▒▓][▁▂▃▄▅▆▇█░▒▓ ]*")
NUMBER = re.compile(r"(?<![\w/.-])[-+−±]?(0x[0-9a-f]+|\d+(\.\d+)?)(e[-+]?\d+)?"
                    r"( ?([µnm]?s|min|h|[kMG]?(/s)?|[KMG]?i?B|%)(?![\w]))?")
LIMIT_S = 300


class Step:
    """One command, and what is said to come of it."""

    def __init__(self, line, command, expected, times):
        self.line, self.command, self.expected, self.times = line, command, expected, times


def steps_of(fence, line, times):
    steps = []
    for number, text in enumerate(fence.splitlines(), line):
        if text.startswith("$ "):
            steps.append(Step(number, text[2:], [], times))
        elif not steps:
            raise SystemExit(f"line {number}: a fence begins with a command: $ …")
        elif text.startswith("> ") and not steps[-1].expected:
            steps[-1].command += "\n" + text[2:]
        else:
            steps[-1].expected.append(text)
    return steps


def read(document):
    """Fences of a document: (start, end, steps) each."""
    text = document.read_text(encoding="utf-8")
    return [(found.start(2), found.end(2),
             steps_of(found[2], text.count("\n", 0, found.start(2)) + 1, bool(found[1])))
            for found in FENCE.finditer(text)]


# ---------------------------------------------------------------- running

class Shell:
    """A bash in a folder of its own, which is gone afterwards."""

    MARK = "console.py: end of a command"

    def __init__(self, program, where):
        self.folder = tempfile.TemporaryDirectory(prefix="respawn-test.")
        home, tools, work = (Path(self.folder.name) / name for name in ("home", "tools", "work"))
        for folder in (home, tools, work):
            folder.mkdir()
        (tools / "respawn").symlink_to(program)
        if where == "clone":
            for room in ROOMS:
                (work / room).symlink_to(SOURCE / room)
        environment = {
            "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(home), "TMPDIR": self.folder.name,
            "LANG": "C.UTF-8", "COLUMNS": "100", "RESPAWN": str(self.clone(program)),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{f"GIT_{who}_{what}": f"{what.lower()}@example" for who in ("AUTHOR", "COMMITTER")
               for what in ("NAME", "EMAIL")}}
        self.bash = subprocess.Popen(["bash", "--noprofile", "--norc"], cwd=work, env=environment,
                                     text=True, encoding="utf-8", stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def clone(self, program):
        """What a user has who built respawn: its rooms, and what the build leaves beside them."""
        clone = Path(self.folder.name) / "respawn"
        (clone / "build/release").mkdir(parents=True)
        for built in ("respawn", "plugins"):
            (clone / "build/release" / built).symlink_to(program.parent / built)
        for room in ROOMS:
            (clone / room).symlink_to(SOURCE / room)
        return clone

    def run(self, command):
        """What a command prints; the next one sees its status in $?."""
        self.bash.stdin.write(f"{command}\n_status=$?; printf '\\n%s\\n' '{self.MARK}'; "
                              "(exit $_status)\n")
        self.bash.stdin.flush()
        lines = []
        for line in self.bash.stdout:
            if line.rstrip("\n") == self.MARK:
                break
            lines.append(line.rstrip("\n"))
        text = "\n".join(lines)
        return (text[:-1] if text.endswith("\n") else text).rstrip("\n").split("\n") if text else []

    def close(self):
        self.bash.stdin.close()
        self.bash.wait(LIMIT_S)
        self.folder.cleanup()


# ---------------------------------------------------------------- comparing

def plain(line, times):
    line = line.rstrip()
    if not times:
        return line
    line = NUMBER.sub("#", BARS.sub("▇", MACHINE.sub("machine", line)))
    line = re.sub(r"(?<=[-#])\d+", "#", re.sub(r"\bsame$", "#", line))
    return re.sub(r"\s+", " ", line).strip()


def fits(expected, got):
    return got.startswith(expected[:-1]) if expected.endswith("…") else got == expected


def differs(step, got):
    """None, or the first expected line that is not there."""
    expected = [plain(line, step.times) for line in step.expected]
    got = [plain(line, step.times) for line in got]
    at, anywhere = 0, False
    for number, line in enumerate(expected):
        if line.strip() == "…":
            anywhere = True
            continue
        while anywhere and at < len(got) and not fits(line, got[at]):
            at += 1
        if at >= len(got) or not fits(line, got[at]):
            return step.expected[number]
        at, anywhere = at + 1, False
    return None if anywhere or at == len(got) else "nothing more"


def tell(document, step, missing, got):
    print(f"{document}:{step.line}: $ {step.command}\n  does not print: {missing}", file=sys.stderr)
    for line in difflib.unified_diff(step.expected, got, "document", "printed", lineterm="", n=2):
        print("  " + line, file=sys.stderr)


def written(step, got):
    first, *more = step.command.split("\n")
    keeps = any(line.endswith("…") for line in step.expected)
    lines = ["$ " + first] + ["> " + line for line in more]
    return lines + (step.expected if keeps else [line.rstrip() for line in got])


def check(document, program, write=False):
    """True when the document tells the truth, or was made to."""
    text = document.read_text(encoding="utf-8")
    where = WHERE.search(text)
    if not where:
        raise SystemExit(f"{document}: where do its commands run? <!-- console: empty|clone -->")
    shell, good, new = Shell(program, where[1]), True, []
    for start, end, steps in read(document):
        lines = []
        for step in steps:
            got = shell.run(step.command)
            missing = differs(step, got)
            if missing is not None and not write:
                tell(document, step, missing, got)
                good = False
            lines += written(step, got)
        new.append((start, end, "\n".join(lines) + "\n"))
    shell.close()
    for start, end, block in reversed(new) if write else ():
        text = text[:start] + block + text[end:]
    if write:
        document.write_text(text, encoding="utf-8")
    return good


def main(words):
    write = words[:1] == ["--write"]
    program, *documents = words[1:] if write else words
    sys.exit(0 if all([check(Path(one), Path(program).resolve(), write) for one in documents])
             else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
