"""Style sheet, script and marks: names that hold the digest of their content, served by WhiteNoise."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from whitenoise import WhiteNoise

from portal.web.headers import security_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DIST = Path(__file__).parent / "static" / "dist"
PREFIX = "/static/"
_HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


class Assets:
    """The addresses of the built files, from the manifest the build wrote."""

    def __init__(self, folder: Path = DIST) -> None:
        self.folder = folder
        try:
            self._names: dict[str, str] = json.loads((folder / "manifest.json").read_text())
        except FileNotFoundError:
            self._names = {}

    @property
    def built(self) -> bool:
        return bool(self._names)

    def address(self, name: str) -> str:
        """Where `name` ("portal.css") is served; the plain name as long as nothing is built."""
        return PREFIX + self._names.get(name, name)


def serve_assets(app: "WSGIApplication", *, https: bool, folder: Path = DIST) -> "WSGIApplication":
    """Put the built files before `app`; a hashed name may be kept for ever."""
    if not folder.is_dir():
        return app

    def add_headers(headers: object, _path: str, _url: str) -> None:
        for name, value in security_headers("static", https):
            headers[name] = value  # type: ignore[index]

    served: WSGIApplication = WhiteNoise(
        app,
        root=str(folder),
        prefix=PREFIX,
        max_age=300,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: bool(_HASHED.search(url)),
        add_headers_function=add_headers,
    )
    return served
