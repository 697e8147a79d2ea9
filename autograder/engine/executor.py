"""Where submissions are graded: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor

import click


def local_pool(jobs: int) -> Callable[[], Executor]:
    """Makes pools of fresh processes, each with one BLAS thread."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    return lambda: ProcessPoolExecutor(jobs, mp_context=context)


def cluster(address: str) -> tuple[Callable[[], Executor], int]:
    """Makes executors on the Dask cluster of this scheduler, and counts its workers."""
    try:
        from distributed import Client
    except ImportError:
        raise click.UsageError(
            "--scheduler needs the extra 'cluster': pip install '.[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError, TimeoutError) as problem:
        raise click.UsageError(f"no Dask scheduler at {address}: {problem}") from None
    width = max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    return lambda: client.get_executor(retries=2, pure=False), width
