"""Named mistakes: the catalogue, and finding the one that explains a failure."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.engine import mistakes
from autograder.engine.assignment import import_file
from autograder.engine.errors import KitError
from autograder.engine.explain.comparison import same
from autograder.engine.explain.example import Examples
from autograder.engine.explain.hints import of_a_net
from autograder.engine.mistakes import Mistake, compatible, fresh_modules, load_mistakes
from autograder.engine.place import NOWHERE
from autograder.engine.prove import made_up
from autograder.engine.suite.hidden_test import Explanation, HiddenTest, Outcome
from autograder.engine.suite.session import Batch, Request

SOURCE = '''import math

OFFSET = 1.0


def area(radius, unit=1.0):
    """The area: math.pi * radius**2."""
    if radius < 0:
        raise ValueError
    return math.pi * radius**2 * unit**2


def length(radius):
    return 2 * math.pi * radius
'''


def made(code: dict[str, str] | str, target: str = "area", **fields: Any) -> Mistake:
    about = {"module": "areas", "package": "circle", "solution": SOURCE} | fields
    return Mistake("odd", target, "Think.", code, NOWHERE, where=False, **about)


def test_an_edit_replaces_a_text_of_the_functions_code():
    edited = made({"math.pi": "3", "unit=1.0": "unit=2.0"}).edited(SOURCE)
    assert edited == SOURCE.replace("return math.pi", "return 3").replace("unit=1", "unit=2")


def test_an_edit_of_several_lines_is_indented_as_the_code():
    edits = {
        """
        if radius < 0:
            raise ValueError
        """: "while radius < 0:\n    radius += 1"
    }
    edited = made(edits).edited(SOURCE)
    assert "\n    while radius < 0:\n        radius += 1\n    return" in edited


def test_a_body_takes_the_place_of_all_after_the_docstring():
    edited = made("\n    radius *= 2\n    return radius\n").edited(SOURCE)
    assert '**2."""\n    radius *= 2\n    return radius\n\n\ndef length' in edited


@pytest.mark.parametrize(
    ("edits", "times"), [({"tau": "3"}, 0), ({"unit": "u"}, 2), ({"OFFSET = 1.0": ""}, 0)]
)
def test_a_text_must_stand_in_the_function_once(edits, times):
    with pytest.raises(ValueError, match=rf"odd: edit 1 .* stands {times} times in area") as caught:
        made(edits).edited(SOURCE)
    assert repr(next(iter(edits))) in str(caught.value)


def test_a_function_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="odd: areas has no function volume"):
        made("pass", target="volume").edited(SOURCE)


CATALOGUE = '''from autograder.engine.mistakes import Catalogue

for number in ("3", "4"):

    class Areas(Catalogue, of=("area", "area_of_ring"), prefix=f"with_{number}_"):
        area_of_ring_whole = {"math.pi": number}
        area_half = number
        """Look
        again."""
        area_zero = "radius = 0\\nreturn radius"
        """Why?"""
        area_probe = {}
'''


def test_a_class_states_mistakes_with_the_hints_below_them(tmp_path):
    file = tmp_path / "areas.py"
    file.write_text(CATALOGUE)
    import_file("areas_of_a_test", file)
    stated = [state("areas", "circle", SOURCE) for state in mistakes._stated.pop(file)]
    assert [(m.name, m.target, m.code, m.hint, m.place.line) for m in stated[:4]] == [
        ("with_3_area_of_ring_whole", "area_of_ring", {"math.pi": "3"}, "Look again.", 6),
        ("with_3_area_half", "area", "3", "Look again.", 7),
        ("with_3_area_zero", "area", "radius = 0\nreturn radius", "Why?", 10),
        ("with_3_area_probe", "area", {}, "", 12),
    ]
    assert len(stated) == 8


def test_a_catalogue_that_cant_be_imported_is_named_each_time(own):
    (own.mistakes / "scales.py").write_text("unknown")
    for _ in range(2):
        with pytest.raises(KitError, match=r"scales.py: NameError: name 'unknown'"):
            load_mistakes(own)


