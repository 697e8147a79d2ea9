"""What becomes of a solution when its marked regions are taken out."""

from __future__ import annotations

import ast
import importlib.util
import textwrap
from pathlib import Path

import pytest

from autograder.engine.release.skeleton import skeleton_source, stale_files, write_skeleton
from tests.kit import ROOT

SOLUTION = ROOT / "solutions" / "gradflow"
GIVEN = {
    "network.py",
    "lab.py",
    "experiments.py",
    "untrained.py",
    "trained.py",
    "figures.py",
    "page.py",
    "check.py",
}


def source(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_region_in_a_function_becomes_a_todo() -> None:
    text = source('''
        def area(radius: float) -> float:
            """The area of a circle."""
            # BEGIN SOLUTION
            # a secret
            square = radius**2
            return 3.14 * square
            # END SOLUTION


        LAST = 1
    ''')
    assert skeleton_source(text) == source('''
        def area(radius: float) -> float:
            """The area of a circle."""
            # TODO: your code here
            raise NotImplementedError("TODO: area")


        LAST = 1
    ''')


def test_a_region_outside_of_functions_vanishes() -> None:
    text = source('''
        """Text."""

        import os

        # BEGIN SOLUTION
        import math


        def _helper(x):
            return math.pi * x


        # END SOLUTION


        def twice(x):
            # BEGIN SOLUTION
            return _helper(2 * x)
            # END SOLUTION


        print(os.name)

        # BEGIN SOLUTION
        SECRET = 3
        # END SOLUTION
    ''')
    assert skeleton_source(text) == source('''
        """Text."""

        import os


        def twice(x):
            # TODO: your code here
            raise NotImplementedError("TODO: twice")


        print(os.name)
    ''')


def test_regions_of_methods_and_of_inner_functions() -> None:
    text = source("""
        class Shape:
            # BEGIN SOLUTION
            sides = 4
            # END SOLUTION

            async def area(self):
                self.check()
                # BEGIN SOLUTION
                def inner():
                    return 1
                return inner()
                # END SOLUTION

            def outline(self):
                def inner():
                    # BEGIN SOLUTION
                    return 2
                    # END SOLUTION
                for _ in range(2):
                    # BEGIN SOLUTION
                    print(_)
                    # END SOLUTION
                return inner()
    """)
    assert skeleton_source(text) == source("""
        class Shape:

            async def area(self):
                self.check()
                # TODO: your code here
                raise NotImplementedError("TODO: area")

            def outline(self):
                def inner():
                    # TODO: your code here
                    raise NotImplementedError("TODO: inner")
                for _ in range(2):
                    # TODO: your code here
                    raise NotImplementedError("TODO: outline")
                return inner()
    """)


def test_a_given_file_is_not_touched() -> None:
    text = '"""Text."""\n\nimport os\n\n\n\nx = "# BEGIN SOLUTION"\n\n\n'
    assert skeleton_source(text) == text
    assert skeleton_source("") == ""


def test_markers_in_strings_are_text() -> None:
    text = source('''
        def f():
            """
            # BEGIN SOLUTION
            """
            # BEGIN SOLUTION
            return """
            # END SOLUTION
            """
            # END SOLUTION
    ''')
    assert skeleton_source(text) == source('''
        def f():
            """
            # BEGIN SOLUTION
            """
            # TODO: your code here
            raise NotImplementedError("TODO: f")
    ''')


def test_windows_line_ends() -> None:
    text = "def f():\r\n    # BEGIN SOLUTION\r\n    return 1\r\n    # END SOLUTION\r\n"
    assert skeleton_source(text) == skeleton_source(text.replace("\r\n", "\n"))


B, E = "    # BEGIN SOLUTION\n", "    # END SOLUTION\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"def f():\n{B}    pass\n", "line 2: BEGIN without END"),
        (f"def f():\n    pass\n{E}", "line 3: END without BEGIN"),
        (f"def f():\n{B}    pass\n{E}{E}", "line 5: END without BEGIN"),
        (f"def f():\n{B}{B}    pass\n{E}{E}", "line 3: BEGIN within the region of line 2"),
        (f"def f():\n{B}    pass\n# END SOLUTION\n", "line 4: END is indented unlike"),
        (f"def f():\n    x = 1\n{B}{E}", "line 3: the region holds no code"),
        (f"def f():\n{B}    # only words\n{E}    pass\n", "line 2: the region holds no code"),
        ("def f():\n    pass  # BEGIN SOLUTION\n", "line 2: a marker is a line with nothing"),
        (f"def f():\n    # begin solution\n    pass\n{E}", "line 2: a marker is a line"),
        (f"def f():\n    #BEGIN SOLUTION\n    pass\n{E}", "line 2: a marker is a line"),
        (f"def f():\n{B}    pass\n    # END SOLUTION.\n", "line 4: a marker is a line"),
        (f"def f():\n    # ### BEGIN SOLUTION\n    pass\n{E}", "line 2: a marker is a line"),
        (f"def f():\n{B}    if 1:\n        x = 1\n{E}        y = 2\n", "ends within a statement"),
        (
            "def f():\n# BEGIN SOLUTION\n    pass\n# END SOLUTION\n",
            "line 2: the marker is indented",
        ),
        ("class A:\n" + B + "    x = 1\n" + E, "what is left of the source isn't Python"),
        (f"def f(:\n{B}    pass\n{E}", "line 1: the source isn't Python"),
        (
            f"import math\n\ndef f():\n{B}    return math.pi\n{E}",
            "line 1 of the skeleton: .*'math'",
        ),
        (f"from a import b as c\ndef f():\n{B}    c()\n{E}", "line 1 of the skeleton: .*'c'"),
    ],
)
def test_mistakes_with_markers_are_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        skeleton_source(text)


