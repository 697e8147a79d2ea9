"""Made-up submissions: the solution, the skeleton, and what lies between."""

from collections.abc import Iterable

from ..assignment import Assignment
from ..mistakes import Mistake
from ..release.skeleton import stubs

Files = dict[str, bytes]


def solution(assignment: Assignment) -> Files:
    """The reference, handed in."""
    return dict(assignment.solution_files)


def skeleton(assignment: Assignment) -> Files:
    """What students start from, handed in as it is."""
    return stubs(assignment)


def half_done(assignment: Assignment, done: Iterable[str]) -> Files:
    """The skeleton with these modules finished."""
    files = skeleton(assignment)
    for module in done:
        path = f"{assignment.package}/{module}.py"
        files[path] = assignment.solution_files[path]
    return files


def with_mistakes(assignment: Assignment, mistakes: Iterable[Mistake]) -> Files:
    """The solution with these mistakes in it."""
    files = solution(assignment)
    for mistake in mistakes:
        path = f"{assignment.package}/{mistake.module}.py"
        files[path] = mistake.edited(files[path].decode()).encode()
    return files


def with_code(assignment: Assignment, module: str, source: str) -> Files:
    """The solution with code at the end of a module, which may replace functions of it: the
    module's own functions do not see what it replaces. There `right` is the solution's module."""
    files, path = solution(assignment), f"{assignment.package}/{module}.py"
    own = f"_right_{module}"
    files[f"{assignment.package}/{own}.py"] = files[path]
    head = f"import numpy as np\n\nfrom . import {own} as right\nfrom .{own} import *\n"
    files[path] = f"{head}\n\n{source}".encode()
    return files
