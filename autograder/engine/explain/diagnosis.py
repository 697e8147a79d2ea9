"""Which named mistake explains a failing test: its calls are replayed with one mistake at a time.

Where exactly one mistake gives the student's answers, its hint is what the student needs to read.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ..mistakes import Mistake
from ..sandbox.worker.serve import Servant, Target
from ..sandbox.worker.wire import WireError
from ..suite.answers import decoded
from ..suite.session import Batch, Request
from .comparison import same_but_for_rounding

MAX_CALLS = 40
"""Tests with more calls than this are not replayed."""


class Diagnosis:
    """Finds the one mistake that explains a failing test's calls."""

    def __init__(self, package: ModuleType, mistakes: Sequence[Mistake]) -> None:
        self._package = package
        self._mistakes: dict[str, list[Mistake]] = defaultdict(list)
        for mistake in (m for m in mistakes if not m.is_probe):
            self._mistakes[f"{mistake.module}.{mistake.target}"].append(mistake)

    def explain(self, asked: Sequence[Batch]) -> Mistake | None:
        """The mistake that gives the student's replies to all these calls, if it is just one."""
        calls = [
            (request, reply)
            for batch in asked
            for request, reply in zip(batch.requests, batch.replies, strict=False)
            if isinstance(reply, bytes)
        ]
        if not calls or len(calls) > MAX_CALLS:
            return None
        said = [_comparable(reply) for _, reply in calls]
        requests = [request for request, _ in calls]
        if self._gives(None, requests, said):
            return None  # the calls are right: the failure is about something else
        found = None
        for name in dict.fromkeys(request.name for request in requests):
            for candidate in self._mistakes[name]:
                if self._gives(candidate, requests, said):
                    if found is not None:
                        return None
                    found = candidate
        return found

    def _gives(
        self, mistake: Mistake | None, requests: Sequence[Request], said: Sequence[Any]
    ) -> bool:
        """Whether the mistake, or the reference, gives all these replies."""
        functions = None if mistake is None else mistake.fresh()

        def find(module: str, function: str) -> Target:
            if mistake is not None and module == mistake.module:
                return Target(getattr(functions, function))
            return Target(getattr(getattr(self._package, module), function))

        servant = Servant(find)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return all(
                same_but_for_rounding(one, _comparable(servant.answer(request.content)))
                for request, one in zip(requests, said, strict=True)
            )


def _comparable(reply: bytes) -> Any:
    """A reply without the words that differ between equal answers."""
    try:
        content = decoded(reply)
    except WireError:
        return None
    if isinstance(content, list) and content and content[0] == "raised":
        return ["raised", content[1][0]]
    if isinstance(content, list) and len(content) == 5 and content[0] == "returned":
        return [*content[:4], bool(content[4])]
    return content
