"""Measures which remedies heal the nets of `choose_remedy`: `python -m tests.benchmarks.remedies`.

Prints for every kind the share of nets that each remedy heals; exit status 1 where one that must
heal does so in less than 0.9 of the nets (the suite draws again there), or one that must not ever
does. It takes some five minutes.
"""

import sys
from pathlib import Path

import numpy as np

from autograder.engine.assignment import Assignment
from autograder.suites import remedies

SEEDS = 300


def main() -> None:
    """Prints the table."""
    network = Assignment.load(Path(remedies.__file__).parents[1]).reference().network
    problems = []
    print("share healed".ljust(14), *(f"{remedy:>12s}" for remedy in network.REMEDIES))
    for kind, known in remedies.KINDS.items():
        healed = np.zeros(len(network.REMEDIES))
        for seed in range(SEEDS):
            with np.errstate(all="ignore"):
                rng = np.random.default_rng(seed)
                net, x, targets = remedies.drawn(network, rng, kind)
                healed += [network.recovers(net, r, x, targets, rng) for r in network.REMEDIES]
        shares = healed / SEEDS
        print(kind.ljust(14), *(f"{share:12.3f}" for share in shares), flush=True)
        for remedy, share in zip(network.REMEDIES, shares, strict=True):
            must = remedy in known.heal
            if (must and share < 0.9) or (not must and kind != "well" and share > 0):
                problems.append(f"{kind}: {remedy} heals {share:.3f}")
    sys.exit("\n".join(problems) if problems else 0)


if __name__ == "__main__":
    main()
