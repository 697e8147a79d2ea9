"""What `check` says is left to edit after a change of the solution: one list, by file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.release.skeleton import write_skeleton
from tests.kit import TINY, kit

EXAMPLES = """
| function | |
|---|---|
| `celsius(fahrenheit)` | degrees |
| `mean_celsius(temperatures)` | their mean |

```python
float(scales.celsius(212.0))
# 100.0
```
"""
PUBLIC_TEST = """
from thermo.scales import celsius


def test_freezing():
    assert celsius(32.0) == 0
"""


@pytest.fixture
def own(tmp_path: Path) -> Assignment:
    """A copy with stubs, examples and a public test."""
    left_out = shutil.ignore_patterns("__pycache__")
    own = Assignment.load(Path(shutil.copytree(TINY, tmp_path / "tiny", ignore=left_out)))
    readme = own.handout / "README.md"
    readme.write_text(readme.read_text("utf-8") + EXAMPLES, "utf-8")
    (own.handout / "tests").mkdir()
    (own.handout / "tests" / "test_scales.py").write_text(PUBLIC_TEST)
    write_skeleton(own.solutions / own.package, own.handout / own.package)
    return own


def change(own: Assignment, module: str, old: str, new: str) -> None:
    path = own.solutions / own.package / f"{module}.py"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def left_to_edit(own: Assignment) -> list[tuple[str, str]]:
    """File with line, and what is said of it."""
    ended = kit("check", "--jobs", 1, assignment=own.folder)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return re.findall(r"^\S*tiny/(\S+:\d+): (.*)$", ended.stdout, re.MULTILINE)


def test_a_convention_that_changes(own: Assignment) -> None:
    """Kelvin for Celsius."""
    change(own, "scales", "- 32.0) * 5.0 / 9.0", "+ 459.67) * 5.0 / 9.0")
    said = dict(left_to_edit(own))
    assert said["mistakes/scales.py:6"].startswith("multiplied_first: edit 1 no longer applies: ")
    assert "offset_forgotten: edit 1" in said["mistakes/scales.py:12"]
    assert "variant factored loses points" in said["variants/scales.py:5"]
    assert said["handout/README.md:12"].startswith(
        "float(scales.celsius(212.0)) Expected: 100.0 Got: 373.15"
    )
    assert "fails the public test_freezing" in said["handout/tests/test_scales.py:5"]
    assert len(said) == 5  # in_place and half still fit, and the hidden tests follow


def test_a_function_that_is_left_out(own: Assignment) -> None:
    text = (own.solutions / own.package / "averages.py").read_text("utf-8")
    change(own, "averages", text[text.index("def ") :], "")
    said = dict(left_to_edit(own))
    assert said["mistakes/averages.py:3"] == (
        "2 mistakes of mean_celsius, which the solution does not have"
    )
    named = "names mean_celsius, which is not there"
    assert said["handout/README.md:9"] == named
    assert said["suites/test_averages.py:7"] == f"test_mean {named}"
    assert said["suites/test_averages.py:15"] == f"test_empty {named}"
    assert "build it again" in said["handout/thermo/averages.py:1"]


def test_a_part_that_is_left_out(own: Assignment) -> None:
    toml = own.folder / "assignment.toml"
    toml.write_text(toml.read_text("utf-8").replace('["scales", "averages"]', '["scales"]'))
    (own.solutions / own.package / "averages.py").unlink()
    said = dict(left_to_edit(own))
    assert said["suites/test_averages.py:1"] == "is about averages, which is not there"
    assert said["mistakes/averages.py:1"] == "is about averages, which is not there"
    assert said["handout/README.md:9"] == "names mean_celsius, which is not there"
