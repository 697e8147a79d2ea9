"""A score can't be forged: `diagnostics` answers nonsense, and nothing that it does pays for it."""

from .case import SOLUTION, Case, case, imports, with_code, wrong

_NONSENSE = with_code("diagnostics", wrong("diagnostics"))
_SEND = r"""
import os, struct, threading, time
OK = b'\x95\xa8returned\xcb?\xe0\0\0\0\0\0\0\x90\x90\x90'
def send(body):
    os.write(3, struct.pack('<I', len(body)) + body)
"""


def _importing(codes: dict[str, str], before: str = "", **expected: str) -> list[Case]:
    """The attack follows the nonsense, at import."""
    attacks = {name: wrong("diagnostics") + before + code for name, code in codes.items()}
    return imports(attacks, "diagnostics", **expected)


def _beside(name: str, path: str, code: str) -> Case:
    return case(name, {**_NONSENSE, path: code.encode()}, "diagnostics")


# What Python, NumPy, pytest and the grader's worker do in the student's process decides nothing.
_PATCHES = {
    "patched_numpy_testing": """
import numpy.testing as t
for n in dir(t):
    if n.startswith('assert'): setattr(t, n, lambda *a, **k: None)
""",
    "patched_builtins": """
import builtins
builtins.isinstance = builtins.all = lambda *a: True
builtins.abs = builtins.len = lambda *a: 0
""",
    "patched_encoder_forges": r"""
import sys
sys.modules['worker.wire'].Encoder.encode = lambda self, value: b'\x92\xa8returned\xc3'
""",
    "written_results": """
import atexit
forged = '{"score": 100, "tests": [{"score": 100, "max_score": 100, "status": "passed"}]}'
for path in ('/autograder/results/results.json', 'results.json', '../results.json'):
    try:
        open(path, 'w').write(forged)
    except OSError: pass
""",
}
# What is sent in the worker's place must be the one answer to the one question that is open.
_FORGED = {
    "channel_answered_by_a_thread": """
def answer():
    while True: os.read(3, 100000); send(OK)
threading.Thread(target=answer, daemon=True).start()
""",
    "channel_answered_twice": "def dead_fraction(activations): send(OK); return 0.5",
    "channel_answered_in_half": """
def dead_fraction(activations): os.write(3, struct.pack('<I', len(OK)) + OK[:-1]); return 0.5
""",
    "channel_served_at_import": r"""
send(b'\x95\xa8returned\xc0\x90\x90\x90')
while True: os.read(3, *struct.unpack('<I', os.read(3, 4))); send(OK)
""",
    "channel_message_is_an_array": r"""
def dead_fraction(activations):
    send(b'\x94\xa6raised\x91\xa1E\xc7\x0b\x01\x0b\x00\x00' + b'\0' * 8 + b'\xa0'); time.sleep(100)
""",
    "channel_says_unresolved_alone": r"""
def dead_fraction(activations): send(b'\x91\xaaunresolved'); time.sleep(100)
""",
    "channel_note_nested": r"""
def dead_fraction(activations): send(b'\xc1\x92\xa2at' + b'\x91' * 400 + b'\x90'); return 42.0
""",
    "channel_note_of_an_array": r"""
def dead_fraction(activations):
    send(b'\xc1\x92\xc7\x09\x01\x05\x00\x01\x02\0\0\0\0\0\xa1x'); return 42.0
""",
    "channel_replaced": "os.dup2(os.open('/dev/null', os.O_RDWR), 3)",
}
_REFUSED = {
    "channel_flood": r"send(b'x' * 100); send(b'\xc3')",
    "channel_giant_length": r"os.write(3, b'\xff\xff\xff\xff')",
    "channel_answers_before_questions": "send(OK); send(OK); send(b'')",
}
_NOTES = {  # an import tells by them where it is
    "notes_without_end": r"while True: send(b'\xc1\x92\xa2at\xa1x')",
    "notes_without_content": r"while True: send(b'\xc1\xdc\x0f\xff' + b'\x90' * 4095)",
}
_OTHER_PARTS = """
import numpy as np, builtins
for name in ('sqrt', 'exp', 'where', 'sum', 'mean', 'maximum'):
    setattr(np, name, None)
builtins.float = None
"""

CASES = [
    case("solution", SOLUTION),
    case("nonsense_alone", _NONSENSE, "diagnostics", says="expected"),
    *_importing(_PATCHES),
    *_importing(_FORGED, _SEND),
    *_importing({"channel_closed": "import os; os.close(3)"}, event="crashes"),
    *_importing(_REFUSED, _SEND, event="refused"),
    *_importing(_NOTES, _SEND, says="too much was noted|not end in time"),  # on a busy machine
    _beside("conftest", "conftest.py", "import os; os._exit(0)"),
    _beside("shadow_numpy", "numpy.py", "raise RuntimeError('shadow')"),
    _beside("given_network_edited", "gradflow/network.py", "raise SystemExit(1)"),
    *_importing({"patches_reach_no_other_part": _OTHER_PARTS}),
]
