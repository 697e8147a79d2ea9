"""Where submissions are graded: processes of this machine, or a Dask cluster."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from typing import Any, TypeVar

from ..errors import KitError

T = TypeVar("T")
KIT = __name__.partition(".")[0]
FORKS = sys.platform == "linux"
"""Whether a pool's processes begin with all that this one has loaded. Elsewhere the system's own
libraries don't outlive a fork."""
MIN_WIDTH = 16
"""A cluster gets tasks for at least so many workers: some may join it while the class is graded."""


def local_pool(jobs: int) -> Callable[[], Executor]:
    """Makes pools of fresh processes."""
    context = multiprocessing.get_context("fork" if FORKS else "spawn")
    return partial(ProcessPoolExecutor, jobs, context, _begin, (jobs,))


def available_cores() -> int:
    """The cores that this process may use."""
    has_affinity = hasattr(os, "sched_getaffinity")
    return len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1


def _begin(jobs: int) -> None:
    """The first that one of a pool's processes does."""
    if hasattr(os, "SCHED_BATCH"):
        # With its students' processes it stays on one core, where there is one for it: answers
        # that come from another core, a thousand for each submission, cost 5 % more CPU.
        cores = sorted(os.sched_getaffinity(0))
        if jobs >= len(cores):
            number = int(multiprocessing.current_process().name.rpartition("-")[2])
            os.sched_setaffinity(0, {cores[number % len(cores)]})
        # Woken by an answer, the grader lets the student's process go on to the next one.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the pool
    # It would wait for ever for work from a parent that was killed.
    threading.Thread(target=_end_with_parent, daemon=True, name="parent's end").start()


def kill_pool() -> None:
    """Ends the pool's processes in the middle of what they do; their workers end with them."""
    for process in multiprocessing.active_children():
        process.kill()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def cluster(address: str) -> tuple[Callable[[], Executor], int]:
    """Makes executors on the Dask cluster of this scheduler, and counts its workers."""
    try:
        import distributed
    except ImportError:
        raise KitError("--scheduler needs more: pip install -e '.[cluster]'") from None
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what fails is said here
    try:
        client = distributed.Client(address, timeout=5)
    except (OSError, ValueError, TimeoutError) as problem:
        raise KitError(f"no Dask scheduler at {address}: {problem}") from None
    without_kit = [a for a, spec in client.run(find_spec, KIT).items() if spec is None]
    if without_kit:
        raise KitError(f"{', '.join(without_kit)}: Dask's worker can't import {KIT}")
    # More of them may come while the class is graded, where the cluster grows with its work.
    width = max(MIN_WIDTH, len(client.nthreads()))
    return lambda: _Cluster(client, distributed.KilledWorker), width


class _Cluster(Executor):
    """Dask's executor, whose futures end as those of a pool of processes do."""

    def __init__(self, client: Any, killed: type[Exception]) -> None:
        self._client = client
        self._executor = client.get_executor(retries=2, pure=False)
        self._killed = killed

    def submit(self, function: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        ours: Future[T] = Future()
        theirs = self._executor.submit(function, *args, **kwargs)
        theirs.add_done_callback(lambda _: self._end(theirs, ours))
        return ours

    def _end(self, theirs: Future[T], ours: Future[T]) -> None:
        try:
            ours.set_result(theirs.result())
        except self._killed as problem:
            ours.set_exception(BrokenExecutor(str(problem)))
        except CancelledError:
            ours.set_exception(KitError("the Dask scheduler is gone; go on with --resume"))
        except KitError as problem:
            ours.set_exception(problem)
        except Exception as problem:
            said = f"the cluster can't grade: {type(problem).__name__}: {problem}"
            ours.set_exception(KitError(said))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()
