"""The assignment's material: points, and a sample of what `check` proves in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grading import Grader
from autograder.engine.prove import classroom
from autograder.engine.sandbox.worker.wire import Decoder, read_request
from autograder.engine.suite.answers import decoded
from autograder.engine.suite.session import Batch, Request
from autograder.engine.variants import load_variants

POINTS = {
    "initializers": 12,
    "activations": 22,
    "batchnorm": 22,
    "clipping": 12,
    "diagnostics": 14,
    "deep_network": 18,
}


def lost(grader: Grader, files: dict[str, bytes], seed: int) -> list[str]:
    program = grader.program(files)
    try:
        return [o.test.id for o in grader.suite.run(program, seed) if not o.passed]
    finally:
        program.end()


def test_the_parts_are_worth_what_the_handout_promises(grader: Grader) -> None:
    points: Counter[str] = Counter()
    for test in grader.suite.tests:
        points[test.part] += test.points
    assert points == POINTS


def test_no_function_decides_over_many_points_of_the_deep_nets(
    kit: Assignment, grader: Grader
) -> None:
    """A slip is charged in the function's own part first."""
    outcomes, _ = grader.run(classroom.solution(kit))
    decides: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.test.part == "deep_network":
            for function in set(outcome.called):
                decides[function] += outcome.test.points
    assert {"activations.relu_grad", "batchnorm.batchnorm_forward"} < set(decides)
    del decides["deep_net.run"]
    assert decides.most_common(1)[0][1] <= 4
    assert decides["batchnorm.batchnorm_forward"] <= 3


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (7, 199))]
)
def test_the_solution_keeps_every_point(kit: Assignment, grader: Grader, seed: int) -> None:
    assert lost(grader, classroom.solution(kit), seed) == []


def test_the_skeleton_earns_nothing(kit: Assignment, grader: Grader) -> None:
    assert len(lost(grader, classroom.skeleton(kit), 0)) == len(grader.suite.tests)


@pytest.mark.parametrize("module", ["initializers", "activations", "batchnorm", "clipping"])
@pytest.mark.parametrize("how", ["missing", "syntax error"])
def test_a_broken_module_costs_its_own_part_and_the_nets(
    kit: Assignment, grader: Grader, module: str, how: str
) -> None:
    files = classroom.solution(kit)
    path = f"gradflow/{module}.py"
    if how == "missing":
        del files[path]
    else:
        files[path] += b"\ndef unfinished(:\n"
    outcomes, _ = grader.run(files)
    parts = {outcome.test.part for outcome in outcomes if not outcome.passed}
    assert parts == {module, "deep_network"}
    own = [outcome for outcome in outcomes if outcome.test.part == module]
    assert not any(outcome.passed for outcome in own)


@pytest.mark.slow
def test_a_loop_an_exit_and_a_giant_array_cost_their_own_functions_only(
    kit: Assignment, grader: Grader
) -> None:
    files = classroom.solution(kit)
    files["gradflow/activations.py"] += b"\n\ndef tanh(z):\n    while True:\n        pass\n"
    files["gradflow/clipping.py"] += (
        b"\n\ndef clip_by_value(grads, threshold):\n    import os\n\n    os._exit(0)\n"
    )
    files["gradflow/diagnostics.py"] += (
        b"\n\ndef gradient_norms(grads):\n    return np.ones(6 * 2**30 // 8)\n"
    )
    outcomes, events = grader.run(files)
    functions = {"activations.tanh", "clipping.clip_by_value", "diagnostics.gradient_norms"}
    right, _ = grader.run(classroom.solution(kit))
    concerned = {o.test.id for o in right if functions & set(o.called)}
    assert {o.test.id for o in outcomes if not o.passed} == concerned
    assert events.timeouts == ["activations.tanh"]
    assert events.crashes == ["clipping.clip_by_value"]


@pytest.mark.parametrize("seed", [3, pytest.param(57, marks=pytest.mark.slow)])
def test_a_sample_of_odd_but_right_variants_keeps_every_point(
    kit: Assignment, grader: Grader, seed: int
) -> None:
    for variant in load_variants(kit)[seed % 7 :: 7]:
        assert lost(grader, classroom.with_variant(kit, variant), seed) == [], variant.name


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in _arrays(item)]
    telling = isinstance(value, np.ndarray) and np.unique(np.abs(value)).size > 2
    return [value] if telling else []


def _asked(request: Request) -> list[np.ndarray]:
    decoder = Decoder(handle=lambda handle: handle, generator=lambda state: state)
    return _arrays(decoder.decode(read_request(request.content)[2])[1])


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.size == other.size and np.allclose(one.ravel(), other.ravel(), rtol=1e-9, atol=0)


def told_too_soon(batch: Batch) -> Iterator[str]:
    """Names of the functions whose right answer is an argument of another call of the batch."""
    asked = [_asked(request) for request in batch.requests]
    for place, (request, reply) in enumerate(zip(batch.requests, batch.replies, strict=True)):
        assert isinstance(reply, bytes)
        for answer in _arrays(decoded(reply)[1]):
            if any(_same(answer, own) for own in asked[place]):
                continue  # it left its argument as it was
            others = (other for i, some in enumerate(asked) if i != place for other in some)
            if any(_same(answer, other) for other in others):
                yield request.name


def test_no_answer_crosses_with_what_is_asked_at_once(kit: Assignment, grader: Grader) -> None:
    """A student's code could look at the requests that wait, and find its answer in one."""
    assert lost(grader, classroom.solution(kit), 0) == []
    assert lost(grader, classroom.solution(kit), 0) == []  # not the first: records are made
    batches = [b for record in grader.suite._records._records.values() for b in record.batches]
    assert sum(len(batch.requests) for batch in batches) > 500
    assert {name for batch in batches for name in told_too_soon(batch)} == set()
