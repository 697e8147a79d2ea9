"""environment.yml says what pyproject.toml says, with a version for each; Otter's keeps them."""

import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.engine.release.archive import read_archive
from tests.engine.release.otter.fixtures import autograder_zip
from tests.kit import ROOT

CONDA_NAMES = {"msgpack-python": "msgpack"}


def pinned() -> dict[str, str]:
    """The versions in environment.yml, by the names that PyPI uses."""
    content = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [entry["pip"] for entry in content["dependencies"] if isinstance(entry, dict)]
    versions = {}
    for entry in content["dependencies"]:
        if isinstance(entry, str) and "=" in entry:
            name, version = entry.split("=")
            versions[CONDA_NAMES.get(name, name)] = version
    for entry in pip:
        requirement = Requirement(entry)
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", entry
        versions[requirement.name] = specifier.version
    return versions


def required() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = [*project["dependencies"], *project["optional-dependencies"]["otter"]]
    return {requirement.name: requirement for requirement in map(Requirement, texts)}


def test_all_that_grading_needs_is_pinned_and_nothing_else():
    assert set(pinned()) == {*required(), "python"}


def test_the_pins_satisfy_the_requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = pinned()
    assert Requirement(f"python{project['requires-python']}").specifier.contains(
        versions.pop("python")
    )
    for name, version in versions.items():
        assert required()[name].specifier.contains(version), name


def test_otters_environment_keeps_the_pins(tiny, tmp_path):
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    files = read_archive(autograder_zip(tiny, tmp_path))
    content = yaml.safe_load(files["environment.yml"])
    (pip,) = [entry["pip"] for entry in content["dependencies"] if isinstance(entry, dict)]
    (python,) = [entry for entry in content["dependencies"] if str(entry).startswith("python=")]
    exact = dict(entry.split("==") for entry in pip) | {"python": python.partition("=")[2]}
    theirs = {canonicalize_name(name): version for name, version in exact.items()}
    graders = pinned().keys() - {"tqdm"}  # the command line's progress
    assert graders <= theirs.keys()
    for name in graders:
        assert f"{theirs[name]}.".startswith(f"{pinned()[name]}."), name
