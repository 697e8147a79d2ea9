"""What students wrote does no harm where it is read: in reasons, pages, tables and a terminal."""

from .case import calls

_RAISED = {
    "text_with_markup": r"raise ValueError('\u202e<svg onload=alert(1)>\x9b31m`code` {{7*7}} =cmd()\0')",
    "text_without_end": "raise ValueError('x' * 10**8)",
    "name_without_end": "raise type('E' * 10**6, (Exception,), {})",
    "name_of_a_surrogate": r"raise type('\ud800', (Exception,), {})",
    "notes_of_an_exception": "e = ValueError('x'); e.__notes__ = ['n' * 10**6] * 100; raise e",
    "chain_of_exceptions": """
        e = None
        for _ in range(10**5): n = ValueError(); n.__context__ = e; e = n
        raise e
    """,
    "place_with_markup": r"""
        import os
        exec(compile('raise ValueError(1)', os.path.join(os.getcwd(), '<script>alert(1)<\n.py'), 'exec'))
    """,
}
_WRONG = {
    "text_that_hangs": """
        class E(Exception):
            def __str__(self):
                while True: pass
        raise E
    """,
    "type_name_with_markup": r"return type('<script>alert(1)</script>\x1b[31m', (), {})()",
    "warning_that_fails": """
        import warnings
        class W(RuntimeWarning):
            def __str__(self): raise SystemExit
        warnings.warn(W()); return -1.0
    """,
    "warnings_without_end": """
        import warnings
        for i in range(10**4): warnings.warn(f'{i}' * 10**4)
        return -1.0
    """,
}

CASES = [
    *calls(_RAISED, says="raised"),
    *calls({"address_of_an_object": "raise ValueError(object())"}, says=r"object at 0x…>"),
    *calls({"todo_with_markup": "raise NotImplementedError('TODO <script>')"}, says="still to do"),
    *calls(
        {"name_of_the_graders": "raise type('MissingFunction', (Exception,), {})('<b>gone</b>')"},
        says="raised MissingFunction",
    ),
    *calls(_WRONG),
]