def test_an_import_may_be_kept_for_the_students() -> None:
    text = f"import math  # noqa: F401\n\n\ndef f():\n{B}    return math.pi\n{E}"
    assert skeleton_source(text).startswith("import math  # noqa: F401\n")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    solution = tmp_path / "solution"
    (solution / "sub" / "__pycache__").mkdir(parents=True)
    (solution / "a.py").write_text(f"def f():\n{B}    return 1\n{E}", encoding="utf-8")
    (solution / "sub" / "b.py").write_text('x = "é"\n', encoding="utf-8")
    (solution / "data.bin").write_bytes(b"\x00\xff")
    (solution / "sub" / "__pycache__" / "b.cpython-311.pyc").write_bytes(b"secret")
    (solution / "sub" / "__pycache__" / "note").write_text("secret")
    (solution / ".hidden").write_text("secret")
    return solution, tmp_path / "out"


def test_a_folder_is_written_whole(folders: tuple[Path, Path]) -> None:
    solution, out = folders
    assert write_skeleton(solution, out) == ["a.py", "data.bin", "sub/b.py"]
    written = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert written == ["a.py", "data.bin", "sub/b.py"]
    assert "return 1" not in (out / "a.py").read_text()
    assert (out / "sub" / "b.py").read_text(encoding="utf-8") == 'x = "é"\n'
    assert (out / "data.bin").read_bytes() == b"\x00\xff"


def test_stale_files_are_those_that_differ(folders: tuple[Path, Path]) -> None:
    solution, out = folders
    assert stale_files(solution, out) == ["a.py", "data.bin", "sub/b.py"]
    write_skeleton(solution, out)
    assert stale_files(solution, out) == []
    (out / "a.py").write_bytes((out / "a.py").read_bytes().replace(b"\n", b"\r\n"))
    (out / "__pycache__").mkdir()
    (out / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"")
    assert stale_files(solution, out) == []
    (out / "extra.py").write_text("")
    (out / "data.bin").unlink()
    (solution / "sub" / "b.py").write_text("x = 2\n")
    assert stale_files(solution, out) == ["data.bin", "extra.py", "sub/b.py"]
    write_skeleton(solution, out)
    assert stale_files(solution, out) == ["extra.py"]


def test_a_wrong_file_is_named_and_nothing_is_written(folders: tuple[Path, Path]) -> None:
    solution, out = folders
    (solution / "sub" / "b.py").write_text(f"def f():\n{B}    return 1\n")
    with pytest.raises(ValueError, match=r"^sub/b\.py: line 2: BEGIN without END"):
        write_skeleton(solution, out)
    assert not out.exists()


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("skeleton") / "gradflow"
    write_skeleton(SOLUTION, out)
    return out


def test_this_solution_leaves_stubs_with_their_contract(students: Path) -> None:
    """Every function of the answer is a stub with signature and docstring; no helper is left."""
    given = {"__init__.py", *GIVEN}
    stubs = 0
    for path in sorted(students.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name in given:
            assert text == (SOLUTION / path.name).read_text(encoding="utf-8")
            continue
        assert "SOLUTION" not in text
        original = ast.parse((SOLUTION / path.name).read_text(encoding="utf-8"))
        signatures = {
            n.name: ast.unparse(n.args) for n in original.body if isinstance(n, ast.FunctionDef)
        }
        for node in ast.parse(text).body[1:]:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            assert isinstance(node, ast.FunctionDef), f"{path.name}, line {node.lineno}"
            assert not node.name.startswith("_")
            assert ast.unparse(node.args) == signatures[node.name]
            assert ast.get_docstring(node)
            assert len(node.body) == 2
            assert ast.unparse(node.body[1]) == f"raise NotImplementedError('TODO: {node.name}')"
            stubs += 1
    assert stubs == 4 + 13 + 2 + 3 + 5


def test_this_skeleton_can_be_imported(students: Path) -> None:
    for path in students.glob("*.py"):
        if path.name not in GIVEN:
            spec = importlib.util.spec_from_file_location(f"stub_{path.stem}", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            for name, function in vars(module).items():
                if getattr(function, "__module__", "") == module.__name__:
                    count = function.__code__.co_argcount
                    needed = dict.fromkeys(function.__code__.co_varnames[count:][:1], True)
                    keywords = needed if function.__code__.co_kwonlyargcount else {}
                    with pytest.raises(NotImplementedError, match=f"TODO: {name}"):
                        function(*[None] * count, **keywords)
