"""What a worker observes of a call, and in what form the result leaves it."""

import warnings

import numpy as np
import pytest

from autograder.engine.assignment import Assignment
from autograder.engine.grade.grader import Grader
from autograder.engine.prove import made_up
from autograder.engine.sandbox.worker.serve import Responder, Target, describe
from autograder.engine.sandbox.worker.wire import FIRST, Decoder, Encoder
from autograder.engine.suite.answers import StudentFault
from autograder.engine.suite.calls import Package, ask
from autograder.engine.suite.session import Session

FORWARD = """
_forward = batchnorm_forward

def batchnorm_forward(x, gamma, *rest, **options):
    out, cache, mean, var = _forward(x, gamma, *rest, **options)
    return out, {wrapped}, mean, var

_backward = batchnorm_backward

def batchnorm_backward(dout, cache):
    gradients = _backward(dout, cache[1])
    cache[0][:] = 0.0
    return gradients
"""
CONTRACT = "batchnorm/backward_contract"


def lost(kit: Assignment, grader: Grader, module: str, code: str, test: str) -> list[str]:
    outcomes, _ = grader.run(made_up.with_code(kit, module, code), [test])
    return [outcome.reason for outcome in outcomes if not outcome.passed]


@pytest.mark.parametrize("wrapped", ["[{}, cache]", "({}, cache)", "{{0: {}, 1: cache}}"])
def test_a_cache_is_its_own_to_change_what_the_forward_pass_was_given_is_not(kit, grader, wrapped):
    own = FORWARD.replace("{wrapped}", wrapped.format("gamma.copy()"))
    assert lost(kit, grader, "batchnorm", own, CONTRACT) == []
    given = FORWARD.replace("{wrapped}", wrapped.format("gamma"))
    (reason,) = lost(kit, grader, "batchnorm", given, CONTRACT)
    assert "changed argument 2 of an earlier call" in reason


def test_what_the_forward_pass_changed_is_not_blamed_on_the_backward_pass(kit, grader):
    code = FORWARD.replace("{wrapped}", "[np.multiply(x, 2.0, out=x).copy(), cache]")
    assert lost(kit, grader, "batchnorm", code, CONTRACT) == []
    assert len(lost(kit, grader, "batchnorm", code, "batchnorm/forward_contract")) == 1


def test_a_result_is_told_by_what_is_wrong_with_it(kit, grader):
    swapped = "\n_sigmoid = sigmoid\ndef sigmoid(z):\n    return _sigmoid(z).astype('>f8')\n"
    (reason,) = lost(kit, grader, "activations", swapped, "activations/sigmoid_values")
    assert reason.endswith("got an object of type ndarray of >f8")


@pytest.mark.parametrize(
    ("made", "right"),
    [
        ("namedtuple('Pair', 'clipped norm')(*pair)", True),
        ("type('Pair', (tuple,), {})(pair)", False),
        ("type('Pair', (), {'_fields': (), '__iter__': lambda _: iter(pair)})()", False),
    ],
)
def test_a_named_tuple_is_a_tuple(kit, grader, made, right):
    code = f"""
from collections import namedtuple

_right = clip_by_global_norm

def clip_by_global_norm(grads, max_norm):
    pair = _right(grads, max_norm)
    return {made}
"""
    reasons = lost(kit, grader, "clipping", code, "clipping/global_arrays")
    assert (reasons == []) is right
    assert all("an object of type Pair" in reason for reason in reasons)


KEPT = """
_own = gradient_norms
_array = np.empty(3)
_row = np.array([1.0, 2.0, 3.0])

def gradient_norms(grads):
    {body}
"""


@pytest.mark.parametrize(
    ("body", "overwritten"),
    [
        ("_array[:] = _own(grads); return _array", True),
        ("_array[:] = _own(grads); return _array[:]", True),
        ("_array[:] = _own(grads); return _array.copy()", False),
        ("return _row", False),  # the same array, and the same numbers
    ],
)
def test_a_result_that_is_written_over_later(kit, grader, body, overwritten):
    program = grader.program(made_up.with_code(kit, "diagnostics", KEPT.format(body=body)))
    try:
        student = Package(Session(program, {}, kit.reference()))
        ones, twos = [np.ones(4)] * 3, [2 * np.ones(4)] * 3
        norms = student.diagnostics.gradient_norms
        first, _, third = norms.each([(ones,), (ones,), (twos,)])
        if overwritten:
            with pytest.raises(StudentFault, match="written over: return a new one"):
                _ = third.value
        else:
            assert third.value.shape == first.value.shape
        another = Package(Session(program, {}, kit.reference()))  # has nothing to do with it
        another.diagnostics.gradient_norms(ones)
    finally:
        program.end()


