"""The lab: experiments on your own functions. It is given: no TODOs.

    python -m gradflow.lab              all figures, into the folder figures/
    python -m gradflow.lab -o FOLDER    into another folder
    python -m gradflow.lab --page       a page to play with instead: gradient_flow.html

In a notebook, `lab.saturation().figure` shows one; `.numbers` holds what was measured. Every
experiment has a seed, and gives the same numbers on every run of the same machine. One whose
functions are still TODO is left out, and said so. The letters are those of lab.ipynb, which asks a
question after each experiment.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from . import page
from .experiments import patient as patient  # for the notebook
from .figures import Result
from .trained import dying_relus, exploding, handwritten_digits, layers, saturation
from .untrained import (
    batch_normalisation,
    gradient_flow,
    planted_faults,
    saturation_and_gradient,
    scale_sweep,
)

EXPERIMENTS: dict[str, Callable[..., Result]] = {
    "a_saturation": saturation,
    "a_saturation_and_gradient": saturation_and_gradient,
    "b_layers": layers,
    "b_gradient_flow": gradient_flow,
    "b_scale_sweep": scale_sweep,
    "c_dying_relus": dying_relus,
    "d_batch_normalisation": batch_normalisation,
    "e_exploding": exploding,
    "f_handwritten_digits": handwritten_digits,
    "g_planted_faults": planted_faults,
}
"""All experiments, by the names of their figures."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes all figures, or the page. Exit status 1 where they need what is still TODO."""
    parser = argparse.ArgumentParser(
        prog="python -m gradflow.lab", description="Run the lab's experiments on your functions."
    )
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("figures"), help="folder to write to"
    )
    parser.add_argument(
        "--page", type=Path, nargs="?", const=Path("gradient_flow.html"), metavar="FILE",
        help="write a page to play with instead: gradient_flow.html, or FILE",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="short runs, to see whether it works")
    chosen = parser.parse_args(arguments)
    tasks: dict[str, Callable[[], Path]]
    if chosen.page is None:
        try:
            chosen.out.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            parser.error(f"{chosen.out}: {problem.strerror}; name another folder with -o")
        tasks = {name: partial(_draw, name, chosen.out, chosen.quick) for name in EXPERIMENTS}
    else:
        tasks = {"page": partial(_write_page, chosen.page)}
    failed = 0
    for number, (name, write) in enumerate(tasks.items(), start=1):
        print(f"{number}/{len(tasks)} {name:<27}", end="", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            said = str(write())
        except Exception as problem:
            failed += 1
            said = f"failed: {type(problem).__name__}: {problem}"
            if isinstance(problem, NotImplementedError):
                said = f"left out, it needs: {str(problem).replace('TODO: ', '')}"
        print(f"{time.monotonic() - started:5.1f} s  {said}", file=sys.stderr)
    if failed:
        print(f"{failed} of {len(tasks)} files are left out. `pytest` says what to do.")
    return 1 if failed else 0


def _draw(name: str, folder: Path, quick: bool) -> Path:
    file = folder / f"{name}.png"
    EXPERIMENTS[name](quick=quick).figure.savefig(file, dpi=110)
    return file


def _write_page(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page.made(), "utf-8", newline="\n")
    return file


if __name__ == "__main__":
    sys.exit(main())
