"""Runs `otter run` on each zip of a folder, in one process; see fixtures.py.

    python run.py AUTOGRADER_ZIP SUBMISSIONS OUT

writes OUT/NAME/results.json, as `otter run` does, and OUT/NAME/cases.json: what Otter counted.
"""

import json
import sys
from pathlib import Path

from otter.run import main as otter_run

if __name__ == "__main__":
    autograder, submissions, out = map(Path, sys.argv[1:])
    for submission in sorted(submissions.glob("*.zip")):
        folder = out / submission.stem
        folder.mkdir(parents=True)
        try:
            results = otter_run(str(submission), autograder=str(autograder), output_dir=str(folder))
        except Exception as problem:
            (folder / "problem").write_text(f"{type(problem).__name__}: {problem}")
            continue
        cases = {
            name: [
                [case.test_case.name, case.test_case.points if case.passed else 0.0, case.message]
                for case in part.test_case_results
            ]
            for name, part in results.results.items()
        }
        (folder / "cases.json").write_text(json.dumps(cases))
