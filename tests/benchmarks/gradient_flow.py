"""Measures how gradients flow in the nets of the deep-network suite.

    python -m tests.benchmarks.gradient_flow

prints, for every case of `autograder.suites.nets.CASES`, the smallest and largest ratio and spread
over the seeds beside the range that the suite accepts, how much the logarithms scatter, and by how
many of these standard deviations the nearer limit is away from their middle. Run it after a change
of the nets and put what it prints into CASES. 200 seeds take about a minute.
"""

from pathlib import Path
from types import ModuleType

import numpy as np

from autograder.engine.assignment import Assignment
from autograder.suites import nets

SEEDS = 200


def measure(reference: ModuleType, case: nets.Case) -> np.ndarray:
    """Ratio and spread of one net per seed: (SEEDS, 2)."""
    flows = []
    for seed in range(SEEDS):
        given = nets.drawn(case, np.random.default_rng(seed))
        net = reference.supplied_net.run(**given)
        flows.append(nets.flow(net["d_pre_activations"], given["x"], net["activations"][-1]))
    return np.array(flows)


def describe(values: np.ndarray, accepted: tuple[float, float]) -> str:
    """One cell of the table."""
    seen = f"{values.min():.2g} … {values.max():.2g}"
    limits = f"{accepted[0]:.2g} … {accepted[1]:.2g}"
    if not values.any():
        return f"{seen:>19s} {limits:>19s} {'all are 0':>14s}"
    logs = np.log(values)
    away = min(logs.mean() - np.log(accepted[0]), np.log(accepted[1]) - logs.mean()) / logs.std()
    return f"{seen:>19s} {limits:>19s} {logs.std():8.3f} {away:5.1f}"


def main() -> None:
    reference = Assignment.load(Path(nets.__file__).parents[1]).reference()
    columns = f"{'accepted':>19s} {'scatter':>8s} {'away':>5s}"
    print(f"{'case':32s}{'ratio':>19s} {columns}  {'spread':>19s} {columns}")
    for name, case in nets.CASES.items():
        flows = measure(reference, case)
        cells = [
            describe(values, nets.accepted(measured))
            for values, measured in zip(flows.T, (case.ratio, case.spread), strict=True)
        ]
        print(f"{name:32s}{cells[0]}  {cells[1]}", flush=True)


if __name__ == "__main__":
    main()
