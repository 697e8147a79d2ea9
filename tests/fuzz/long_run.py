"""A long run: `python -m tests.fuzz.long_run [--decoder N] [--archives N] [--results N] [--seed S]`.

Prints what was done, the slowest input of each target, and the memory that was used. An input that
breaks a target is printed as hex, and the run ends with status 1.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Callable

from . import inputs, targets

SLOW = 5.0


def run(name: str, target: Callable[[bytes], None], make: Callable[[], bytes], count: int) -> bool:
    started, slowest = time.monotonic(), 0.0
    for _ in range(count):
        data = make()
        before = time.perf_counter()
        try:
            target(data)
        except BaseException as problem:
            print(f"{name}: {type(problem).__name__}: {problem}\n{data.hex()}")
            return False
        slowest = max(slowest, time.perf_counter() - before)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = time.monotonic() - started
    print(
        f"{name}: {count:,} inputs in {seconds:.0f} s, slowest {slowest:.3f} s, {memory} MiB at most"
    )
    return slowest < SLOW


def main() -> int:
    parser = argparse.ArgumentParser()
    for name, count in (
        ("decoder", 1_000_000),
        ("archives", 20_000),
        ("results", 50_000),
        ("seed", 0),
    ):
        parser.add_argument(f"--{name}", type=int, default=count)
    chosen = parser.parse_args()
    choose = random.Random(chosen.seed)

    def message() -> bytes:
        if choose.random() < 0.1:
            return choose.randbytes(choose.randint(0, 64))
        return inputs.mutated(inputs.MESSAGES, choose)

    good = [
        run("wire decoder", targets.decode, message, chosen.decoder),
        run("archive reader", targets.read_archive, lambda: inputs.mutated(inputs.ARCHIVES, choose), chosen.archives),
        run("results writer", targets.write_result, lambda: choose.randbytes(choose.randint(0, 300)), chosen.results),
    ]  # fmt: skip
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
