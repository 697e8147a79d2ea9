"""The hidden suites: what they are worth, and that no request gives an answer away."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.engine.prove import made_up
from autograder.engine.sandbox.worker.wire import Decoder, read_request
from autograder.engine.suite.answers import decoded
from autograder.engine.suite.session import Batch, Request

POINTS = {
    "initializers": 12,
    "activations": 22,
    "batchnorm": 22,
    "clipping": 12,
    "diagnostics": 14,
    "deep_network": 18,
}


def test_the_parts_are_worth_what_the_handout_promises(grader):
    points: Counter[str] = Counter()
    for test in grader.suite.tests:
        points[test.part] += test.points
    assert points == POINTS


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
        for answer in _arrays(decoded(reply)[1]):
            if any(_same(answer, own) for own in asked[place]):
                continue  # it left its argument as it was
            others = (other for i, some in enumerate(asked) if i != place for other in some)
            if any(_same(answer, other) for other in others):
                yield request.name


def test_no_answer_crosses_with_what_is_asked_at_once(kit, grader):
    """A student's code could look at the requests that wait, and find its answer in one."""
    for _ in range(2):  # the second time, records are made
        outcomes, _ = grader.run(made_up.solution(kit))
        assert [outcome.test.id for outcome in outcomes if not outcome.passed] == []
    batches = [b for record in grader.suite._records._records.values() for b in record.batches]
    assert sum(len(batch.requests) for batch in batches) > 500
    assert {name for batch in batches for name in told_too_soon(batch)} == set()
