"""environment.yml says what pyproject.toml says, with a version for each; Otter's keeps them."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.engine.grade.archive import read_archive
from tests.engine.release.otter.fixtures import autograder_zip
from tests.kit import ROOT

CONDA_NAMES = {"msgpack-python": "msgpack"}


def pinned(text: str) -> dict[str, str]:
    """The versions in an environment, by the names that PyPI uses."""
    entries = yaml.safe_load(text)["dependencies"]
    (pip,) = [entry["pip"] for entry in entries if isinstance(entry, dict)]
    conda = [re.sub("^(.+)=", "\\1==", each) for each in entries if isinstance(each, str)]
    pins = [Requirement(each) for each in [*conda, *pip] if "=" in each]
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in pins)
    return {
        CONDA_NAMES.get(pin.name, canonicalize_name(pin.name)): str(pin.specifier)[2:]
        for pin in pins
    }


PINNED = pinned((ROOT / "environment.yml").read_text())


def test_all_that_grading_needs_is_pinned_as_required_and_nothing_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["otter"]]
    texts.append(f"python{project['requires-python']}")
    required = {requirement.name: requirement for requirement in map(Requirement, texts)}
    assert PINNED.keys() == required.keys()
    for name, version in PINNED.items():
        assert required[name].specifier.contains(version), name


def test_otters_environment_keeps_the_pins(tiny, tmp_path):
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    theirs = pinned(read_archive(autograder_zip(tiny, tmp_path))["environment.yml"])
    graders = PINNED.keys() - {"tqdm"}  # the command line's progress
    assert graders <= theirs.keys()
    for name in graders:
        assert f"{theirs[name]}.".startswith(f"{PINNED[name]}."), name
