"""What becomes of a solution when its marked regions are taken out."""

import ast
import textwrap
from dataclasses import replace

import pytest

from autograder.engine.errors import KitError
from autograder.engine.release.skeleton import skeleton_source, stale_stubs, stubs
from tests.kit import made


def source(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_region_becomes_a_todo_in_a_function_and_vanishes_outside():
    text = source('''
        """Text."""

        import os

        # BEGIN SOLUTION
        import math


        def _helper(x):
            return math.pi * x


        # END SOLUTION


        class Circle:
            # BEGIN SOLUTION
            sides = 1
            # END SOLUTION

            async def area(self, radius: float) -> float:
                """The area of a circle."""
                # BEGIN SOLUTION
                # a secret
                square = radius**2
                return _helper(square)
                # END SOLUTION


        def outline():
            def inner():
                # BEGIN SOLUTION
                return 2
                # END SOLUTION
            return inner() + os.getpid()
    ''')
    assert skeleton_source(text) == source('''
        """Text."""

        import os


        class Circle:

            async def area(self, radius: float) -> float:
                """The area of a circle."""
                # TODO: your code here
                raise NotImplementedError("TODO: area")


        def outline():
            def inner():
                # TODO: your code here
                raise NotImplementedError("TODO: inner")
            return inner() + os.getpid()
    ''')


B, E = "    # BEGIN SOLUTION\n", "    # END SOLUTION\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"def f():\n{B}    pass\n", "line 2: .* must be lines in turn"),
        (f"def f():\n    pass\n{E}", "line 3: .* must be lines in turn"),
        (f"def f():\n{B}{B}    pass\n{E}{E}", "line 2: .* must be lines in turn"),
        (f"def f():\n{B}    pass\n# END SOLUTION\n", "line 2: .* must be lines in turn"),
        (f"def f():\n    # begin solution\n    pass\n{E}", "line 2: .* must be lines in turn"),
        (f"def f():\n    pass  # BEGIN SOLUTION\n{E}", "line 2: .* must be lines in turn"),
        (f"def f():\n{B}    # only words\n{E}    pass\n", "line 2: code must follow"),
        (f"def f():\n    if 1:\n{B}        pass\n{E}", "line 3: code must follow"),
        (f"def f():\n{B}    if 1:\n        x = 1\n{E}        y = 2\n", "left of the source isn't"),
        ("class A:\n" + B + "    x = 1\n" + E, "what is left of the source isn't Python"),
        (f"def f(:\n{B}    pass\n{E}", "line 1: the source isn't Python"),
    ],
)
def test_mistakes_with_markers_are_named(text: str, complaint: str) -> None:
    with pytest.raises(KitError, match=complaint):
        skeleton_source(text)


@pytest.fixture
def other(own):
    """An assignment of another package."""
    files = {
        "a.py": f"def f():\r\n{B}    return 1\r\n{E}".encode(),
        "sub/b.py": 'x = """é\n"""\n\n\n\n'.encode(),
        "data.bin": b"\x00\xff\r\n",
        **dict.fromkeys(("sub/__pycache__/b.cpython-311.pyc", ".hidden"), b"secret"),
    }
    made(own.solutions / "other", files)
    return replace(own, package="other")


def test_a_folder_is_written_whole_and_stale_where_it_differs(other):
    solution, out = other.solutions / "other", other.handout / "other"
    names = ["other/a.py", "other/data.bin", "other/sub/b.py"]
    assert stale_stubs(other) == names
    assert sorted(stubs(other)) == names
    made(other.handout, stubs(other))
    assert "return 1" not in (out / "a.py").read_text()
    for name in ("data.bin", "sub/b.py"):
        assert (out / name).read_bytes() == (solution / name).read_bytes()
    (out / "a.py").write_bytes((out / "a.py").read_bytes().replace(b"\n", b"\r\n"))
    (out / "a.pyc").write_bytes(b"")
    assert stale_stubs(other) == []
    (out / "extra.py").write_text("")
    (out / "data.bin").unlink()
    (solution / "sub" / "b.py").write_text("x = 2\n")
    assert stale_stubs(other) == ["other/data.bin", "other/extra.py", "other/sub/b.py"]


def test_a_wrong_file_is_named(other):
    (other.solutions / "other/sub/b.py").write_text(f"def f():\n{B}    return 1\n")
    with pytest.raises(KitError, match=r"^other/sub/b\.py: line 2: "):
        stubs(other)


def test_this_handout_holds_stubs_and_no_helper(kit):
    for module in kit.modules:
        tree = ast.parse((kit.handout / kit.package / f"{module}.py").read_bytes())
        for node in tree.body[1:]:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                assert isinstance(node, ast.FunctionDef)
                _, stub = node.body  # after the docstring
                assert ast.unparse(stub) == f"raise NotImplementedError('TODO: {node.name}')"
