"""The docs: what they tell to do works as it is typed, and what they name is there.

Blocks of `sh` are typed into a shell, in a copy of the kit with the environment that README makes;
what follows them as `text` must be in what they say. The sentence before any other block says what
becomes of it: "Write `FILE`:", "Append to `FILE`:", "Change `FILE`:" with a diff; "Delete `NAME` in `FILE`" takes
functions out of a module. LINE stands for any number.
"""

import ast
import os
import re
import shutil
import signal
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest

from autograder import __version__
from autograder.cli import main
from autograder.engine.mistakes import load_mistakes
from autograder.engine.place import first_line
from autograder.engine.variants import load_variants
from tests.kit import ROOT, put

DOCS = ROOT / "autograder" / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md"), ROOT / "assignment" / "README.md"], key=str)
TYPED = "README otter cluster speed CONTRIBUTING new-assignment instructors".split()
"""Pages with commands. README installs the kit; instructors, too, and changes it."""
ANYWHERE = "otter"
"""Says that it works in any folder, and is typed in one beside the kit."""
NOT_HERE = {
    "otter grade": "needs a Docker engine: .ci/docker-test runs it",
    "conda ": "needs conda: tests/commands/test_environment.py looks at the versions",
    "bash .ci/run": "runs this test",
    "'.[dev]'": "is what .ci/run installs",
    "--seeds 100": "takes an hour",
    "tests.benchmarks.speed": "measures for some minutes",
}
"""Lines that are not typed, and why."""
BLOCK = re.compile(
    r"(?:(?P<how>Write|Append to|Change)\s+`(?P<file>[^`]+)`:\n\n)?"
    r"^```(?P<kind>\w+)\n(?P<body>.*?)^```$"
    r"|(?P<delete>[Dd]elete)\s+`(?P<name>[^`]+)`\s+in\s+`(?P<of>[^`]+)`",
    re.MULTILINE | re.DOTALL,
)
PLACES = ("", "autograder", "autograder/engine", "assignment", "assignment/gradflow", "tests")
MADE = ("dist/", "graded/", ".venv/", "results/", "feedback/", "circle/", "submission.zip",
        "final_grades.csv")  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("names", [TYPED[:-1], TYPED[-1:]], ids=["README and others", TYPED[-1]])
def test_the_docs_work_as_typed(tmp_path, names):
    left_out = shutil.ignore_patterns(".*", "__pycache__", "dist", "graded", "demo")
    kit = Path(shutil.copytree(ROOT, tmp_path / "kit", ignore=left_out))
    for folder in (kit, tmp_path):
        for name, work in (("right", "solutions"), ("untouched", "assignment")):
            shutil.make_archive(str(folder / "SUBMISSIONS" / name), "zip", ROOT / work, "gradflow")
    engine = sources(kit / "autograder" / "engine")
    for name in names:
        page = next(page for page in PAGES if page.stem == name)
        follow(page, kit, tmp_path if name == ANYWHERE else kit)
        if name == ANYWHERE:
            grades = "graded/final_grades.csv"
            assert (tmp_path / grades).read_text("utf-8").count("\n") == 4
        if name == "CONTRIBUTING":  # the only one that changes the engine
            engine = sources(kit / "autograder" / "engine")
    assert sources(kit / "autograder" / "engine") == engine
    shutil.rmtree(kit / ".venv")  # pytest keeps the rest for a while


def follow(page: Path, kit: Path, folder: Path) -> None:
    """Does what the page says; commands are typed in `folder`."""
    said = ""
    for block in BLOCK.finditer(page.read_text("utf-8")):
        how, file, kind, body = block["how"], block["file"], block["kind"], block["body"]
        if block["delete"]:
            delete(kit / block["of"], block["name"])
        elif how == "Write":
            put(kit, file, body.encode())
        elif how == "Append to":
            (kit / file).write_text((kit / file).read_text("utf-8") + "\n\n" + body, "utf-8")
        elif how == "Change":
            change(kit / file, body)
        elif kind == "sh":
            # A page's own commands make the environment, from then on it is active.
            is_made = page.name != "README.md" and (kit / ".venv").exists()
            active = f"source {kit}/.venv/bin/activate\n" if is_made else ""
            said = type_in(active + "".join(filter(can_run, body.splitlines(True))), folder)
        else:
            assert kind == "text", f"{page.name}: what is to be done with this?\n{body}"
            plain = re.sub(r":\d+: ", ":LINE: ", re.sub(r" +", " ", said))
            for line in body.splitlines():
                assert line in plain, said


