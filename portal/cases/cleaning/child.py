"""The process in which one stranger's file is opened: from a pipe, into a pipe, and to nothing else.

Everything it needs is loaded first; then it may open no file, no socket and no process any more, and only so much
memory and time are left to it. Where it was started as root it becomes nobody, so that the limits hold.
"""

from __future__ import annotations

import json
import os
import resource
import sys

from portal.cases.cleaning import covering, images, pdfs, texts
from portal.cases.cleaning.kinds import Kind, Refusal, Refused, kind_of
from portal.cases.cleaning.orders import Order, Work

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
_NOBODY = 65534


def main() -> None:
    images.ready()
    pdfs.ready()
    texts.ready()
    covering.ready()
    shut_in()
    order = Order.read(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        kind, ending, body = made(data, order)
        head = {"kind": kind.value, "ending": ending, "size": len(body)}
    except Refused as refused:
        head, body = {"refused": refused.why.value}, b""
    except MemoryError:
        head, body = {"refused": Refusal.TOO_BIG.value}, b""
    except Exception:
        head, body = {"refused": Refusal.DAMAGED.value}, b""  # whatever a library stumbles over
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing of what was loaded gets a last word


def made(data: bytes, order: Order) -> tuple[Kind, str, bytes]:
    """What the file is, and the ending and bytes of what was ordered. Raises Refused."""
    if order.work is Work.CLEAN:
        return cleaned(data)
    if kind_of(data) is not Kind.IMAGE:
        raise Refused(Refusal.UNKNOWN)
    drawn = covering.covered(data, order.areas) if order.work is Work.COVER else covering.with_grid(data)
    return Kind.IMAGE, *drawn


def cleaned(data: bytes) -> tuple[Kind, str, bytes]:
    """What the file is, and the ending and bytes of its cleaned copy. Raises Refused."""
    kind = kind_of(data)
    if kind is Kind.IMAGE:
        return kind, *images.cleaned(data)
    if kind is Kind.PDF:
        return kind, *pdfs.cleaned(data)
    return kind, *texts.cleaned(data, kind)


def shut_in() -> None:
    """From here on no file, socket or process can be opened."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
