"""The docs: what they tell to do works in a copy of the kit, and what they name is there.

In `instructors.md` and `new-assignment.md` the sentence before a fenced block says what becomes of
it: "Write `FILE`:", "Append to `FILE`:", "Change `FILE`:" with a diff. Blocks of `sh` are run, and
what follows them as `text` must be in what they say.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from autograder import __version__
from autograder.cli import main
from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import load_mistakes
from autograder.engine.variants import load_variants

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "autograder" / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md"), ROOT / "assignment" / "README.md"], key=str)
BLOCK = re.compile(
    r"(?:(?P<how>Write|Append to|Change)\s+`(?P<file>[^`]+)`:\n\n)?"
    r"^```(?P<kind>\w+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PLACES = ("", "autograder", "autograder/engine", "assignment", "tests")
MADE = (
    "dist/",
    "graded/",
    ".venv/",
    "results/",
    "feedback/",
    "circle/",
    "submission.zip",
    "final_grades.csv",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the kit, as a clone would be."""
    left_out = shutil.ignore_patterns(".*", "__pycache__", "dist", "graded", "demo", "browser")
    return Path(shutil.copytree(ROOT, tmp_path / "kit", ignore=left_out))


def follow(page: Path, kit: Path) -> None:
    """Does what the page says."""
    said = ""
    for block in BLOCK.finditer(page.read_text("utf-8")):
        how, file, kind, body = block["how"], block["file"], block["kind"], block["body"]
        if how == "Write":
            (kit / file).parent.mkdir(parents=True, exist_ok=True)
            (kit / file).write_text(body, "utf-8")
        elif how == "Append to":
            (kit / file).write_text((kit / file).read_text("utf-8") + "\n\n" + body, "utf-8")
        elif how == "Change":
            change(kit / file, body)
        elif kind == "sh":
            said = run(body, kit)
        else:
            assert kind == "text", f"{page.name}: what is to be done with this?\n{body}"
            for line in body.splitlines():
                assert line in re.sub(r" +", " ", said), said


def change(file: Path, diff: str) -> None:
    text = file.read_text("utf-8")
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line.startswith("-"))
    new = "".join(line[1:] for line in lines if line.startswith("+"))
    assert text.count(old) == 1, f"{file}: {old}"
    file.write_text(text.replace(old, new), "utf-8")


def run(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize("name", ["instructors.md", "new-assignment.md"])
def test_the_steps_of_the_docs_work(copy: Path, name: str) -> None:
    pytest.importorskip("otter", reason="needs the extra 'otter'")
    engine = sources(copy / "autograder" / "engine")
    follow(DOCS / name, copy)
    assert sources(copy / "autograder" / "engine") == engine


def sources(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*.py")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    heads = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# otter.md names what is in autograder.zip; test_otter_package.py looks at that.
@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "otter.md"], ids=lambda p: p.name)
def test_the_files_that_are_named_are_there(page: Path) -> None:
    for name in files_named(page.read_text("utf-8")):
        pattern = re.sub(r"<\w+>", "*", name).rstrip("/")
        places = [
            page.parent,
            *(ROOT / place for place in PLACES),
            ROOT / "assignment" / "gradflow",
        ]
        assert any(list(place.glob(pattern)) for place in places), name


def files_named(text: str) -> Iterator[str]:
    own = set(re.findall(r"Write `([^`]+)`:", text))
    for name in re.findall(r"(?<!`)`([\w.<>/-]+)`(?!`)", text):
        is_file = "/" in name or name.endswith((".py", ".md", ".toml", ".yml", ".html", ".json"))
        is_made = name in own or name.startswith(MADE) or re.search("NAME|OUT|^/", name)
        if is_file and not is_made:
            yield name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_and_options_that_are_named_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for line in re.findall(r"python -m autograder[^`\n#]*", text):
        words = line.removeprefix("python -m autograder").split()
        if words[:1] == ["--assignment"]:
            del words[:2]
        if not words or not words[0].isalpha():
            continue
        known = options(main.commands[words[0]])
        assert {word for word in words if re.match("--?[a-z]", word)} <= known, line
    ours = {o for command in main.commands.values() for o in options(command)} | options(main)
    for name in re.findall(r"(?<!`)`(--[a-z-]+)[^`]*`", text):
        assert name in ours | OTHERS, name


OTHERS = {
    "--no-network", "--image", "--cold", "--timed", "--nthreads", "--small", "--ordinary-user",
}  # fmt: skip
"""Options of Otter, Dask, pytest with the kit's conftest.py, and the kit's own scripts."""


def options(command: click.Command) -> set[str]:
    return {name for option in command.params for name in option.opts}


def test_the_readme_fits_two_screens() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 100


def test_the_changelog_begins_with_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == __version__


def test_the_changelog_counts_no_more_than_there_is(kit: Assignment) -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = re.search(r"over (\d+) named mistakes and (\d+) odd but right variants", text)
    assert found is not None
    assert len(load_mistakes(kit)) > int(found[1])
    assert len(load_variants(kit)) >= int(found[2])
