"""What has to hold before the command can run: a Python, what the kit needs, the checkout."""

import ast
import os
import shutil
import sys
from pathlib import Path

import pytest

from autograder.__main__ import ONE_THREAD, STEERING
from autograder.engine.errors import KitError
from autograder.engine.release.build import build_all
from tests.kit import ROOT, python

OLD = "import sys; sys.version_info = (3, 8, 0); from autograder.__main__ import main; main()"


def refused(*words: object, kit: Path = ROOT, cwd: Path = ROOT) -> str:
    """The one line that Python says before it ends with status 2; nothing is installed for it."""
    env = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("PY", "COV", *STEERING))
    }
    env |= {"PYTHONPATH": str(kit), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"} | ONE_THREAD
    (line,) = python("-S", *words, cwd=cwd, env=env, status=2).stderr.splitlines()
    return line


def test_an_old_python_is_told_what_is_needed():
    for name in ("__init__.py", "__main__.py"):
        ast.parse((ROOT / "autograder" / name).read_text(), feature_version=(3, 8))
    assert "needs Python 3.11 or later, this is 3.8" in refused("-c", OLD)


def test_without_its_dependencies_the_kit_says_how_to_install_them(tmp_path):
    said = refused("-m", "autograder", "grade", "x", cwd=tmp_path)
    assert "No module named" in said
    assert f"`pip install -e .` in {ROOT}" in said


def test_away_from_its_checkout_the_kit_says_how_it_is_used(tmp_path):
    (tmp_path / "autograder").mkdir()
    for name in ("__init__.py", "__main__.py"):  # as `pip install .` copies the package alone
        shutil.copy(ROOT / "autograder" / name, tmp_path / "autograder")
    assert "checkout" in refused("-m", "autograder", "build", kit=tmp_path)


def test_the_handout_is_built_without_otter(own, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "otter.generate", None)
    with pytest.raises(KitError, match=r"pip install -e '\.\[otter\]'"):
        build_all(own.folder, tmp_path / "new" / "dist")
    assert [path.name for path in (tmp_path / "new" / "dist").iterdir()] == ["assignment.zip"]
