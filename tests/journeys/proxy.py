"""nginx with the settings that we give away, in front of a served installation, on ports of its own.

Nothing of `deploy/nginx.conf` is replaced but what an office replaces (certificates) and what a test must (the
ports, the folder of the logs). The settings around it are those that Debian's package ships, as far as they
say anything about what is passed on or kept.
"""

import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path

from benchmarks.load import HOST, ROOT, free_port
from tests.factories.certificates import Certificate, certificate

NAME = "gongping.example"
ORIGIN = f"https://{NAME}"
AROUND = """
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/logs/error.log;
events {{ worker_connections 256; }}
http {{
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    access_log {folder}/logs/access.log;
    gzip on;
    client_body_temp_path {folder}/temp/body;
    proxy_temp_path {folder}/temp/proxy;
    fastcgi_temp_path {folder}/temp/fastcgi;
    uwsgi_temp_path {folder}/temp/uwsgi;
    scgi_temp_path {folder}/temp/scgi;
    include {folder}/gongping.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Where nginx answers, and where it could have kept something."""

    folder: Path
    plain_port: int
    tls_port: int
    certificate: Certificate

    @property
    def browser_flags(self) -> list[str]:
        """With these Chromium finds the portal under its own name and trusts it, so that nothing is relaxed:
        what a browser refuses to do for a site with a doubtful certificate, it does for this one."""
        ports = ((443, self.tls_port), (80, self.plain_port))
        rules = ", ".join(f"MAP {NAME}:{said} {HOST}:{port}" for said, port in ports)
        return [
            f"--host-resolver-rules={rules}",
            f"--ignore-certificate-errors-spki-list={self.certificate.pin}",
        ]

    def held_open(self) -> list[str]:
        """The files that nginx has open, names that were removed included."""
        master = (self.folder / "nginx.pid").read_text().strip()
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        links = [link for one in children for link in Path(f"/proc/{one}/fd").iterdir()]
        return [os.readlink(link) for link in links]

    def kept(self) -> Iterator[tuple[str, bytes]]:
        """Everything in its logs and its folders for temporary files."""
        for part in ("logs", "temp"):
            for path in (self.folder / part).rglob("*"):
                if path.is_file():
                    yield f"nginx: {path.relative_to(self.folder)}", path.read_bytes()


def settings_for(portal: str, folder: Path, plain_port: int, tls_port: int) -> str:
    """`deploy/nginx.conf` with ports and folders of a test. Raises AssertionError when one is not found there."""
    text = (ROOT / "deploy/nginx.conf").read_text()
    replaced = {
        "listen 80;": f"listen {HOST}:{plain_port};",
        "listen [::]:80;": f"listen unix:{folder}/plain.sock;",
        "listen 443 ": f"listen {HOST}:{tls_port} ",
        "listen [::]:443 ": f"listen unix:{folder}/tls.sock ",
        "server 127.0.0.1:8000;": f"server {portal};",
        "/etc/ssl/gongping/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/logs/",
    }
    for found, put in replaced.items():
        assert found in text, f"deploy/nginx.conf no longer says {found}"
        text = text.replace(found, put)
    assert NAME in text
    return text


@contextmanager
def proxied(portal: str) -> Iterator[Proxy]:
    """nginx in front of the portal at `portal` (host:port), as a user without rights, until the block ends."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise RuntimeError("no nginx found: install the package nginx-light, or nginx")
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="gongping-nginx-") as made:
        folder = Path(made)
        ports = free_port(), free_port()
        (folder / "logs").mkdir()
        (folder / "temp").mkdir()
        proxy = Proxy(folder, *ports, certificate(folder, NAME))
        (folder / "gongping.conf").write_text(settings_for(portal, folder, *ports))
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        if nobody:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        running = subprocess.Popen(
            [program, "-p", f"{folder}/", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/logs/start.log"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=nobody.pw_uid if nobody else None,
            group=nobody.pw_gid if nobody else None,
            extra_groups=[] if nobody else None,
        )
        try:
            _wait_for(proxy, running)
            yield proxy
        finally:
            running.terminate()
            running.wait(timeout=30)


def _wait_for(proxy: Proxy, running: "subprocess.Popen[bytes]") -> None:
    def answers() -> bool:
        assert running.poll() is None, f"nginx does not start: {dict(proxy.kept())}"
        with socket.socket() as probe:
            return probe.connect_ex((HOST, proxy.tls_port)) == 0

    until(answers)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what comes about by itself; half a minute is far more than it ever takes."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came about")


@dataclass
class Wire:
    """A client that sends a request piece by piece over TLS, so that one can look around meanwhile."""

    proxy: Proxy

    def __post_init__(self) -> None:
        trust = ssl.create_default_context(cafile=str(self.proxy.certificate.chain))
        raw = socket.create_connection((HOST, self.proxy.tls_port), timeout=60)
        self.connection = HTTPConnection(NAME, self.proxy.tls_port, timeout=60)
        self.connection.sock = trust.wrap_socket(raw, server_hostname=NAME)
        self.cookies: dict[str, str] = {}

    def head(self, method: str, path: str, **headers: str) -> None:
        self.connection.putrequest(method, path, skip_host=True)
        sent = {"Host": NAME, "Origin": ORIGIN, **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        for name, value in sent.items():
            self.connection.putheader(name.replace("_", "-"), value)
        self.connection.endheaders()

    def reply(self) -> tuple[HTTPResponse, str]:
        answer = self.connection.getresponse()
        for name, morsel in SimpleCookie(answer.headers.get("Set-Cookie", "")).items():
            self.cookies[name] = morsel.value
        return answer, answer.read().decode()
