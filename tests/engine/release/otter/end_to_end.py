"""`otter grade` and Gradescope's way with a real Docker engine, compared with `grade`.

Run by .ci/docker-test. Exit status 0 when every grade is the same in all ways, 1 otherwise.
"""

from __future__ import annotations

import argparse
import csv
import importlib.resources
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
sys.path[:0] = [str(ROOT), str(ROOT / "solutions")]

from autograder.engine.assignment import Assignment  # noqa: E402
from autograder.engine.release.build import hidden_tests  # noqa: E402
from autograder.engine.release.otter.package import write_autograder_zip  # noqa: E402
from tests.attacks import CASES  # noqa: E402
from tests.engine.release.otter import classes  # noqa: E402

NAME = "gradflow"
IMAGE = f"otter-grade:{NAME}"
MAX_BYTES = 900_000_000
OFFLINE = ("right", "attacker")
# Those for which a container is another place than a sandbox.
ADVERSARIAL = set(
    """
    patched_numpy_testing conftest patched_encoder_forges call_os_exit_zero call_daemon
    call_kill_everything look_hidden_suites look_environment exhaust_six_gib exhaust_fork_bomb
    bomb_beside giant_directory_zip64 <script>alert(1)<
""".split()
)  # noqa: SIM905
Grades = dict[str, dict[str, float]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", type=Path, default=ROOT / "autograder")
    # One more than there are cores: some submissions wait for their time to pass.
    parser.add_argument("--containers", type=int, default=(os.cpu_count() or 1) + 1)
    options = parser.parse_args()
    base = os.environ.get("OTTER_BASE_IMAGE", "python:3.13-slim")
    with tempfile.TemporaryDirectory() as folder:
        return Check(Path(folder), options, base).run()


class Check:
    def __init__(self, folder: Path, options: argparse.Namespace, base: str) -> None:
        self.folder = folder
        self.options = options
        self.base = base
        self.assignment = Assignment.load(options.assignment)
        self.problems: list[str] = []

    def run(self) -> int:
        self.make_zip()
        self.build_image()
        submissions = self.class_of_students()
        by_kit = self.grade_here("everybody", submissions)
        by_otter = self.otter_grade("everybody", submissions)
        self.compare("otter grade", by_kit, by_otter)
        few = {f"{name}.zip" for name in OFFLINE}
        offline = self.folder / "offline"
        offline.mkdir()
        for name in few:
            (offline / name).write_bytes((submissions / name).read_bytes())
        self.compare(
            "otter grade --no-network",
            {name: row for name, row in by_kit.items() if name in few or ".zip" not in name},
            self.otter_grade("offline", offline, "--no-network"),
        )
        self.gradescope(submissions / "partial.zip")
        for problem in self.problems:
            print(f"PROBLEM: {problem}")
        print("otter grade: " + ("problems, see above" if self.problems else "all grades agree"))
        return 1 if self.problems else 0

    def make_zip(self) -> None:
        self.zip = self.folder / "dist" / "autograder.zip"
        write_autograder_zip(self.assignment, hidden_tests(self.assignment), self.zip)

    def build_image(self) -> None:
        """As Otter builds it, so that `otter grade` finds all costly layers in the cache."""
        context = self.folder / "context"
        with zipfile.ZipFile(self.zip) as archive:
            archive.extractall(context)
        dockerfile = importlib.resources.files("otter.grade") / "Dockerfile"
        command = ["docker", "build", "--progress=plain", "-f", str(dockerfile), "-t", IMAGE]
        command += ["--build-arg", f"BASE_IMAGE={self.base}", str(context)]
        built = run(command)
        if built.returncode != 0:
            print(built.stdout[-3000:])
            raise SystemExit("the image could not be built")
        size = int(run(["docker", "image", "inspect", "-f", "{{.Size}}", IMAGE]).stdout)
        print(f"image: {size / 1e6:.0f} MB (less than {MAX_BYTES / 1e6:.0f} wanted)")
        if size >= MAX_BYTES:
            self.problems.append("the image is too large")

    def class_of_students(self) -> Path:
        submissions = self.folder / "everybody"
        made = classes.ordinary(self.assignment)
        made |= classes.hostile(self.assignment, Path("/tmp/marker"))
        made |= classes.notebooks(self.assignment)
        classes.write_class(submissions, made)
        if self.assignment.package == "gradflow":  # which these attack
            for case in CASES:
                if case.name in ADVERSARIAL:
                    case.write(submissions)
        (submissions / "no bytes.zip").write_bytes(b"")
        (submissions / "no zip.zip").write_bytes(b"PK\5\6 is not a zip")
        return submissions

    def grade_here(self, name: str, submissions: Path) -> Grades:
        out = self.folder / f"{name}-kit"
        command = [sys.executable, "-m", "autograder", "--assignment"]
        command += [str(self.options.assignment), "grade", str(submissions), "-o", str(out)]
        started = time.monotonic()
        graded = run(command, cwd=ROOT)
        if graded.returncode != 0:
            raise SystemExit(f"grade failed: {graded.stdout}")
        self.results = out / "results"
        return self.read(out / "final_grades.csv", time.monotonic() - started, "grade")

    def otter_grade(self, name: str, submissions: Path, *extra: str) -> Grades:
        out = self.folder / f"{name}-otter"
        out.mkdir()
        command = [sys.executable, "-m", "otter", "grade", "-n", NAME, "-a", str(self.zip)]
        command += ["--ext", "zip", "--image", self.base, "--timeout", "120", "-o", str(out)]
        command += ["--containers", str(self.options.containers), *extra, str(submissions)]
        started = time.monotonic()
        graded = run(command)
        if graded.returncode != 0:
            raise SystemExit(f"otter grade failed: {graded.stdout[-3000:]}")
        label = " ".join(["otter grade", *extra])
        return self.read(out / "final_grades.csv", time.monotonic() - started, label)

    def read(self, file: Path, seconds: float, label: str) -> Grades:
        with file.open(newline="", encoding="utf-8") as lines:
            rows = {row.pop("file"): row for row in csv.DictReader(lines)}
        count = len(rows) - 1
        print(f"{label}: {count} submissions in {seconds:.0f} s, {seconds / count:.1f} s each")
        for name, row in rows.items():
            status = row.pop("grading_status")
            if status not in ("Completed", "--"):
                self.problems.append(f"{label}: {name} ended as {status!r}")
        return {
            name: {column: round(float(value), 3) for column, value in row.items()}
            for name, row in rows.items()
        }

    def compare(self, label: str, expected: Grades, got: Grades) -> None:
        for name in sorted(expected.keys() | got.keys()):
            if expected.get(name) != got.get(name):
                self.problems.append(
                    f"{label}: {name} has {got.get(name)}, grade gave {expected.get(name)}"
                )

    def gradescope(self, submission: Path) -> None:
        """Runs run_autograder on an unpacked submission, as Gradescope does; compares tests."""
        unpacked = self.folder / "unpacked"
        with zipfile.ZipFile(submission) as archive:
            archive.extractall(unpacked)
        container = run(["docker", "create", IMAGE, "/autograder/run_autograder"]).stdout.split()[
            -1
        ]
        try:
            run(["docker", "cp", f"{unpacked}/.", f"{container}:/autograder/submission"])
            ended = run(["docker", "start", "-a", container])
            got_file = self.folder / "results.json"
            run(["docker", "cp", f"{container}:/autograder/results/results.json", str(got_file)])
        finally:
            run(["docker", "rm", "-f", container])
        if ended.returncode != 0:
            self.problems.append(f"run_autograder ended with {ended.returncode}: {ended.stdout}")
            return
        got = json.loads(got_file.read_text())
        expected = json.loads((self.results / f"{submission.stem}.json").read_text())
        print(
            f"run_autograder: {len(got['tests'])} tests, {got['score']} points;"
            f" protection: {', '.join(got['extra_data']['grader']['layers'])}"
        )
        if got["tests"] != expected["tests"] or got["score"] != expected["score"]:
            self.problems.append("run_autograder's tests differ from those of grade")


def run(command: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


if __name__ == "__main__":
    sys.exit(main())
