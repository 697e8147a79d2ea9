"""`build`: the handout follows the solution and the suites, and the zips repeat byte for byte."""

import pytest

from autograder.engine.errors import KitError
from autograder.engine.grade.archive import read_archive
from autograder.engine.release import build
from autograder.engine.release.skeleton import stubs
from tests.kit import made, put


def test_build_makes_the_handout_and_all_zips_twice_the_same(own, tmp_path):
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    build.build_all(own.folder, tmp_path / "dist")
    built = {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()}
    assert sorted(built) == ["assignment.zip", "autograder.zip"]
    build.check_handout(own.folder)
    made(own.handout, {"__pycache__/x.pyc": b"", ".DS_Store": b""})
    build.build_all(own.folder, tmp_path / "again")
    assert built == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    handed_out = read_archive(tmp_path / "dist" / "assignment.zip")
    assert "handout/thermo/scales.py" in handed_out
    assert b"SOLUTION" not in b"".join(handed_out.values())


def test_a_stale_stub_and_a_changed_given_file_are_named(own):
    (own.handout / "README.md").unlink()
    check = put(own.handout, "tests/test_scales.py", b"given\n")
    with pytest.raises(KitError, match=r"stale.*thermo/scales\.py"):
        build.check_handout(own.folder)
    made(own.handout, stubs(own))
    with pytest.raises(KitError, match=r"stale.*: tests/given\.sha256$"):
        build.check_handout(own.folder)
    digests = build.given_digests(own)
    (own.handout / build.GIVEN).write_bytes(digests)
    build.check_handout(own.folder)
    assert digests.split()[1::2] == [b"tests/test_scales.py"]
    check.write_bytes(b"given\r\n")
    build.check_handout(own.folder)
    check.write_bytes(b"changed\n")
    with pytest.raises(KitError, match="stale"):
        build.check_handout(own.folder)


def test_build_writes_the_extras_of_the_solution(own, tmp_path, monkeypatch):
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    module = own.solutions / own.package / "chart.py"
    module.write_text("import sys\nopen(sys.argv[2], 'w').write(sys.argv[1] + __file__)\n")
    with (own.folder / "assignment.toml").open("a", encoding="utf-8") as toml:
        toml.write('given = ["chart"]\n[extras]\n"chart.txt" = ["thermo.chart", "--all"]\n')
    monkeypatch.chdir(own.handout)
    build.build_all(own.folder, tmp_path / "dist")
    assert (tmp_path / "dist" / "chart.txt").read_text() == f"--all{module}"
    module.write_text("raise SystemExit(1)\n")
    with pytest.raises(KitError, match=r"chart\.txt could not be made"):
        build.build_all(own.folder, tmp_path / "again")