def change(file: Path, diff: str) -> None:
    for hunk in diff.split("@@\n"):
        text, lines = file.read_text("utf-8"), hunk.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line.startswith("-"))
        new = "".join(line[1:] for line in lines if line.startswith("+"))
        assert text.count(old) == 1, f"{file}: {old}"
        file.write_text(text.replace(old, new), "utf-8")


def delete(file: Path, pattern: str) -> None:
    """Takes functions out of a module, with their decorators and the comments that end them."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    nodes = [n for n in ast.parse("".join(lines)).body if isinstance(n, ast.FunctionDef)]
    gone = [node for node in nodes if fnmatch(node.name, pattern)]
    assert gone, f"{file}: {pattern}"
    for node in reversed(gone):
        end = node.end_lineno or 0
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith(" ")):
            end += 1
        del lines[first_line(node) - 1 : end]
    file.write_text("".join(lines), "utf-8")


def can_run(line: str) -> bool:
    return not any(words in line for words in NOT_HERE)


def type_in(script: str, folder: Path) -> str:
    """What a new shell says, and all that it starts; of the kit's tests it runs one."""
    env = {name: os.environ[name] for name in os.environ if not name.startswith(("PY", "COV"))}
    shell = subprocess.Popen(
        ["bash", "-ec", script],
        cwd=folder,
        env={**env, "PYTEST_ADDOPTS": "-k readme_fits"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = shell.communicate(timeout=900)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
    assert shell.returncode == 0, f"{script}\n{said}"
    return said


def test_every_page_with_commands_is_typed():
    typed = {page.stem: commands(page) for page in PAGES if commands(page)}
    assert typed.keys() == set(TYPED)
    assert [line for line in NOT_HERE if not any(line in each for each in typed.values())] == []


def commands(page: Path) -> str:
    return "".join(b["body"] for b in BLOCK.finditer(page.read_text("utf-8")) if b["kind"] == "sh")


def sources(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*.py")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_that_are_named_are_there(page):
    if page.name == "otter.md":
        return  # names what is in autograder.zip: test_package.py looks at that
    text = page.read_text("utf-8")
    made = (*MADE, *re.findall(r"Write `([^`]+)`:", text))
    for name in re.findall(r"(?<!`)`([\w.<>/-]+)`(?!`)", text):
        is_file = "/" in name or name.endswith((".py", ".md", ".toml", ".yml", ".html", ".json"))
        if is_file and not (name.startswith(made) or re.search("NAME|OUT|^/", name)):
            pattern = re.sub(r"<\w+>", "*", name).rstrip("/")
            places = [page.parent, *(ROOT / place for place in PLACES)]
            assert any(list(place.glob(pattern)) for place in places), name


def test_the_options_that_are_named_exist():
    known = OTHERS.union(*map(options, [main, *main.commands.values()]))
    text = "".join(page.read_text("utf-8") for page in PAGES)
    in_commands = " ".join(re.findall(r"(?:^|`)autograder ([^`\n#]*)", text, re.MULTILINE))
    named = re.findall(r"(?<!`)`(--[a-z-]+)[^`]*`", text)
    assert {*named, *re.findall(r"--[a-z-]+", in_commands)} <= known


OTHERS = {"--no-network", "--nthreads", "--ordinary-user", "--all"}
"""Options of Otter, Dask, pytest with the kit's conftest.py, and the kit's own scripts."""


def options(command: click.Command) -> set[str]:
    return {name for option in command.params for name in option.opts}


def test_the_docs_stay_short():
    pages = [p for p in PAGES if p.name != "CHANGELOG.md" and p.parent.name != "assignment"]
    assert sum(len(page.read_text("utf-8").split()) for page in pages) <= 6000


def test_the_readme_fits_two_screens():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 100


def test_the_changelog_is_of_this_version_and_counts_no_more_than_there_is(kit):
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == __version__
    found = re.search(r"over (\d+) named mistakes and (\d+) odd but right variants", text)
    assert len(load_mistakes(kit)) > int(found[1])
    assert len(load_variants(kit)) >= int(found[2])
