"""layouts.py: the same program with its parts in another order. SPDX-License-Identifier: MIT"""
import random
import re
import shlex
import subprocess


def objects_of(build, library):
    """The objects of librs_NAME.a; the folder may hold others still, of files that are no more."""
    name = re.fullmatch(r".*lib(rs_\w+)\.a", library).group(1)
    inputs = subprocess.run(["ninja", "-C", str(build), "-t", "inputs", library],
                            capture_output=True, text=True, check=True).stdout
    found = sorted(word for word in inputs.splitlines() if word.endswith(".o") and f"/{name}.dir/" in word)
    if not found:
        raise FileNotFoundError(f"{build}: no objects of {library}")
    return [str(build / word) for word in found]


def link_words(build):
    """The words of the command that linked the program."""
    commands = subprocess.run(["ninja", "-C", str(build), "-t", "commands", "respawn"],
                              capture_output=True, text=True, check=True).stdout
    line = [line for line in commands.splitlines() if " -o respawn " in line][-1]
    line = re.sub(r"^: && | && :$", "", line.strip())
    return shlex.split(line)


def link_shuffled(build, directory, seed):
    """Links build/respawn anew, its objects in an order that follows from `seed`; returns its path."""
    target = directory / f"respawn-{seed}"
    words, parts = [], []
    for word in link_words(build):
        if re.search(r"(^|/)librs_\w+\.a$", word):
            parts += [part for part in objects_of(build, word) if part not in parts]
        elif word.endswith(".o"):
            parts.append(str(build / word))
        elif word not in ("-Wl,--whole-archive", "-Wl,--no-whole-archive"):
            words.append(word)
    words[words.index("-o") + 1] = str(target)
    random.Random(seed).shuffle(parts)
    at = words.index("-o")
    subprocess.run(words[:at] + parts + words[at:], cwd=build, check=True)
    return target
