"""exact.py: exact intervals for a share. SPDX-License-Identifier: MIT"""
import math


def tail(count, total, share):
    """The chance of at least `count` of `total`, each with the chance `share`."""
    if count <= 0:
        return 1.0
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    logs = [math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
            + k * math.log(share) + (total - k) * math.log1p(-share)
            for k in range(count, total + 1)]
    return min(1.0, math.fsum(map(math.exp, logs)))


def bisect(holds):
    """The share up to which `holds` is true, for one that is true below and false above."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def clopper_pearson(count, total, error=0.05):
    """Clopper and Pearson's interval for the share behind `count` of `total`, wrong with the chance
    `error` at most. Source: Biometrika 26 (1934)."""
    low = bisect(lambda share: tail(count, total, share) <= error / 2) if count else 0.0
    high = (bisect(lambda share: 1 - tail(count + 1, total, share) >= error / 2)
            if count < total else 1.0)
    return low, high
