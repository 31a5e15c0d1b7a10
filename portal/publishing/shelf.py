"""The shelf: files of editions that were made once and are kept, under var/files.

    var/files/key                the public keys that sign the lists of digests, the newest first
    var/files/14/register.xlsx   a file of edition 14
    var/files/14/made.json       what was made of edition 14, with sizes and digests: written last
    var/files/14/SHA256SUMS      the list of digests, signed: written by the job runner
    var/files/.coming            files of a release that waits for its time, until it is out

A file is on the shelf when `made.json` names it and it is there: of most editions some forms are only
measured, or taken away later (`files.keeping`). When a text is withdrawn, the editions that cite it are
made again: `withdrawn` in `made.json` is the newest withdrawal that was known.
"""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.foundation.storage import write_durably
from portal.publishing.files.descriptions import Written

_MADE = "made.json"
_SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Made:
    """What was made of an edition: every file with its digest, and the text of its list of digests."""

    edition: int
    withdrawn: int
    files: Mapping[str, Written]
    sums: str


class Shelf:
    """The kept files of one installation."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "files"

    def of(self, edition: int) -> Path:
        return self.folder / str(edition)

    def made(self, edition: int) -> Made | None:
        """What is on the shelf of an edition; None before it was made."""
        try:
            said = json.loads((self.of(edition) / _MADE).read_text())
        except FileNotFoundError:
            return None
        files = {name: Written(**about) for name, about in said["files"].items()}
        return Made(edition, said["withdrawn"], files, said["sums"])

    def path(self, edition: int, name: str) -> Path:
        return self.of(edition) / name

    def has(self, made: Made, name: str) -> bool:
        """Whether a file of an edition is here; what was made of an edition is not all kept (`files.keeping`)."""
        return name in made.files and self.path(made.edition, name).is_file()

    def newest_with(self, name: str, edition: int) -> int | None:
        """The newest edition, up to one, of which a file is here; None where there is none."""
        for n in sorted(self.editions(), reverse=True):
            if n <= edition and (made := self.made(n)) is not None and self.has(made, name):
                return n
        return None

    @property
    def coming(self) -> Path:
        """Where the files of an edition are that is not out yet; under no number, nobody can ask for them."""
        return self.folder / ".coming"

    def bring_out(self, edition: int) -> bool:
        """Give the files made ahead their place, now that their edition comes; whether they took it."""
        try:
            self.coming.rename(self.of(edition))
        except OSError:  # somebody made it meanwhile, or took them away
            return False
        return True

    def forget_coming(self) -> None:
        shutil.rmtree(self.coming, ignore_errors=True)

    def set_down(self, made: Made, folder: Path | None = None) -> None:
        """Say what was made, once the files are in place. A list signed for other bytes goes."""
        if self.signed(made.edition) is not None:
            (self.of(made.edition) / _SUMS).unlink()
        said = {
            "withdrawn": made.withdrawn,
            "files": {name: asdict(about) for name, about in made.files.items()},
            "sums": made.sums,
        }
        write_durably((folder or self.of(made.edition)) / _MADE, json.dumps(said, indent=1).encode())

    def signed(self, edition: int) -> str | None:
        """The signed list of digests, or None before it was signed."""
        try:
            return (self.of(edition) / _SUMS).read_text()
        except FileNotFoundError:
            return None

    def is_signed(self, edition: int) -> bool:
        return (self.of(edition) / _SUMS).exists()

    def sign(self, edition: int, note: str) -> None:
        write_durably(self.of(edition) / _SUMS, note.encode())

    def keys(self) -> tuple[str, ...]:
        """The public keys of the lists, the newest first."""
        try:
            return tuple((self.folder / "key").read_text().splitlines())
        except FileNotFoundError:
            return ()

    def write_key(self, key: str) -> None:
        """Put a key first; older ones stay, because older lists were signed by them."""
        known = self.keys()
        if known[:1] != (key,):
            kept = [key, *(old for old in known if old != key)]
            write_durably(self.folder / "key", ("\n".join(kept) + "\n").encode())

    def editions(self) -> Iterator[int]:
        """Every edition of which something is here."""
        if self.folder.is_dir():
            yield from sorted(int(one.name) for one in self.folder.iterdir() if one.name.isdecimal())

    @contextmanager
    def held(self, *, wait: bool = True) -> Iterator[bool]:
        """Keep other makers away while the block runs; False when, without waiting, another is at work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
