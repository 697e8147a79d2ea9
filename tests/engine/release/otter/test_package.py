"""autograder.zip: the same bytes each time, and all that its ways to run need."""

import json
import os
import subprocess

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.errors import KitError
from autograder.engine.grade.archive import read_archive
from autograder.engine.release.otter.package import otter_config
from tests.engine.release.otter.fixtures import autograder_zip
from tests.kit import put

pytest.importorskip("otter", reason="needs the extra 'otter'")


@pytest.fixture
def files(own, tmp_path):
    return read_archive(autograder_zip(own, tmp_path))


def test_the_zip_replaces_the_lab_and_holds_nothing_compiled(files):
    (cell,) = json.loads(files["files/lab.ipynb"])["cells"]
    assert "verdict" in cell["source"]
    assert not [name for name in files if name.endswith(".pyc")]


def test_folders_of_any_name_have_their_place_in_the_zip(own, tmp_path):
    own.suites.rename(own.folder / "hidden")
    put(own.folder, "beside/supplied_net.py", b"LAYERS = 3\n")
    file = own.folder / "assignment.toml"
    text = file.read_text().replace('suites = "suites"', 'suites = "hidden"\nsupplied = "beside"')
    file.write_text(text)
    files = read_archive(autograder_zip(Assignment.load(own.folder), tmp_path))
    (place,) = (name for name in files if name.endswith("supplied_net.py"))
    toml = files[place.replace("supplied/supplied_net.py", "assignment.toml")].decode()
    assert 'suites = "suites"\nsupplied = "supplied"' in toml


def test_test_files_hold_points_and_titles_and_no_source(files):
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
    assert b"student." not in files["tests/scales.py"]  # as in the hidden tests


@pytest.mark.parametrize("text", ["{", '{"pdf": true}', '{"show_hidden": "yes"}'])
def test_a_wrong_configuration_is_told(own, text):
    (own.folder / "otter_config.json").write_text(text)
    with pytest.raises(KitError, match=r'otter_config\.json can only be {"show_hidden": true}'):
        otter_config(own)


def test_the_instructor_decides_what_students_see(own):
    (own.folder / "otter_config.json").write_text('{"show_hidden": false}')
    assert otter_config(own)["show_hidden"] is False


def test_setup_goes_otters_own_way_where_the_images_python_is_too_old(files, tmp_path):
    """The Docker step shows the other way."""
    log, stubs = tmp_path / "log", tmp_path / "stubs"
    stubs.mkdir()
    for name in ("apt-get", "chmod", "dpkg", "jq", "mamba", "wget"):
        (stubs / name).write_text(f'#!/bin/bash\necho "{name} $*" >> {log}\n')
    (stubs / "python3").write_text("#!/bin/bash\nexit 1\n")
    for path in stubs.iterdir():
        path.chmod(0o755)
    (tmp_path / "setup.sh").write_bytes(files["setup.sh"])
    path = f"{stubs}:{os.environ['PATH']}"
    subprocess.run(["bash", tmp_path / "setup.sh"], env={"PATH": path}, capture_output=True)
    assert "apt-get update" in log.read_text()
    assert "wget" in log.read_text()
    assert b"mamba_install" in files["setup.sh"]
    assert b"playwright install" not in files["setup.sh"]
