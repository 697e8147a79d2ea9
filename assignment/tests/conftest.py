"""The report at the end of `pytest`: a table per part, what fails and why, what to do next."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

PARTS = ("initializers", "activations", "batchnorm", "clipping", "diagnostics", "deep_network")
MOST_FAILURES = 4

_failures: dict[str, tuple[str, str]] = {}  # a test's id: its part and its text
_todo: dict[str, list[str]] = {}  # a part: the functions that are still to be written
_passed: dict[str, int] = {}
_total: dict[str, int] = {}
_show_all = False


def pytest_configure(config: pytest.Config) -> None:
    global _show_all
    _show_all = config.get_verbosity() >= 0  # pytest.ini asks for -q; -v undoes it
    for kept in (_failures, _todo, _passed, _total):
        kept.clear()


def _part(nodeid: str) -> str:
    return Path(nodeid.split("::")[0]).stem.replace("test_", "", 1)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    if call.excinfo is None:
        return
    problem = call.excinfo.value
    if isinstance(problem, NotImplementedError):
        report.todo = str(problem).replace("TODO:", "").strip() or "a function"
    report.told = str(problem) or repr(problem)


def pytest_report_teststatus(report: pytest.TestReport):
    if hasattr(report, "todo"):
        return "todo", "t", "TODO"
    return None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    part = _part(report.nodeid)
    if report.when == "call":
        _total[part] = _total.get(part, 0) + 1
        _passed[part] = _passed.get(part, 0) + report.passed
    if hasattr(report, "todo"):
        names = _todo.setdefault(part, [])
        if report.todo not in names:
            names.append(report.todo)
    elif report.failed:
        _failures[report.nodeid] = (part, report.told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _total:
        return
    write = terminalreporter.write_line
    parts = sorted(_total, key=lambda p: PARTS.index(p) if p in PARTS else len(PARTS))
    _write_failures(write)
    write("")
    width = 62
    write(f"{'part':<14}{'checks passed':>13}   still TODO", bold=True)
    for part in parts:
        names = _todo.get(part, [])
        wrong = sum(p == part for p, _ in _failures.values())
        done = not names and not wrong
        note = "done" if done else _shorten(names, width) if names else "nothing"
        note += f"  ({wrong} wrong)" if wrong else ""
        write(f"{part:<14}{_passed[part]:>6} of {_total[part]:<3}   {note}", green=done)
    write("")
    write(_next_step(parts))


def _about(node: str) -> str:
    """What a failed check is about, such as activations.sigmoid."""
    return _failures[node][1].split("\n")[0].split(":")[0]


def _in_order() -> list[str]:
    """The failed checks: first those of the function with the most, and those of nets last, which
    often fail for what a function's own checks tell."""
    counts = Counter(map(_about, _failures))
    return sorted(_failures, key=lambda n: (_failures[n][0] == PARTS[-1], -counts[_about(n)]))


def _write_failures(write) -> None:
    """The first failure of each function, in full."""
    order = _in_order()
    seen: set[str] = set()
    first = []
    for node in order:
        if _show_all or _about(node) not in seen:
            first.append(node)
        seen.add(_about(node))
    shown = first if _show_all else first[:MOST_FAILURES]
    for node in shown:
        write("")
        write(_safe(_failures[node][1]), red=True)
        write(f"  {'again':9} pytest {_selector(node)}")
    hidden = len(order) - len(shown)
    if hidden:
        checks = "one more failed check" if hidden == 1 else f"{hidden} more failed checks"
        write("")
        write(f"... and {checks}, often of the same cause. All of them: pytest -v")


def _selector(node: str) -> str:
    file, _, rest = node.partition("::")
    name = rest.split("[")[0].split("::")[-1]
    return f"tests/{Path(file).name} -k {name}"


def _shorten(names: list[str], width: int) -> str:
    text = ""
    for index, name in enumerate(names):
        rest = len(names) - index
        if text and len(text) + len(name) > width - 12:
            return f"{text} and {rest} more"
        text += f", {name}" if text else name
    return text


def _next_step(parts: list[str]) -> str:
    if _failures:
        node = _in_order()[0]
        count = sum(_about(each) == _about(node) for each in _failures)
        checks = "one check fails" if count == 1 else f"{count} checks fail"
        again = f"pytest tests/test_{_failures[node][0]}.py"
        return f"Next: {_about(node)} ({checks}, see above), then: {again}"
    for part in filter(_todo.get, parts):
        return f"Next: {_todo[part][0]} (README.md, {part}), then: pytest tests/test_{part}.py"
    if set(PARTS) <= set(parts):
        return (
            "All public checks pass. Next: python -m gradflow.lab, then python submit.py.\n"
            "(The hidden tests ask more: other inputs, extreme ones too. Reread the docstrings.)"
        )
    return "All of these pass. Next: pytest, for the other parts."


def _safe(text: str) -> str:
    """The text as this terminal can show it (Windows consoles know few characters)."""
    encoding = sys.stdout.encoding or "ascii"
    return text.encode(encoding, "replace").decode(encoding)