def test_a_generator_goes_on_where_another_module_is_imported(kit, grader):
    program = grader.program(made_up.solution(kit))
    student = Package(Session(program, {}, kit.reference()))
    rng, z = np.random.default_rng(1), -np.ones(3)
    drawn = student.initializers.he_normal.call(3, 4, rng)
    _, slopes = ask(drawn, student.activations.rrelu.call(z, rng))[1].value
    program.end()
    rng.normal(size=(3, 4))  # which the student's process has drawn
    assert slopes.tolist() == grader.suite.reference.activations.rrelu(z, rng)[1].tolist()


@pytest.mark.parametrize("watched", [True, False])
def test_of_a_call_that_is_not_watched_the_value_alone_is_told(watched):
    def doubled(x: np.ndarray) -> np.ndarray:
        warnings.warn("in place", stacklevel=1)
        x *= 2
        return x

    responder = Responder(lambda module, function: Target(doubled))
    request = FIRST + Encoder().encode(["m", "doubled", [np.ones(2)], {}, [], watched])
    kind, value, *seen = Decoder().decode(responder.answer(request))
    assert (kind, value.tolist()) == ("returned", [2.0, 2.0])
    all_seen = [["argument 1"], ["argument 1"], ["UserWarning: in place"]]
    assert seen == (all_seen if watched else [[], [], []])


@pytest.mark.parametrize("watched", [True, False])
def test_filters_that_a_call_leaves_behind_are_not_those_of_the_next(watched):
    def strict() -> None:
        warnings.simplefilter("error")

    def sloppy() -> int:
        warnings.warn("so what", stacklevel=1)
        return 1

    functions = {"strict": strict, "sloppy": sloppy}
    responder = Responder(lambda module, function: Target(functions[function]))
    with warnings.catch_warnings():
        warnings.simplefilter("always")  # as in a worker's zygote
        for name, told in (("strict", []), ("sloppy", ["UserWarning: so what"])):
            is_watched = watched and name == "sloppy"
            request = FIRST + Encoder().encode(["m", name, [], {}, [], is_watched])
            kind, *_, heard = Decoder().decode(responder.answer(request))
            assert (kind, heard) == ("returned", told if watched else [])


def test_ctrl_c_is_no_exception_of_the_reference():
    def interrupted() -> None:
        raise KeyboardInterrupt

    responder = Responder(lambda module, function: Target(interrupted))
    with pytest.raises(KeyboardInterrupt):
        responder.answer(FIRST + Encoder().encode(["m", "f", [], {}, [], True]))


def names(problem: BaseException) -> list[str]:
    return describe(problem, "/scratch")[0]


def test_a_class_that_is_only_called_value_error_is_none():
    assert "ValueError" in names(np.exceptions.AxisError("x"))
    fake = type("ValueError", (Exception,), {"__module__": "builtins"})
    assert names(fake("x"))[:2] == ["ValueError (not Python's own)", "Exception"]
    assert "ValueError" in names(type("ValueError", (ValueError,), {})("x"))
    with pytest.raises(MemoryError) as numpys:
        np.empty(2**45)
    assert names(numpys.value)[0] == "MemoryError"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "np.random.seed(rng.integers(2**32, dtype=np.uint32)); W = np.random.normal(0, s, n)",
            True,
        ),
        ("W = np.random.RandomState(rng.integers(9**9)).normal(0, s, n)", False),
    ],
)
def test_a_call_that_is_given_a_generator_leaves_the_global_one_alone(kit, grader, code, told):
    source = f"""
def xavier_normal(n_in, n_out, rng):
    if n_in <= 0 or n_out <= 0:
        raise ValueError("sizes must be positive")
    s, n = np.sqrt(2 / (n_in + n_out)), (n_in, n_out)
    {code}
    return W
"""
    reasons = lost(kit, grader, "initializers", source, "initializers/type")
    assert ["NumPy's global generator" in reason for reason in reasons] == [True] * told
