"""autograder.zip: the same bytes each time, and all that its ways to run need."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.errors import KitError
from autograder.engine.release.archive import read_archive
from autograder.engine.release.otter.package import kit_files, otter_config
from tests.engine.release.otter.fixtures import autograder_zip, with_lab

pytest.importorskip("otter", reason="needs the extra 'otter'")

COMMANDS = ("apt-get", "chmod", "dpkg", "jq", "ldconfig", "mamba", "wget")


@pytest.fixture
def own(tiny: Assignment, tmp_path: Path) -> Assignment:
    return with_lab(tiny, tmp_path / "tiny")


@pytest.fixture
def files(own: Assignment, tmp_path: Path) -> dict[str, bytes]:
    return read_archive(autograder_zip(own, tmp_path))


def test_the_same_sources_give_the_same_bytes(own: Assignment, tmp_path: Path) -> None:
    first = hashlib.sha256(autograder_zip(own, tmp_path).read_bytes())
    for path in own.folder.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    second = hashlib.sha256(autograder_zip(own, tmp_path).read_bytes())
    assert first.digest() == second.digest()


def test_the_zip_holds_what_otter_and_the_kit_need(files: dict[str, bytes]) -> None:
    assert {
        "environment.yml", "files/lab.ipynb", "otter_config.json", "requirements.txt",
        "run_autograder", "run_otter.py", "setup.sh", "tests/averages.py", "tests/scales.py",
        "tests/kit/autograder/assignment.toml", "tests/kit/autograder/suites/test_scales.py",
        "tests/kit/autograder/engine/sandbox/worker/zygote.py", "tests/kit/solutions/thermo/scales.py",
    } <= files.keys()  # fmt: skip
    assert json.loads(files["files/lab.ipynb"])["cells"] == []
    assert not [name for name in files if name.endswith(".pyc")]


def test_the_kit_in_the_zip_grades_as_this_one(kit: Assignment, tmp_path: Path) -> None:
    for name, content in kit_files(kit).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    packed = Assignment.load(tmp_path / "autograder")
    assert packed.solution_files == kit.solution_files
    assert {path.name for path in packed.suites.iterdir()} == {
        path.name for path in kit.suites.iterdir() if path.name != "__pycache__"
    }
    assert (packed.folder / "assignment.toml").read_bytes() == (
        kit.folder / "assignment.toml"
    ).read_bytes()


def test_test_files_hold_points_and_titles_and_no_source(
    own: Assignment, files: dict[str, bytes]
) -> None:
    env: dict[str, object] = {}
    exec(files["tests/scales.py"], env)
    from otter.test_files import test_case

    cases = [value for value in env.values() if isinstance(value, test_case)]
    assert sum(case.points for case in cases) == 7
    assert all(case.hidden and case.name for case in cases)
    with pytest.raises(KeyError):  # a verdict without the test must not pass
        cases[0].test_func({})
    with pytest.raises(AssertionError, match="too warm"):
        cases[0].test_func(dict.fromkeys(env["TESTS"], "too warm"))  # type: ignore[call-overload]
    cases[0].test_func(dict.fromkeys(env["TESTS"], ""))  # type: ignore[call-overload]
    suite = (own.suites / "test_scales.py").read_text()
    body = [line.strip() for line in suite.splitlines() if "student." in line or "assert" in line]
    assert body
    assert not [line for line in body if line in files["tests/scales.py"].decode()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1"),
        ('{"pdf": true}', "only these can be set here: show_hidden"),
        ('{"show_hidden": "yes"}', "true or false"),
    ],
)
def test_a_wrong_configuration_is_told(own: Assignment, text: str, said: str) -> None:
    (own.folder / "otter_config.json").write_text(text)
    with pytest.raises(KitError, match=said):
        otter_config(own)


def test_the_instructor_decides_what_students_see(own: Assignment) -> None:
    (own.folder / "otter_config.json").write_text('{"show_hidden": false}')
    assert otter_config(own)["show_hidden"] is False


@pytest.mark.parametrize(("is_new", "expected"), [(True, "pip install"), (False, "apt-get update")])
def test_setup_takes_the_images_python_where_it_is_new_enough(
    files: dict[str, bytes], tmp_path: Path, is_new: bool, expected: str
) -> None:
    log, stubs, target = tmp_path / "log", tmp_path / "stubs", tmp_path / "target"
    stubs.mkdir()
    (target / "bin").mkdir(parents=True)
    for path in [*(stubs / name for name in COMMANDS), target / "bin" / "pip"]:
        write_stub(path, f'echo "{path.name} $*" >> {log}')
    write_stub(stubs / "python3", f"exit {0 if is_new else 1}")
    script = files["setup.sh"].decode().replace("/opt/autograder", str(target))
    (tmp_path / "setup.sh").write_text(script)
    path = f"{stubs}:{os.environ['PATH']}"
    subprocess.run(["bash", tmp_path / "setup.sh"], env={"PATH": path}, capture_output=True)
    called = log.read_text()
    assert expected in called
    assert ("mamba_install" in script) and ("wget" in called) is not is_new
    assert ("playwright" in script) is False


def write_stub(path: Path, command: str) -> None:
    path.write_text(f"#!/bin/bash\n{command}\n")
    path.chmod(0o755)
