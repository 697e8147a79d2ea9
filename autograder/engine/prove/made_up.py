"""Made-up submissions: the solution, the skeleton, and what lies between."""

from collections.abc import Iterable

from ..assignment import Assignment
from ..mistakes import Mistake
from ..release.skeleton import skeletons

Files = dict[str, bytes]
RIGHT = "_right_"


def solution(assignment: Assignment) -> Files:
    """The reference, handed in."""
    return dict(assignment.solution_files)


def skeleton(assignment: Assignment) -> Files:
    """What students start from, handed in as it is."""
    made = skeletons(assignment.solutions / assignment.package)
    return {f"{assignment.package}/{name}": content for name, content in made.items()}


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
    module's own functions do not see what it replaces."""
    files, path = solution(assignment), f"{assignment.package}/{module}.py"
    files[f"{assignment.package}/{RIGHT}{module}.py"] = files[path]
    head = f"import numpy as np\n\nfrom .{RIGHT}{module} import *\n"
    files[path] = f"{head}\n\n{source}".encode()
    return files
