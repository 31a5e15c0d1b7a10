"""Files that belong to a case are sealed while they arrive.

Werkzeug spools larger parts of a form to a temporary file in plain; on reporting addresses, where an officer
enters a report for somebody, and where one attaches files to what an inspection found, they go into a Sink.
"""

from typing import IO, Any, cast

from flask import Flask, Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from portal.cases.files import FileStore, Sink, TooLarge
from portal.web import edge
from portal.web.headers import surface

ENTERING = "/desk/cases/enter"
ATTACHING = "inspected-file"
"""The act on a case by which an officer attaches a file."""


class _FormPart(Sink):
    def write(self, data: bytes) -> int:
        try:
            return super().write(data)
        except TooLarge:
            raise RequestEntityTooLarge from None


class SealingRequest(Request):
    """A request of which nothing that belongs to a report touches the disk in plain, or stays there unkept."""

    _sinks: list[Sink] | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if not _brings_evidence(self.path):
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        sink = _FormPart(store(), edge.settings().upload_limit_mb * 1024 * 1024)
        self._sinks = [*(self._sinks or ()), sink]
        return cast("IO[bytes]", sink)

    def close(self) -> None:
        """Werkzeug closes the parts it handed over. One that broke off it forgets, and its file would say when."""
        super().close()
        for sink in self._sinks or ():
            sink.close()


def _brings_evidence(path: str) -> bool:
    """Whether what is sent there belongs to a case: from its reporter, or from an officer."""
    return surface(path) == "report" or path.startswith(f"{ENTERING}/") or path.endswith(f"/{ATTACHING}")


def install(app: Flask) -> None:
    app.request_class = SealingRequest


def store() -> FileStore:
    return FileStore(edge.settings().var)


def sent_part(part: Any) -> tuple[str, Sink] | None:
    """The name and the sealed content of a form's file, or None when none was chosen or it is empty."""
    if not isinstance(part, FileStorage) or not part.filename:
        return None
    sink = cast("Sink", part.stream)
    return (part.filename, sink) if sink.size else None


MOST_DRAINED = 256 * 1024 * 1024


def drain(request: Request) -> None:
    """Read the rest of a body that was too large, so that the browser gets to see the answer."""
    source = request.environ["wsgi.input"]
    left = min(request.content_length or 0, MOST_DRAINED)
    while left > 0:
        chunk = source.read(min(left, 65536))
        if not chunk:
            return
        left -= len(chunk)


def safe_name(name: str) -> str:
    """A file name for a header: no path, no control characters, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:150].strip(". ") or "file"
