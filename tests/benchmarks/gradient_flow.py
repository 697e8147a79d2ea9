"""Measures how gradients flow in the nets of the deep-network suite.

    python tests/benchmarks/gradient_flow.py [--seeds 400]

prints, for every case of `autograder.suites.nets.CASES`, the smallest and largest ratio and spread
over the seeds beside the range that the suite accepts, how much the logarithms scatter, and by how
many of these standard deviations the nearer limit is away from their middle. Run it after a change
of the nets and put what it prints into CASES. 400 seeds take about ten seconds.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
MODULES = ("initializers", "activations", "batchnorm", "clipping", "diagnostics", "network")


def load_reference() -> Any:
    """The solution's modules, under their names."""
    sys.path[:0] = [str(ROOT), str(ROOT / "solutions")]
    return SimpleNamespace(
        **{name: importlib.import_module(f"gradflow.{name}") for name in MODULES}
    )


def measure(reference: Any, case: Any, seeds: int) -> np.ndarray:
    """Ratio and spread of one net per seed: (seeds, 2)."""
    from autograder.suites import nets

    flows = []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        net = nets.build(reference, reference, case, rng)
        x, doutput = nets.draw(rng)
        net.forward(x)
        flows.append(nets.flow(net, net.backward(doutput)))
    return np.array(flows)


def describe(values: np.ndarray, accepted: tuple[float, float]) -> str:
    """One cell of the table."""
    logs = np.log(values)
    away = min(logs.mean() - np.log(accepted[0]), np.log(accepted[1]) - logs.mean()) / logs.std()
    seen = f"{values.min():.2g} … {values.max():.2g}"
    limits = f"{accepted[0]:.2g} … {accepted[1]:.2g}"
    return f"{seen:>19s} {limits:>19s} {logs.std():8.2f} {away:5.1f}"


def main() -> None:
    from autograder.suites import nets

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=400, help="nets per case (default 400)")
    seeds = parser.parse_args().seeds
    reference = load_reference()
    columns = f"{'accepted':>19s} {'scatter':>8s} {'away':>5s}"
    print(f"{'case':28s}{'ratio':>19s} {columns}  {'spread':>19s} {columns}")
    for name, case in nets.CASES.items():
        flows = measure(reference, case, seeds)
        cells = [
            describe(values, nets.accepted(measured))
            for values, measured in zip(flows.T, (case.ratio, case.spread), strict=True)
        ]
        print(f"{name:28s}{cells[0]}  {cells[1]}")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "solutions")]
    main()
