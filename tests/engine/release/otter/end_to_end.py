"""`otter grade` and Gradescope's way with a real Docker engine, compared with `grade`.

Run by .ci/docker-test. Exit status 0 when every grade is the same in all ways, 1 otherwise.
"""

import csv
import importlib.resources
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.engine.assignment import Assignment
from tests.attacks import CASES
from tests.engine.release.otter.fixtures import autograder_zip, submissions, write_class
from tests.kit import ROOT

NAME = "gradflow"
IMAGE = f"otter-grade:{NAME}"
BASE = os.environ.get("OTTER_BASE_IMAGE", "python:3.13-slim")
MAX_BYTES = 900_000_000
# One more than there are cores: some submissions wait for their time to pass.
CONTAINERS = (os.cpu_count() or 1) + 1
# Those for which a container is another place than a sandbox.
ADVERSARIAL = set(
    """
    solution import_loops patched_numpy_testing conftest patched_encoder_forges call_os_exit_zero
    call_daemon call_kill_everything look_hidden_suites look_environment exhaust_six_gib
    exhaust_fork_bomb bomb_beside giant_directory_zip64 empty_file truncated <script>alert(1)<
""".split()
)
Grades = dict[str, dict[str, str | float]]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        problems = list(differences(Path(folder)))
    for problem in problems:
        print(f"PROBLEM: {problem}")
    print("otter grade: " + ("problems, see above" if problems else "all grades agree"))
    return 1 if problems else 0


def differences(folder: Path) -> Iterator[str]:
    """What another way gives than `grade` does."""
    assignment = Assignment.load(ROOT / "autograder")
    archive = autograder_zip(assignment, folder)
    yield from build_image(archive, folder / "context")
    made = submissions(assignment, Path("/tmp/marker"))
    write_class(folder / "class", made, made)
    for case in CASES:
        if case.name in ADVERSARIAL:
            case.write(folder / "class")
    expected = graded(["autograder", "grade"], folder / "class", folder / "graded")
    otter = ["otter", "grade", "-n", NAME, "-a", str(archive), "--image", BASE, "--ext", "zip"]
    otter += ["--timeout", "120", "--containers", str(CONTAINERS), "--no-network"]
    got = graded(otter, folder / "class", folder / "otter")
    print(f"otter grade: {len(got) - 1} submissions")
    for name in sorted(expected.keys() | got.keys()):
        if expected.get(name) != got.get(name):
            yield f"{name} has {got.get(name)}, grade gave {expected.get(name)}"
    yield from gradescope(folder / "class" / "partial.zip", folder / "graded" / "results")


def build_image(archive: Path, context: Path) -> Iterator[str]:
    """As Otter builds it, so that `otter grade` finds all costly layers in the cache."""
    with zipfile.ZipFile(archive) as files:
        files.extractall(context)
    dockerfile = importlib.resources.files("otter.grade") / "Dockerfile"
    base = f"BASE_IMAGE={BASE}"
    run("docker", "build", "-f", str(dockerfile), "-t", IMAGE, "--build-arg", base, str(context))
    size = int(run("docker", "image", "inspect", "-f", "{{.Size}}", IMAGE))
    if size >= MAX_BYTES:
        yield f"the image has {size / 1e6:.0f} MB"


def graded(command: list[str], class_: Path, out: Path) -> Grades:
    """The rows of final_grades.csv that `python -m COMMAND -o OUT CLASS` writes."""
    out.mkdir()
    run(sys.executable, "-m", *command, "-o", str(out), str(class_))
    with (out / "final_grades.csv").open(newline="", encoding="utf-8") as lines:
        return {
            row.pop("file"): {
                column: text if column == "grading_status" else round(float(text), 3)
                for column, text in row.items()
            }
            for row in csv.DictReader(lines)
        }


def gradescope(submission: Path, results: Path) -> Iterator[str]:
    """Runs run_autograder on an unpacked submission, as Gradescope does; compares tests."""
    unpacked = submission.with_suffix("")
    with zipfile.ZipFile(submission) as archive:
        archive.extractall(unpacked)
    container = run("docker", "create", IMAGE, "/autograder/run_autograder").split()[-1]
    try:
        run("docker", "cp", f"{unpacked}/.", f"{container}:/autograder/submission")
        run("docker", "start", "-a", container)
        run("docker", "cp", f"{container}:/autograder/results/results.json", str(unpacked))
    finally:
        run("docker", "rm", "-f", container)
    got = json.loads((unpacked / "results.json").read_text())
    expected = json.loads((results / f"{submission.stem}.json").read_text())
    print(f"run_autograder, protected by {', '.join(got['extra_data']['grader']['layers'])}")
    if (got["tests"], got["score"]) != (expected["tests"], expected["score"]):
        yield "run_autograder's tests differ from those of grade"


def run(*command: str) -> str:
    """What a command says. Ends the program where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout[-3000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
