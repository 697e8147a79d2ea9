"""The command line as its users meet it: rows, exit statuses, one clear line for a mistake."""

import csv
import json
from pathlib import Path

import pytest

from autograder.engine.prove import made_up
from tests.kit import kit, made, zipped


def test_every_submission_gets_its_row_its_page_and_a_result_that_says_why(tiny, tmp_path):
    right, out = made_up.solution(tiny), tmp_path / "out"
    zips = {
        "right.zip": zipped(right),
        "empty.zip": zipped({}),
        "nested.zip": zipped({f"a/b/{path}": content for path, content in right.items()}),
        "damaged.zip": b"PK\x03\x04 no more than a beginning",
    }
    folder = made(tmp_path / "class", zips)
    made(folder / "half", made_up.half_done(tiny, ["scales"]))
    (folder / "nothing").mkdir()
    kit("grade", folder, folder / "half", "-o", out, "--jobs", 1)

    rows = list(csv.reader((out / "final_grades.csv").open()))
    head = "file,averages,scales,total_points_earned,percent_correct,grading_status"
    assert rows[0] == head.split(",")
    assert rows[1] == ["points-per-question", "3.0", "7.0", "10.0", "1.0", "--"]
    assert {row[0]: float(row[3]) for row in rows[2:]} == {
        "damaged.zip": 0.0,
        "empty.zip": 0.0,
        "half.zip": 7.0,
        "nested.zip": 10.0,
        "nothing.zip": 0.0,
        "right.zip": 10.0,
    }
    for row in rows[2:]:
        page = f"feedback/{row[0].removesuffix('.zip')}.html"
        assert (out / page).exists()
        assert f'href="{page}"' in (out / "index.html").read_text("utf-8")

    half = json.loads((out / "results" / "half.json").read_text())
    assert half["score"] == 7.0
    todo = next(test for test in half["tests"] if test["extra_data"]["id"] == "averages/mean")
    assert todo["output"] == "averages.mean_celsius is still to do."
    record = half["extra_data"]["grader"]
    assert {"digest", "seed", "layers", "limits", "numpy", "python"} <= set(record)
    damaged = json.loads((out / "results" / "damaged.json").read_text())
    assert "not a readable zip" in damaged["output"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["grade", "no/such/place"], "no/such/place"),
        (["grade"], "PATH"),
        (["grade", ""], "'PATH...': an empty path"),
        (["build", "-o", ""], "an empty path"),
        (["grade", ".", "--seed", "-1"], "--seed"),
        (["grade", ".", "--jobs", "none"], "--jobs"),
        (["grade", "tests/tiny/solutions", "--require", "magic"], "magic"),
        (["grade", ".", "--gradebook", "canvas", "--id-pattern", "("], "regular expression"),
        (["grade", "tests/tiny/solutions", "-o", "tests/tiny/handout/out"], "in the handout"),
        (["build", "-o", "tests/tiny/handout/dist"], "in the handout"),
        (["demo", "-o", "tests/tiny/handout/demo"], "in the handout"),
        (["grade", "tests/tiny/solutions", "-o", "x" * 300], "name too long"),
        (["unheard-of"], "unheard-of"),
    ],
)
def test_a_mistake_of_the_user_is_one_clear_line(words, said):
    done = kit(*words, status=2)
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_is_wrong_in_an_assignment_is_named(own):
    file, module = own.folder / "assignment.toml", own.solutions / own.package / "scales.py"
    for changed, old, new, said in (
        (file, "title", "titel", "assignment.toml: no 'title'"),
        (file, "title", 'titel = "t"\ntitle', "unknown titel"),
        (file, '["scales", "averages"]', '"scales"', "parts must be a list of names"),
        (file, "title", "given = 3\ntitle", "given must be a list of names"),
        (file, '"thermo"', '"thermos"', "assignment.toml: no modules of a package in"),
        (module, "import numpy", "import nosuch", "scales.py can't be imported: ModuleNotFoundEr"),
    ):
        text = changed.read_text()
        assert text.count(old) == 1
        changed.write_text(text.replace(old, new))
        assert said in refused(own.folder)
        changed.write_text(text)
    file.write_bytes(b"title = '\xff'")
    assert "assignment.toml: 'utf-8' codec" in refused(own.folder)
    file.unlink()
    assert "assignment.toml: No such file" in refused(own.folder)


def refused(assignment: Path) -> str:
    """The one line that `check` says of an assignment that it can't use."""
    done = kit("check", assignment=assignment, status=2)
    assert done.stderr.count("\n") == 1
    return done.stderr
