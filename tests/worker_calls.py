"""Talking to one worker, without the proxies of `engine/student.py`."""

from __future__ import annotations

from autograder.engine.sandbox import Patience, Sandbox, Worker
from autograder.engine.worker.wire import Decoder, Encoder, Messages, write_request

LONG = Patience(20, 40)


def worker(sandbox: Sandbox, source: bytes, with_init: bool = True, **modules: bytes) -> Worker:
    """A worker with the package `pkg`: its module `m`, and others by their names."""
    made = sandbox.spawn()
    files = {f"pkg/{name}.py": text for name, text in {"m": source, **modules}.items()}
    made.load("pkg", files, with_init)
    return made


def request(function: str, *args: object, of: str = "m") -> bytes:
    """A call of the module `of`, as it crosses."""
    content = Encoder(None).encode([function, list(args), {}, [], True])  # type: ignore[arg-type]
    return write_request(False, of, content)


def ask(
    worker: Worker, function: str, *args: object, of: str = "m", patience: Patience = LONG
) -> list:
    """The reply to one call, decoded."""
    ((reply,),) = worker.ask(Messages([request(function, *args, of=of)]), lambda _: patience)
    return Decoder(handle=lambda handle: handle).decode(reply)
