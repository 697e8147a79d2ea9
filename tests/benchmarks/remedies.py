"""Measures which remedies heal the nets of `choose_remedy`, and what rules earn there.

    python -m tests.benchmarks.remedies [--seeds 300] [--rules 50]

prints for every kind the share of nets that each remedy heals, and how many points the solution's
rule, honest rules and the best blind one earn; exit status 1 where one that must heal does so in
less than 0.9 of the nets (the suite draws again there), one that must not ever does, or an honest
rule loses a point. 300 seeds take some five minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from autograder.engine.assignment import Assignment
from autograder.suites import remedies
from tests.material import test_remedies as rules

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--rules", type=int, default=50)
    options = parser.parse_args()
    reference = Assignment.load(ROOT / "autograder").reference()
    network, problems = reference.network, []
    print("share healed".ljust(14), *(f"{remedy:>12s}" for remedy in network.REMEDIES))
    for kind, known in remedies.KINDS.items():
        healed = np.zeros(len(network.REMEDIES))
        for seed in range(options.seeds):
            with np.errstate(all="ignore"):
                rng = np.random.default_rng(seed)
                net, x, targets = remedies.drawn(network, rng, kind)
                healed += [network.recovers(net, r, x, targets, rng) for r in network.REMEDIES]
        shares = healed / options.seeds
        print(kind.ljust(14), *(f"{share:12.3f}" for share in shares), flush=True)
        for remedy, share in zip(network.REMEDIES, shares, strict=True):
            if remedy in known.heal and share < 0.9:
                problems.append(f"{kind}: {remedy} heals {share:.3f}")
            if kind != "well" and remedy not in known.heal and share > 0:
                problems.append(f"{kind}: {remedy} heals {share:.3f}")
    seeds = range(options.rules)
    honest = {"the solution": reference.diagnostics.choose_remedy, **rules.HONEST}
    for name, rule in honest.items():
        points = [rules.earned(reference, rule, seed) for seed in seeds]
        print(f"{name:40s} {np.mean(points):.2f} of 5")
        if min(points) < 5:
            problems.append(f"{name} loses points with seed {int(np.argmin(points))}")
    blind = {
        name: np.mean([rules.earned(reference, rule, seed) for seed in seeds])
        for name, rule in rules.BLIND.items()
    }
    best = max(blind, key=lambda name: blind[name])
    print(f"the best blind rule: {best}, {blind[best]:.2f} of 5")
    sys.exit("\n".join(problems) if problems else 0)


if __name__ == "__main__":
    main()
