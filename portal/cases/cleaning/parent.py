"""Runs the child for one file: plain bytes go through pipes alone, and what comes back is sealed as it comes."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Protocol

from portal.cases.cleaning.kinds import Kind, Refusal
from portal.cases.cleaning.orders import Order

SECONDS = 60
MOST_BACK = 96 * 1024 * 1024
_ROOT = str(Path(__file__).parents[3])
_START = f"import sys; sys.path[:] = [{_ROOT!r}, *sys.path]; from portal.cases.cleaning.child import main; main()"
_CLEAN = Order()
_AT_ONCE = threading.BoundedSemaphore(2)


class Sink(Protocol):
    def write(self, data: bytes) -> int: ...


@dataclass(frozen=True, slots=True)
class Made:
    """A cleaned copy went into the sink: what it was made of, and what its name ends in."""

    kind: Kind
    ending: str


def make(chunks: Iterable[bytes], sink: Sink, order: Order = _CLEAN) -> Made | Refusal:
    """Clean one file, or what else was ordered. What cannot be read within the limits is too big or damaged."""
    with _AT_ONCE:
        child = subprocess.Popen(  # noqa: S603 - our own program, and no word of the file among its arguments
            [sys.executable, "-I", "-B", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            close_fds=True,
            start_new_session=True,
        )
        stop = threading.Timer(SECONDS, child.kill)
        stop.daemon = True
        stop.start()
        try:
            return _through(child, chain([order.line], chunks), sink)
        finally:
            stop.cancel()
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def _through(child: subprocess.Popen[bytes], chunks: Iterable[bytes], sink: Sink) -> Made | Refusal:
    given, back = child.stdin, child.stdout
    if given is None or back is None:
        raise RuntimeError("the child has no pipes")
    failed: list[BaseException] = []
    feeder = threading.Thread(target=_feed, args=(given, chunks, failed), daemon=True)
    feeder.start()
    head = _head(back.readline(1000))
    if isinstance(head, Refusal):
        feeder.join()
        _raise(failed)
        return head
    made, left = head
    while left:
        data = back.read(min(left, 65536))
        if not data:
            return Refusal.DAMAGED
        sink.write(data)
        left -= len(data)
    feeder.join()
    _raise(failed)
    return made


def _feed(given: IO[bytes], chunks: Iterable[bytes], failed: list[BaseException]) -> None:
    """A child that ended takes no more. Whatever else goes wrong (the sealed file is not whole) is handed on."""
    try:
        for chunk in chunks:
            given.write(chunk)
        given.close()
    except BrokenPipeError:
        with suppress(OSError):
            given.close()
    except Exception as error:
        failed.append(error)
        with suppress(OSError):
            given.close()


def _raise(failed: list[BaseException]) -> None:
    if failed:
        raise failed[0]


def _head(line: bytes) -> tuple[Made, int] | Refusal:
    """What the child says of the file; a child that died says nothing."""
    try:
        said = json.loads(line)
        if "refused" in said:
            return Refusal(said["refused"])
        made, size = Made(Kind(said["kind"]), str(said["ending"])), int(said["size"])
    except (ValueError, KeyError, TypeError):
        return Refusal.TOO_BIG
    if not 0 < size <= MOST_BACK or made.ending not in ("jpg", "png", "pdf", "txt"):
        return Refusal.TOO_BIG
    return made, size
