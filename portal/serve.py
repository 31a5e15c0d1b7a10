"""Starting the house: web workers under granian, the process that takes marks, and the one job runner.

They are stopped together. What each is for, and whom each lets go first, says docs/operating.md.
"""

import contextlib
import ctypes
import importlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

import structlog

from portal.config import Settings
from portal.foundation.ids import secret_token
from portal.foundation.jobs import Runner
from portal.foundation.storage import forget_pages
from portal.web import metrics
from portal.web.line import Line

GRACE_SECONDS = 10.0
AGAIN_SECONDS = 30.0  # before a process that failed is started again
POLITENESS = 10
_PR_SET_PDEATHSIG = 1
_COPIES: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")

log = structlog.get_logger()


def serve(settings: Settings, run_jobs: Callable[[int], object], take_marks: Callable[[str], object]) -> int:
    """Run the web workers, `run_jobs` and `take_marks` (with the name of the line) until one ends or a signal asks
    to stop; the exit status for the shell.

    All begin as copies of this process and share what it has loaded: they are up in half the time, and the
    modules are in memory once. So nothing here may be open or have threads yet.
    """
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    if settings.metrics_port:
        metrics.count_in(settings.var)
    forget_pages(settings.var)  # whoever stopped us may have restored, rebuilt or replaced the database since
    line = f"gongping-{secret_token()}" if sys.platform == "linux" else ""
    children = [_start(_serve_web, settings, line), _start(run_jobs, os.getpid())]
    if line:
        children.append(_start(_take_marks, take_marks, line))
    if settings.metrics_port:
        metrics.answer_on(settings.metrics_port)
    print(f"Gongping is at {settings.origin} (Ctrl-C stops it)", flush=True)  # noqa: T201
    while not stop.wait(0.2):
        if any(child.exitcode is not None for child in children):
            break
    failed = not stop.is_set()
    _end(children)
    return 1 if failed else 0


def port_is_free(host: str, port: int) -> bool:
    """Whether nothing listens there yet; another portal would share the port without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def run_runner(runner: Runner, *, once: bool, parent: int) -> None:
    """Run jobs until asked to stop, or until the process that started us is gone."""
    if once:
        while runner.step():
            pass
        return
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    if parent:
        threading.Thread(target=_watch_parent, args=(parent, stop), daemon=True).start()
    drawing = threading.Thread(target=_keep_drawing, args=(stop,))
    drawing.start()
    runner.run_until(stop)
    drawing.join()


def _keep_drawing(stop: threading.Event) -> None:
    """Run the process that draws pages after each edition, beside the runner, so that no act waits for a page."""
    while not stop.is_set():
        child = subprocess.Popen(
            [sys.executable, "-m", "portal", "draw-pages"], stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent
        )
        while child.poll() is None and not stop.wait(0.25):
            pass
        if child.poll() is None:
            child.terminate()
            child.wait()
        elif not child.returncode:
            return  # it has nothing to do
        else:
            log.error("drawing pages failed", status=child.returncode)
            stop.wait(AGAIN_SECONDS)


def _watch_parent(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    stop.set()


def _take_marks(take_marks: Callable[[str], object], line: str) -> None:
    """Take marks until asked to stop and the lines are empty."""
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: sys.exit())
    take_marks(line)


def give_way() -> None:
    """From now on let the rest of the house go first when it needs the processors."""
    os.nice(POLITENESS)


def _serve_web(settings: Settings, line: str) -> None:
    """Answer until asked to stop, in as many workers as the settings say; marks after standing in the line."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if line:
        _have_marks_wait(line)
    Granian(
        "wsgi:app",
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=settings.threads,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=int(GRACE_SECONDS / 2),
    ).serve()


def _have_marks_wait(line: str) -> None:
    """Put the line before the application in each worker.

    An answer that comes later than the call is nothing WSGI knows, and a thread for everybody who waits would make
    pages from the cache a third dearer. The server can do it: what it gives the answer to may be kept. So we stand
    where the server turns a call into WSGI, in its workers, which are copies of this process.
    """
    server: Any = importlib.import_module("granian.server.mp")
    multiprocessing.set_start_method("fork", force=True)
    usual = server._wsgi_call_wrap

    def with_line(callback: Any, *options: Any) -> Line:
        return Line(line, usual(callback, *options))

    server._wsgi_call_wrap = with_line


def _start(work: Callable[..., object], *given: object) -> BaseProcess:
    child: BaseProcess = _COPIES.Process(target=_work, args=(os.getpid(), work, *given))
    child.start()
    return child


def _work(parent: int, work: Callable[..., object], *given: object) -> None:
    """What a child does first: it leads a group of processes, ends with its parent, and listens to signals itself.

    It is no session of its own: where Linux shares out the processors by session, niceness counts within one only.
    """
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, signal.SIG_DFL)
    os.setpgid(0, 0)
    _end_with_parent()
    if os.getppid() == parent:
        work(*given)


def _end_with_parent() -> None:
    """On Linux: have the kernel stop this child when the supervisor is killed, so that it frees the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(children: Sequence[BaseProcess]) -> None:
    for child in children:
        if child.exitcode is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        child.join(max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid or 0, signal.SIGKILL)  # whoever is left of its group, a stuck worker too
        child.join()
