"""`grade --scheduler`: a Dask scheduler and two workers, of which one is killed at work."""

import csv
import os
import signal
import subprocess

import pytest

from autograder.engine.grade.archive import write_archive
from autograder.engine.prove import made_up
from tests.kit import TINY, await_that, kit, started

pytestmark = pytest.mark.slow
SIZE = 20
SLOW = (
    "import time\n_right = celsius\n\ndef celsius(f):\n    time.sleep(0.05)\n    return _right(f)\n"
)


def test_every_submission_has_one_row_though_a_worker_is_killed(tiny, tmp_path):
    dask = pytest.importorskip("dask", reason="needs the extra 'cluster'")
    distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    files = made_up.with_code(tiny, "scales", SLOW)
    for number in range(SIZE):
        write_archive(tmp_path / f"class/{number:02}.zip", files)
    # Dask gives up what a killed worker had, so that the kit has to try it again.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster,
    ):
        words = ["grade", tmp_path / "class", "-o", tmp_path / "out"]
        words += ["--scheduler", cluster.scheduler_address]
        command = started(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        results = tmp_path / "out" / "results"
        await_that(lambda: list(results.glob("*.json")) or command.poll() is not None)
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        done_before = len(list(results.glob("*.json")))
        said, _ = command.communicate()
    assert done_before < SIZE
    assert command.returncode == 0, said
    rows = list(csv.DictReader((tmp_path / "out" / "final_grades.csv").open()))[1:]
    assert [row["file"] for row in rows] == [f"{number:02}.zip" for number in range(SIZE)]
    assert {float(row["total_points_earned"]) for row in rows} == {10.0}


def test_without_a_scheduler_there_is_one_clear_line(tmp_path):
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    address = "tcp://127.0.0.1:1"
    words = ["grade", TINY / "solutions", "-o", tmp_path / "out", "--scheduler", address]
    done = kit(*words, status=2)
    assert f"no Dask scheduler at {address}" in done.stderr
    assert "Traceback" not in done.stderr
