"""Starting the house: web workers under granian and the one job runner, stopped together."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType

import structlog

from portal.config import Settings
from portal.foundation.jobs import Runner
from portal.foundation.storage import forget_pages
from portal.web import metrics

GRACE_SECONDS = 10.0
AGAIN_SECONDS = 30.0  # before a process that failed is started again
_PR_SET_PDEATHSIG = 1

log = structlog.get_logger()


def serve(settings: Settings) -> int:
    """Run both children until one ends or a signal asks to stop; the exit status for the shell."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    if settings.metrics_port:
        metrics.start(settings.var, settings.metrics_port)
    forget_pages(settings.var)  # whoever stopped us may have restored, rebuilt or replaced the database since
    children = [_start(_web_command(settings)), _start(_runner_command())]
    print(f"Gongping is at {settings.origin} (Ctrl-C stops it)", flush=True)  # noqa: T201
    while not stop.wait(0.2):
        if any(child.poll() is not None for child in children):
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


def _web_command(settings: Settings) -> Sequence[str]:
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={settings.host}",
        f"--port={settings.port}",
        f"--workers={settings.workers}",
        f"--blocking-threads={settings.threads}",
        "--no-ws",
        "--log-level=warning",
        "--respawn-failed-workers",
        f"--workers-kill-timeout={int(GRACE_SECONDS / 2)}",
        "wsgi:app",
    ]


def _runner_command() -> Sequence[str]:
    return [sys.executable, "-m", "portal", "run-jobs", f"--parent={os.getpid()}"]


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603  (our own)


def _end_with_parent() -> None:
    """On Linux: have the kernel stop this child when the supervisor is killed, so that it frees the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # whoever is left of its session, a stuck worker too
        child.wait()
