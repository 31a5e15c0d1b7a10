"""What every benchmark here shares: a server under granian on loopback, and wrk against it, in one run.

Figures are ratios between two servers measured in turn, so that the noise of a shared machine falls on both.
"""

import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, replies that were not 2xx or 3xx, the 99th percentile in ms, how many
    requests there were, and the longest wait in ms."""

    rate: float
    failed: int
    p99_ms: float
    requests: int
    longest_ms: float = 0.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def granian(
    target: str,
    *,
    workers: int = 1,
    threads: int = 2,
    environment: Mapping[str, str] | None = None,
    python: Path = Path(sys.executable),
    within: Path = ROOT,
    quiet: bool = False,
) -> Iterator[str]:
    """Serve the WSGI `target` (module:name) and give its address. `quiet`: what it says goes nowhere."""
    port = free_port()
    command = [str(python), "-m", "granian", "--interface=wsgi", f"--host={HOST}", f"--port={port}"]
    command += [f"--workers={workers}", f"--blocking-threads={threads}", "--no-ws", "--log-level=error", target]
    server = subprocess.Popen(
        command,
        cwd=within,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL if quiet else None,
        stderr=subprocess.DEVNULL if quiet else None,
        start_new_session=True,
    )
    try:
        address = f"http://{HOST}:{port}"
        _wait_for(address, server)
        yield address
    finally:
        _end(server)


@contextmanager
def house(environment: Mapping[str, str]) -> Iterator[str]:
    """Serve an installation as `python -m portal serve` does, all its processes, and give its address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "portal", "serve"],
        cwd=ROOT,
        env={**os.environ, **environment, "PORTAL_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        address = f"http://{HOST}:{port}"
        _wait_for(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _end(server: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wrk(
    address: str, *, seconds: int = 4, connections: int = 16, script: Path | None = None, args: Sequence[str] = ()
) -> Load:
    """Load `address` for some seconds. Raises RuntimeError when wrk is missing (Debian package `wrk`)."""
    command = [wrk_program(), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += ["-s", str(script)] if script else []
    done = subprocess.run([*command, address, *args], capture_output=True, text=True, check=True)
    return _read(done.stdout)


def wrk_program() -> str:
    """Where it is. Raises RuntimeError when it is missing."""
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("benchmarks need wrk: apt-get install wrk")
    return program


def compare(
    ours: str,
    yardstick: str,
    *,
    rounds: int = 5,
    seconds: int = 3,
    connections: int = 16,
    script: Path | None = None,
    args: Sequence[str] = (),
    yardstick_args: Sequence[str] = (),
) -> tuple[float, Sequence[tuple[Load, Load]]]:
    """The median over rounds of (our rate / the yardstick's rate), measured in turn."""
    pairs = []
    for _ in range(rounds):
        mine = wrk(ours, seconds=seconds, connections=connections, script=script, args=args)
        theirs = wrk(yardstick, seconds=seconds, connections=connections, script=script, args=yardstick_args)
        pairs.append((mine, theirs))
    return statistics.median(mine.rate / theirs.rate for mine, theirs in pairs), pairs


def compare_cost(
    ours: str,
    yardstick: str,
    *,
    rounds: int = 5,
    seconds: int = 2,
    args: Sequence[str] = (),
    yardstick_args: Sequence[str] = (),
    also: Callable[[], float] = lambda: 0,
) -> tuple[float, Sequence[tuple[float, float]]]:
    """The median over rounds of (what a request costs us / what it costs the yardstick), measured in turn; and
    each pair, in microseconds of processor time. What else the machine does meanwhile counts for neither, but for
    what `also` says a server behind both has used so far, in seconds."""
    pairs = [
        (cost(ours, seconds, args, also), cost(yardstick, seconds, yardstick_args, also)) for _ in range(rounds)
    ]
    return statistics.median(mine / theirs for mine, theirs in pairs), pairs


def cost(address: str, seconds: int, args: Sequence[str], also: Callable[[], float] = lambda: 0) -> float:
    """Microseconds of processor time that a request costs the server at an address, and the one behind it."""
    wrk(address, seconds=1, connections=2, args=args)  # its templates are compiled now
    before = processor_seconds(address) + also()
    load = wrk(address, seconds=seconds, args=args)
    if load.failed or not load.requests:
        raise RuntimeError(f"{load.failed} of {load.requests} requests failed: nothing was measured")
    return (processor_seconds(address) + also() - before) / load.requests * 1e6


def processor_seconds(address: str) -> float:
    """What the processes of the server at an address have used so far."""
    return seconds_of(processes_of(address))


def seconds_of(processes: Iterable[Path]) -> float:
    """What processes, as folders of /proc, have used so far."""
    ticks = 0
    for process in processes:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def processes_of(address: str) -> Iterator[Path]:
    """The server at an address and its workers, as folders of /proc."""
    sign = f"--port={urlsplit(address).port}".encode()
    return family_of(lambda words: sign in words)


def family_of(is_parent: Callable[[Sequence[bytes]], bool]) -> Iterator[Path]:
    """The processes whose command is such a one, and their children, as folders of /proc."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if is_parent(_command(process)) or is_parent(_command(process.with_name(_parent(process)))):
                yield process
        except OSError:  # it ended meanwhile
            continue


def _command(process: Path) -> list[bytes]:
    return (process / "cmdline").read_bytes().split(b"\0")


def _parent(process: Path) -> str:
    return (process / "stat").read_text().rpartition(")")[2].split()[1]


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310  (loopback)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def _read(output: str) -> Load:
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))  # type: ignore[union-attr]
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    requests = re.search(r"(\d+) requests in", output)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    longest = re.search(r"Latency\s+\S+\s+\S+\s+([\d.]+)(us|ms|s)", output)
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    return Load(
        rate=rate,
        failed=int(failed.group(1)) if failed else 0,
        p99_ms=float(p99.group(1)) * scale[p99.group(2)] if p99 else 0.0,
        requests=int(requests.group(1)) if requests else 0,
        longest_ms=float(longest.group(1)) * scale[longest.group(2)] if longest else 0.0,
    )
