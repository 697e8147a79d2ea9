"""The words that students read: long enough to teach, short enough to read, plain, and kind.

Rules and examples stand in autograder/docs/writing.md.
"""

import ast
import re
from pathlib import Path

import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.mistakes import load_mistakes
from autograder.engine.report.pages.student import ADVICE
from autograder.engine.suite import answers, check
from tests.kit import ROOT

ACCUSING = (
    r"you (forgot|failed|ignored|should have|must have|didn't|did not|don't|do not understand)",
    r"\b(forgotten|careless|sloppy|stupid|bad code|nonsense|silly)\b",
)
EMPTY = (
    r"\b(obviously|clearly|simply|just|easily|trivial(ly)?|of course|basically|actually)\b",
    r"\b(please|note that|keep in mind|try again|check your (code|work)|something (is|went) wrong)\b",
)
METAPHORS = (
    r"\b(kill(s|ed)?|starv\w+|suffer\w*|poison\w*|sneak\w*|slips? through|throws?)\b",
    r"\b(journey|magic\w*|recipe|heart|engine|leaks? into|blow\w* up|wakes?|awake|silent|fed)\b",
)
"""Not among them: what the field says itself, such as dead units, leaky slopes, exploding."""


def hints(kit: Assignment) -> dict[str, str]:
    """All hints, by what they belong to."""
    found = {mistake.name: mistake.hint for mistake in load_mistakes(kit) if not mistake.is_probe}
    found |= {f"check: {about}": " ".join(hint.split()) for about, hint in check.HINTS.items()}
    general = answers.HINTS.items()
    return found | {f"exception: {said}": " ".join(hint.split()) for said, hint in general}


def messages() -> dict[str, str]:
    """The texts of the public tests and of the checks, by place: what is no docstring and has some
    words."""
    paths = [*(ROOT / "assignment" / "tests").glob("*.py"), Path(check.__file__)]
    found = {}
    for path in paths:
        tree = ast.parse(path.read_text("utf-8"))
        docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and id(node) not in docs and len(node.value.split()) > 3:
                found[f"{path.name}, line {node.lineno}"] = node.value
    return found


def words(text: str) -> list[str]:
    """The words of a text; code and formulas count as one plain word each."""
    text = re.sub(r"`[^`]*`", "code", text)
    return re.findall(r"[A-Za-z']+", re.sub(r"\S*[=()_*/<>\[\]^]\S*", "code", text))


def syllables(word: str) -> int:
    """About how many: groups of vowels, but for a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    is_silent = re.search(r"[^aeiouyl]e(s|d)?$", word.lower()) is not None
    return max(1, groups - (is_silent and groups > 1))


def grade(text: str) -> float:
    """The reading grade after Flesch and Kincaid (1975)."""
    found, sentences = words(text), max(1, len(re.findall(r"[.?!:](?=\s|$)", text)))
    return 0.39 * len(found) / sentences + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def test_a_hint_has_20_to_80_words_and_is_easy_to_read(kit):
    assert 1 < grade("Take the mean over the examples. Which axis counts them?") < 6
    assert (
        grade("Normalisation necessitates multiplication by reciprocal standard deviations.") > 20
    )
    found = hints(kit)
    assert {name: hint for name, hint in found.items() if not 20 <= len(hint.split()) <= 80} == {}
    assert {name: hint for name, hint in found.items() if grade(hint) > 9} == {}


@pytest.mark.parametrize("phrases", [ACCUSING, EMPTY, METAPHORS], ids=["kind", "full", "plain"])
def test_no_text_for_students_has_these_words(kit, grader, phrases):
    texts = hints(kit) | {test.id: f"{test.title} {test.hint}" for test in grader.suite.tests}
    texts |= {f"advice: {kind}": text for kind, text in ADVICE.items()} | messages()
    found = {
        name: match[0]
        for name, text in texts.items()
        for phrase in phrases
        if (match := re.search(phrase, text, re.IGNORECASE))
    }
    assert found == {}


def test_a_title_is_one_sentence_of_at_most_24_words(grader):
    for test in grader.suite.tests:
        assert test.title.endswith("."), test.id
        assert ". " not in test.title, test.id
        assert len(test.title.split()) <= 24, test.id
