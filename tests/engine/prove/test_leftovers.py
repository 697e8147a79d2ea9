"""What `check` says is left to edit after a change of the solution, or fails: one list, by place."""

import re

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.release.skeleton import stubs
from tests.kit import kit, made, put

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
def own(own):
    """With stubs, examples and a public test."""
    readme = own.handout / "README.md"
    readme.write_text(readme.read_text("utf-8") + EXAMPLES, "utf-8")
    put(own.handout, "tests/test_scales.py", PUBLIC_TEST.encode())
    made(own.handout, stubs(own))
    return own


def change(own: Assignment, module: str, old: str, new: str) -> None:
    path = own.solutions / own.package / f"{module}.py"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def left(own: Assignment) -> dict[str, str]:
    """What is said of each file and line."""
    ended = kit("check", "--variants-only", "--jobs", 1, assignment=own.folder, status=1)
    return dict(re.findall(r"^\S*tiny/(\S+:\d+): (.*)$", ended.stdout, re.MULTILINE))


def test_a_convention_that_changes(own):
    """Kelvin for Celsius."""
    change(own, "scales", "- 32.0) * 5.0 / 9.0", "+ 459.67) * 5.0 / 9.0")
    said = left(own)
    assert said["mistakes/scales.py:5"].startswith("multiplied_first: edit 1 no longer applies: ")
    assert "offset_forgotten: edit 1" in said["mistakes/scales.py:9"]
    example = "float(scales.celsius(212.0)) Expected: 100.0 Got: 373.15"
    assert said["handout/README.md:12"].startswith(example)
    assert "variant factored loses points" in said["variants/scales.py:1"]
    assert "fails the public test_freezing" in said["handout/tests/test_scales.py:5"]


def test_a_function_that_is_left_out(own):
    text = (own.solutions / own.package / "averages.py").read_text("utf-8")
    change(own, "averages", text[text.index("def ") :], "")
    named = "names mean_celsius, which is not there"
    assert left(own) == {
        "mistakes/averages.py:4": f"Mean {named}",
        "handout/README.md:9": named,
        "suites/test_averages.py:7": f"test_mean {named}",
        "suites/test_averages.py:15": f"test_empty {named}",
        "handout/thermo/averages.py:1": "is not what the solution makes of it: build it again",
    }


def test_a_variant_of_no_function(own):
    file = own.variants / "scales.py"
    file.write_text(file.read_text("utf-8").replace("def celsius", "def centigrade"))
    said = left(own)["variants/scales.py:1"]
    assert said == "variant factored has no function that a test calls"


def test_figures_that_fail(own):
    (own.folder / "assignment.toml").open("a").write('figures = "figures"\n')
    put(
        own.folder,
        "figures/__init__.py",
        b"from autograder.engine.report.pages.figure import Section\n"
        b"SECTION = Section('Weather')\n"
        b"FIGURES = [lambda student, reference: undefined]\n",
    )
    said = "Figure 1 of the solution: could not be drawn (NameError)"
    assert left(own) == {"figures/__init__.py:1": said}