def test_inputs_of_examples_that_cant_be_imported_are_named(own):
    (own.mistakes / "_inputs.py").write_text("INPUTS = unknown")
    with pytest.raises(KitError, match=r"_inputs.py: NameError: name 'unknown'"):
        Examples(own, own.reference(), [])


def test_code_with_a_syntax_error_does_not_fit():
    odd = made({"math.pi": "math.pi)"})
    assert odd.misfit() == "odd: its code has a syntax error: unmatched ')'"
    assert compatible((odd,)) == ()  # it explains nothing, and keeps nothing else from it


def test_mistakes_in_one_module_add_up(tiny):
    mistakes = {mistake.name: mistake for mistake in load_mistakes(tiny)}
    chosen = [mistakes[name] for name in ("offset_forgotten", "half", "median")]
    files = made_up.with_mistakes(tiny, chosen)
    assert b"return (np.asarray(fahrenheit)) * 0.5\n" in files["thermo/scales.py"]
    assert b"np.median" in files["thermo/averages.py"]


def test_nothing_that_one_call_keeps_reaches_the_next_module():
    odd = made("global OFFSET\nOFFSET += radius\nreturn OFFSET")
    assert [fresh_modules([odd])[odd.module].area(2.0) for _ in range(2)] == [3.0, 3.0]


def test_a_module_with_a_mistake_imports_its_neighbours(tiny):
    tiny.reference()
    context = {"module": "scales", "package": "thermo"}
    odd = made("from .averages import mean_celsius as m\nreturn m([radius])", **context)
    assert fresh_modules([odd])[odd.module].area(4.0) == 4.0


def test_a_net_points_to_the_same_function_whatever_the_order_of_a_set():
    """Of functions that fail in the same test alone, to the one that is called last."""
    names = [f"module.function_{letter}" for letter in "hgfedcba"]
    test = HiddenTest("part/test", "part", "Title.", "", 1.0, ())
    calls = tuple(Request((), name, b"") for name in names)
    own = Outcome(test, "wrong", asked=(Batch(calls, []),))
    net = Outcome(test, "wrong", asked=(Batch((), [], tuple(names)),))
    explanation = of_a_net(net, [own, net]).explanation
    assert explanation.hint.startswith(f"This net uses {names[-1]},")


def test_a_net_points_to_the_function_whose_mistake_costs_most():
    """Not to the one that its tests call as well; but first to the one that the reason blames."""
    test = HiddenTest("part/test", "part", "Title.", "", 1.0, ())
    both = tuple(Request((), name, b"") for name in ("m.forward", "m.backward"))
    forward = Outcome(test, "wrong", asked=(Batch(both[:1], []),))
    told = Explanation("Think.", "odd", function="m.backward")
    backward = Outcome(test, "wrong", asked=(Batch(both, []),), explanation=told)
    net = Outcome(test, "wrong", asked=(Batch((), [], ("m.forward", "m.backward")),))
    explanation = of_a_net(net, [forward, backward, backward, net]).explanation
    assert (explanation.mistake, explanation.hint[-6:]) == ("odd", "Think.")
    blames = replace(backward, reason="forward(z): wrong", explanation=None)
    net = replace(net, reason="m.backward: an array is needed, not list")
    assert of_a_net(net, [blames, net]).explanation is None
    net = replace(net, reason="m.forward: an array is needed, not list")
    assert of_a_net(net, [blames, net]).explanation.hint.startswith("This net uses m.forward,")
    explanation = of_a_net(net, [forward, backward, backward, net]).explanation
    assert explanation.hint.startswith("This net uses m.forward,")
    asked = (Batch((), [], ("m.fine", "m.backward")),)  # one fails no test of its own
    net = replace(net, reason="fine: on the way forward, the output", asked=asked)
    assert of_a_net(net, [forward, backward, net]).explanation is None


def test_numbers_are_compared_relative_to_their_size():
    assert same(np.array([1.0, 1e-14]), np.array([1.0, 0.0]))
    assert not same(np.array([1e-200]), np.array([2e-200]))
    assert same(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]))
