"""Pools of this machine's processes."""

import multiprocessing
import os
import time
from itertools import chain

import pytest

from autograder.engine.grade.executor import available_cores, local_pool


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system names no cores")
def test_each_process_has_a_core_of_its_own_where_there_are_enough_processes():
    cores = os.sched_getaffinity(0)
    with local_pool(available_cores())() as pool:
        pool.submit(int).result()
        children = multiprocessing.active_children()
        for _ in range(1000):  # some may not have begun
            own = [os.sched_getaffinity(child.pid) for child in children]
            if all(len(each) == 1 for each in own):
                break
            time.sleep(0.01)
    assert sorted(chain(*own)) == sorted(cores)
    if len(cores) > 1:
        with local_pool(1)() as pool:
            assert pool.submit(os.sched_getaffinity, 0).result() == cores
