"""Nothing of the shell that the command is typed in reaches a grade."""

import errno
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.engine.grade import batch
from autograder.engine.grade.archive import write_archive
from autograder.engine.prove import made_up
from tests.kit import ROOT, TINY, kit, made

NEWER = b"type Celsius = float\n"


def written(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def grade(out: Path, *words: object, cwd: Path, **env: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    kit("grade", "-o", out, "--jobs", 1, *words, cwd=cwd, env=env)


def test_a_hostile_shell_gives_the_same_bytes(tiny, tmp_path):
    school = tmp_path / "class"
    write_archive(school / "Zoë.zip", made_up.solution(tiny))
    grade(tmp_path / "plain", school, cwd=ROOT)
    shadows = dict.fromkeys(("numpy.py", "click.py", "nonsense.py"), b"raise SystemExit(9)")
    there = made(tmp_path / "there", shadows)
    long = tmp_path / ("long" * 30)
    long.mkdir()
    grade(
        tmp_path / "hostile",
        school,
        cwd=there,
        PYTEST_ADDOPTS="-k mean",
        PYTEST_PLUGINS="nonsense",
        PYTHONWARNINGS="error",
        PYTHONOPTIMIZE="2",
        PYTHONUTF8="0",
        LC_ALL="C",
        MPLBACKEND="nonsense",
        HOME="/dev/null",
        TMPDIR=str(long),
    )
    assert written(tmp_path / "hostile") == written(tmp_path / "plain")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python takes the newer syntax")
def test_newer_syntax_is_told_with_the_version_that_grades(tiny, tmp_path):
    files = made_up.solution(tiny)
    files["thermo/scales.py"] = NEWER + files["thermo/scales.py"]
    write_archive(tmp_path / "class" / "new.zip", files)
    grade(tmp_path / "out", tmp_path / "class", cwd=ROOT)
    said = f"Python {sys.version_info.major}.{sys.version_info.minor} grades"
    for name in ("results/new.json", "feedback/new.html", "index.html"):
        assert said in (tmp_path / "out" / name).read_text("utf-8")


def test_a_full_disk_is_one_line_and_resume_goes_on(tiny, tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        write_archive(tmp_path / "class" / f"{name}.zip", made_up.solution(tiny))
    words = ["--assignment", str(TINY), "grade", str(tmp_path / "class"), "--jobs", "1", "-o"]
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == ".b.json.half":
            write(path, b"half of it")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(batch.Path, "write_bytes", full)
        ended = CliRunner().invoke(cli.main, [*words, str(out)])
    assert ended.exit_code == 1
    said = ended.stderr.splitlines()[-1]
    assert said.startswith("error:")
    assert "b.json" in said
    assert "--resume" in said
    assert [path.name for path in (out / "results").iterdir()] == ["a.json"]
    for folder, more in ((out, ["--resume"]), (tmp_path / "whole", [])):
        assert CliRunner().invoke(cli.main, [*words, str(folder), *more]).exit_code == 0
    assert written(out) == written(tmp_path / "whole")


def test_what_can_not_go_on_is_not_said_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("grade").symlink_to(TINY)  # no command, though called like one
    words = ["--assignment", "grade", "demo", "-o", "file/out"]
    ended = CliRunner().invoke(cli.main, words)
    assert ended.exit_code == 1
    assert "Not a directory" in ended.stderr
    assert "--resume" not in ended.stderr
