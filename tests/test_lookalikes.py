"""Look-alikes: renamed copies are found, common ground is not a likeness."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.prove import classroom
from autograder.engine.report.lookalikes import MIN_SHARED, Fingerprinter, look_alikes
from autograder.engine.variants import load_variants

SKELETON = {"p/m.py": b"def spread(values):\n    raise NotImplementedError\n"}
SOLUTION = {"p/m.py": b"def spread(values):\n    return values.std()\n"}

OWN = '''
def spread(values):
    """My own way."""
    total, count = 0.0, 0
    for value in values:
        total = total + value
        count += 1
    if count == 0:
        raise ValueError("nothing given")
    middle = total / count
    squares = [(value - middle) ** 2 for value in values]
    while len(squares) > 1:
        squares.append(squares.pop(0) + squares.pop(0))
    largest = max(abs(value) for value in values) or 1.0
    return (squares[0] / count) ** 0.5 if largest < 1e150 else largest * spread(values / largest)
'''
RENAMED = (
    OWN.replace("total", "s").replace("count", "n").replace("middle", "mu")
    .replace("squares", "parts").replace('"""My own way."""', "# entirely mine\n")
    .replace("    ", "\t").replace("largest", "biggest")
)  # fmt: skip
OTHER = """
def spread(values):
    import math
    ordered = sorted(map(float, values))
    first = ordered[0]
    shifted = [each - first for each in ordered]
    mean = math.fsum(shifted) / len(shifted)
    moment = math.fsum(each * each for each in shifted) / len(shifted)
    if moment <= mean * mean:
        return 0.0
    return math.sqrt(moment - mean * mean)
"""


@pytest.fixture
def fingerprinter() -> Fingerprinter:
    return Fingerprinter(SKELETON.values(), SOLUTION.values())


def prints(fingerprinter: Fingerprinter, source: str) -> bytes:
    return fingerprinter.fingerprint({"p/m.py": source.encode()})


def test_a_renamed_copy_has_the_same_fingerprints(fingerprinter: Fingerprinter) -> None:
    assert prints(fingerprinter, OWN) == prints(fingerprinter, RENAMED) != b""


def test_copies_are_paired_and_others_are_not(fingerprinter: Fingerprinter) -> None:
    pairs = look_alikes([prints(fingerprinter, text) for text in (OTHER, OWN, RENAMED)])
    assert [(p.one, p.other, p.likeness) for p in pairs] == [(1, 2, 1.0)]


def test_a_copy_in_other_code_is_found(fingerprinter: Fingerprinter) -> None:
    mixed = OTHER.replace("spread", "unused") + RENAMED
    (pair,) = look_alikes([prints(fingerprinter, OWN), prints(fingerprinter, mixed)])
    assert pair.likeness > 0.8


def test_what_everybody_was_given_is_no_likeness(fingerprinter: Fingerprinter) -> None:
    given = [prints(fingerprinter, files["p/m.py"].decode()) for files in (SKELETON, SOLUTION)]
    assert given == [b"", b""]
    assert look_alikes(given * 10) == []


def test_what_much_of_the_class_shares_is_no_likeness() -> None:
    rng = np.random.default_rng(0)
    common = rng.integers(2**32, size=60, dtype=np.uint32)
    own = [rng.integers(2**32, size=10, dtype=np.uint32) for _ in range(20)]
    shared = [np.unique(np.concatenate([common, mine])).tobytes() for mine in own]
    assert look_alikes(shared) == []
    assert look_alikes(shared[:2]) != []


def test_a_ring_of_copies_is_seen_in_a_small_class(fingerprinter: Fingerprinter) -> None:
    pairs = look_alikes([prints(fingerprinter, OWN)] * 15)
    assert [(p.one, p.other) for p in pairs] == [(i, i + 1) for i in range(14)]


@pytest.mark.parametrize("source", ["", "\0", "'''", '"' * 5000, "(" * 5000, "é\ud800" * 9, "\\"])
def test_any_text_has_fingerprints(fingerprinter: Fingerprinter, source: str) -> None:
    fingerprinter.fingerprint({"p/m.py": source.encode("utf-8", "surrogatepass")})


def test_large_texts_have_fingerprints(fingerprinter: Fingerprinter) -> None:
    for text in (
        "'" * 2**20,
        '"""' * 300_000,
        "\\\n" * 2**19,
        "1e" * 2**19,
        "#" * 2**20,
        "a'" * 2**19,
        '\\"""\n' * 200_000 + "\\",
    ):
        prints(fingerprinter, text)


def test_a_flood_of_files_takes_no_longer_than_one(fingerprinter: Fingerprinter) -> None:
    flood = {f"{number}.py": b"a = (" * 2**15 for number in range(100)}
    first = fingerprinter.fingerprint({"0.py": b"a = (" * 2**15, "1.py": b"a = (" * 2**15})
    assert fingerprinter.fingerprint(flood) == first


def test_independent_ways_to_write_it_are_no_look_alikes(kit: Assignment) -> None:
    fingerprinter = Fingerprinter(kit.handed_out.values(), kit.solution_files.values())
    ways = [fingerprinter.fingerprint(classroom.with_variant(kit, v)) for v in load_variants(kit)]
    assert len(look_alikes(ways)) <= len(ways) // 20


def test_a_pair_is_found_in_a_class_of_a_thousand() -> None:
    rng = np.random.default_rng(1)
    class_prints = [np.unique(rng.integers(2**32, size=600, dtype=np.uint32)) for _ in range(1000)]
    class_prints[7] = np.unique(np.concatenate([class_prints[3][:400], class_prints[7][:100]]))
    (pair,) = look_alikes([each.tobytes() for each in class_prints])
    assert (pair.one, pair.other, pair.shared) == (3, 7, 400)
    assert pair.shared >= MIN_SHARED
