"""Compiled templates, kept where Python keeps compiled modules, so that the next process need not compile them.

A house is several processes, and each draws pages: compiling their templates takes it longer than anything else
at its start. What is kept is as trusted as the modules beside it, and like them it is not written where Python
was told to write none. Any change of the program, its templates or its catalogues gives all of it another name.
"""

import marshal
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

from portal.web import wording

_PROGRAM = Path(__file__).parents[2]
_LIBRARIES = ("jinja2", "markupsafe", "govuk-frontend-jinja", "flask", "babel")
_OWN = "__pycache__"


class Kept:
    """Compiled templates of one state of the program, a file each; `folder` is theirs alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> CodeType | None:
        """What was kept under `key`; None when there is nothing, or nothing whole."""
        try:
            code = marshal.loads(self._at(key).read_bytes())  # noqa: S302  (as Python loads its own modules)
        except (OSError, ValueError, EOFError, TypeError):
            return None
        return code if isinstance(code, CodeType) else None

    def keep(self, key: str, code: CodeType) -> CodeType:
        """Keep it, if that can be done; whoever reads meanwhile finds all of it or nothing."""
        if sys.dont_write_bytecode:
            return code
        place = self._at(key)
        beside = place.with_suffix(f".{os.getpid()}")
        try:
            if not self._folder.is_dir():
                self._begin()
            beside.write_bytes(marshal.dumps(code))
            beside.replace(place)
        except OSError:
            with suppress(OSError):
                beside.unlink()
        return code

    def _begin(self) -> None:
        """Make the folder; what was kept of earlier states of the program goes."""
        for other in self._folder.parent.glob("templates-*"):
            shutil.rmtree(other, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)

    def _at(self, key: str) -> Path:
        return self._folder / sha256(key.encode()).hexdigest()


@cache
def kept() -> Kept:
    """The compiled templates of the program as it is now."""
    state = program_state((_PROGRAM, wording.FOLDER), [f"{name} {version(name)}" for name in _LIBRARIES])
    return Kept(Path(cache_from_source(__file__)).parent / f"templates-{state}")


def program_state(folders: Iterable[Path], libraries: Iterable[str]) -> str:
    """A name for the files in these folders as they are now: told by size and time of change, as Python does."""
    told = sha256(repr((sys.implementation.cache_tag, *libraries)).encode())
    for folder in folders:
        for at, below, names in os.walk(folder):
            below[:] = sorted(name for name in below if name != _OWN)
            for name in sorted(names):
                about = os.stat(os.path.join(at, name))
                told.update(f"{at}/{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return told.hexdigest()[:16]
