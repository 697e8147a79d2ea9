"""Look-alikes: renamed copies are found, common ground is not a likeness."""

import random
import re
from keyword import iskeyword

import numpy as np
import pytest

from autograder.engine.prove import made_up
from autograder.engine.report.lookalikes import Fingerprinter, look_alikes
from autograder.engine.variants import load_variants

STATEMENTS = """mask = z > 0;out = np.zeros_like(z);e = np.exp(-np.abs(z));out[mask] = 1 / (1 + e[mask])
out = np.where(z > 0, z, alpha * z);out = np.maximum(z, 0.0);s = 1 / (1 + np.exp(-z));n = x.shape[0]
out = s * (1 - s);out = 1.0 - np.tanh(z) ** 2;mean = x.mean(axis=0);var = np.var(x, axis=0);xc = x - mean
std = np.sqrt(var + eps);xhat = xc / std;out = gamma * xhat + beta;dbeta = dout.sum(axis=0)
dgamma = np.sum(dout * xhat, axis=0);total = np.sqrt(sum(np.sum(g * g) for g in grads))
scale = max_norm / (total + 1e-6);out = [g * scale for g in grads];z = np.asarray(z, dtype=float)
norms = [np.linalg.norm(g) for g in grads];sigma = np.sqrt(2.0 / (n_in + n_out));out = z.copy()
out = rng.normal(0.0, sigma, size=(n_in, n_out));out[z < 0] *= alpha;ratio = norms[0] / norms[-1]"""


def work(choose: random.Random) -> str:
    """A module of 25 functions, each of statements that everybody writes."""
    known = re.split(r"[;\n]", STATEMENTS)
    bodies = [choose.sample(known, choose.randrange(3, 9)) for _ in range(25)]
    return "\n".join(
        f"def f{n}(z, alpha):\n    " + "\n    ".join(body) for n, body in enumerate(bodies)
    )


def copied(text: str, choose: random.Random) -> str:
    """The text with other names and layout, a comment, and as much again of other code behind."""
    new: dict[str, str] = {}
    named = re.sub(
        r"(?<![.\w])[A-Za-z_]\w*",
        lambda m: m[0] if iskeyword(m[0]) else new.setdefault(m[0], f"v{choose.randrange(10**9)}"),
        text,
    )
    named = named.replace("    ", "\t")
    return f"# entirely mine\n{named}\n{work(choose)}"


GIVEN = {"p/m.py": work(random.Random("given")).encode()}
SOLUTION = {"p/m.py": work(random.Random("solution")).encode()}


@pytest.fixture
def fingerprinter():
    return Fingerprinter(GIVEN, SOLUTION)


def prints(fingerprinter: Fingerprinter, source: str) -> bytes:
    return fingerprinter.fingerprint({"p/m.py": source.encode()})


def test_what_everybody_was_given_is_no_likeness(fingerprinter):
    assert fingerprinter.fingerprint(GIVEN) == b"" != fingerprinter.solution
    groups = look_alikes([fingerprinter.solution] * 10, fingerprinter.solution)
    assert [group.source for group in groups] == ["the solution"]


def test_what_much_of_the_class_shares_is_no_likeness():
    rng = np.random.default_rng(0)
    common = rng.integers(2**32, size=60, dtype=np.uint32)
    own = [rng.integers(2**32, size=10, dtype=np.uint32) for _ in range(20)]
    shared = [np.unique(np.concatenate([common, mine])).tobytes() for mine in own]
    assert look_alikes(shared) == []
    assert look_alikes(shared[:2]) != []


@pytest.mark.parametrize(
    "source",
    [
        *("", "\0", "(" * 5000, "é\ud800" * 9, "#" * 2**20, "1e" * 2**19, "\\\n" * 2**19),
        *("'" * 2**20, "a'" * 2**19, '"""' * 300_000, '\\"""\n' * 200_000 + "\\"),
    ],
    ids=lambda source: repr(source[:5]),
)
def test_any_text_has_fingerprints(fingerprinter, source):
    fingerprinter.fingerprint({"p/m.py": source.encode("utf-8", "surrogatepass")})


def test_a_flood_of_files_takes_no_longer_than_two(fingerprinter):
    flood = {f"{number}.py": b"a = (" * 2**15 for number in range(100)}
    two = {name: flood[name] for name in ("0.py", "1.py")}
    assert fingerprinter.fingerprint(flood) == fingerprinter.fingerprint(two)


def test_independent_ways_to_write_it_are_no_look_alikes(kit):
    make = Fingerprinter(kit.handed_out, kit.solution_files)
    ways = [
        make.fingerprint(made_up.with_code(kit, v.module, v.source)) for v in load_variants(kit)
    ]
    groups = [group for group in look_alikes(ways, make.solution) if not group.source]
    assert sum(len(group.members) - 1 for group in groups) <= len(ways) // 20


@pytest.mark.parametrize("copies", [2, 90])
def test_copies_are_all_named_however_many_and_honest_work_is_not(fingerprinter, copies):
    source = work(random.Random(0))
    texts = [copied(source, random.Random(n)) for n in range(copies)]
    texts += [work(random.Random(1000 + n)) for n in range(1, 201 - copies)]
    class_prints = [prints(fingerprinter, text) for text in texts]
    groups = look_alikes(class_prints, fingerprinter.solution)
    (group,) = (group for group in groups if not group.source)
    assert group.members == tuple(range(copies))


def test_what_is_known_and_the_solution_itself_are_found(kit):
    make = Fingerprinter(kit.handed_out, kit.solution_files)
    renamed = {p: copied(c.decode(), random.Random(0)) for p, c in kit.solution_files.items()}
    solution = make.fingerprint({path: text.encode() for path, text in renamed.items()})
    rng = np.random.default_rng(2)
    known, *honest = (np.unique(rng.integers(2**32, size=400, dtype=np.uint32)) for _ in range(30))
    copies = [np.union1d(known[:300], each[:99]).tobytes() for each in honest[:9]]
    class_prints = [*(each.tobytes() for each in honest), solution, *copies]
    found = look_alikes(class_prints, make.solution, {"last year": known.tobytes()})
    assert [(group.source, group.members) for group in found if group.source] == [
        ("the solution", (29,)),
        ("last year", tuple(range(30, 39))),
    ]
