"""What `pytest` does here beside running the checks: it finds your files from any folder, ends
endless loops, and keeps what happened for the report at the end, which summary.py writes."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import checks  # noqa: E402
import summary  # noqa: E402

IS_SECOND_COPY = Path(checks.__file__).resolve().parent != HERE
if IS_SECOND_COPY:
    summary.other_copies.append(HERE.parent)

_run = summary.Run()


def pytest_configure(config: pytest.Config) -> None:
    global _run
    is_whole = not any("::" in argument for argument in config.args)
    _run = summary.Run(is_whole=is_whole, show_all=config.option.verbose >= 0)
    config.option.continue_on_collection_errors = True
    if config.inipath != HERE.parent / "pytest.ini":  # started in another folder
        _run.show_all = config.option.verbose > 0
        config.option.tbstyle = "no"
        if reporter := config.pluginmanager.get_plugin("terminalreporter"):
            reporter.reportchars = ""


def pytest_ignore_collect():
    """A second copy has modules of the same names, which Python can't load beside the first's."""
    return IS_SECOND_COPY or None


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.failed:
        _run.broken[Path(report.nodeid).name] = summary.cause_of(report.longreprtext)


@pytest.hookimpl(tryfirst=True)  # before -k takes some away
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _run.collected.update(summary.part_of(i.nodeid) for i in items if i.path.parent == HERE)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call():
    with checks.time_limit():
        return (yield)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo):
    report = (yield).get_result()
    if call.excinfo is None:
        return
    problem = call.excinfo.value
    if isinstance(problem, NotImplementedError):
        report.todo = str(problem).replace("TODO:", "").strip() or "a function"
    report.told = checks.told(problem) + summary.printed(report.capstdout)


def pytest_report_teststatus(report: pytest.TestReport):
    if hasattr(report, "todo"):
        return "todo", "t", "TODO"
    return None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _run.add(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    summary.write(_run, terminalreporter.write_line)
