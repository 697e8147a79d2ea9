"""Talking to one process, without the proxies of `engine/suite/calls.py`."""

from autograder.engine.sandbox.process import Process, TimeAllowed
from autograder.engine.sandbox.sandbox import Sandbox
from autograder.engine.sandbox.worker.wire import LATER, Decoder, Encoder

LONG = TimeAllowed(20, 40)


def process(sandbox: Sandbox, source: bytes, with_init: bool = True, **modules: bytes) -> Process:
    """A process with the package `pkg`: its module `m`, and others by their names."""
    made = sandbox.spawn()
    files = {f"pkg/{name}.py": text for name, text in {"m": source, **modules}.items()}
    made.load("pkg", files, with_init, [])
    return made


def request(function: str, *args: object, of: str = "m") -> bytes:
    """A call of the module `of`, as it crosses."""
    return LATER + Encoder().encode([of, function, list(args), {}, [], True])


def ask(
    process: Process, function: str, *args: object, of: str = "m", time_allowed: TimeAllowed = LONG
) -> list:
    """The reply to one call, decoded."""
    (reply,) = process.ask([request(function, *args, of=of)], lambda: time_allowed)
    return Decoder().decode(reply)
