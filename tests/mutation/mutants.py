"""Mutants: the small changes to a source that cosmic-ray and mutmut know, each made alone."""

from __future__ import annotations

import ast
import contextlib
import difflib
import itertools
import warnings
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """What tells one mutant from another, wherever its line stands: MODULE.FUNCTION, and the lines
    before and after, in the spelling of `ast.unparse`."""

    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.function}: {self.before}  ->  {self.after}"


@dataclass(frozen=True)
class Mutant:
    """A changed module. Where a line stands twice in a function, two mutants are the same change."""

    change: Change
    source: str


def mutants(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module that can be imported, once."""
    right = _plain(source)
    found: dict[str, Mutant] = {}
    for mutated in itertools.chain(_by_cosmic_ray(right), _by_mutmut(right)):
        with contextlib.suppress(SyntaxError):
            plain = _plain(mutated)
            if plain != right and plain not in found and _imports(plain):
                found[plain] = Mutant(_change(module, right, plain), plain)
    return list(found.values())


def _by_cosmic_ray(source: str) -> Iterator[str]:
    """Each operator and comparison replaced by each other one, numbers off by one, `not`, ..."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    for name in operator_names():
        operator = get_operator(name)
        if not operator.arguments():
            made = (mutate_code(source, operator(), number) for number in itertools.count())
            yield from itertools.takewhile(lambda code: code is not None, made)


def _by_mutmut(source: str) -> Iterator[str]:
    """Arguments dropped or None, assignments of None, other strings, a condition that is fixed."""
    import libcst
    from mutmut.mutation.mutators import mutation_operators

    module = libcst.parse_module(source)
    nodes: list[libcst.CSTNode] = [module]
    for node in nodes:
        nodes += node.children
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for mutated in operator(node):
                    yield module.deep_replace(node, mutated).code


def _plain(source: str) -> str:
    """The source in one spelling, without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree) + "\n"


def _imports(source: str) -> bool:
    """Whether the module's own lines run: what fails at once, as in an annotation, tests nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # as of `is` between numbers
        try:
            exec(compile(source, "mutant", "exec", dont_inherit=True), {"__name__": "mutant"})
        except Exception:
            return False
    return True


def _change(module: str, right: str, mutated: str) -> Change:
    before, after = right.splitlines(), mutated.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    parts = [part for part in matcher.get_opcodes() if part[0] != "equal"]
    _, first, end, first_after, _ = parts[0]
    end, end_after = parts[-1][2], parts[-1][4]
    function = next(
        (
            node.name
            for node in ast.parse(right).body
            if isinstance(node, ast.FunctionDef)
            and node.lineno <= first + 1 <= (node.end_lineno or 0)
        ),
        "",
    )
    return Change(
        f"{module}.{function}".rstrip("."),
        _joined(before[first:end]),
        _joined(after[first_after:end_after]),
    )


def _joined(lines: list[str]) -> str:
    return "; ".join(line.strip() for line in lines)
