"""The log outside the database: entries, chunks and the newest signed head, under var/log.

    var/log/checkpoint              the newest signed head; what it covers is never signed otherwise again
    var/log/key                     the public key (C2SP verifier key) that the log began with
    var/log/checkpoints/000/000014  the head that was signed after entry 14
    var/log/entries/000/000014.json entry 14, as in the tree
    var/log/chunks/ab/abcd….jsonl   chunks by address
    var/log/edition                 the edition that pages may show, written after the database committed

Everything but `edition` is flushed to the disk before the database commits, so the store is never behind; the
database says the edition again whenever the appender runs.
"""

from pathlib import Path

from portal.foundation.storage import write_durably, write_whole


class LogStore:
    """Files of one log under `var`. Nothing written is changed again, but `checkpoint` and `edition`."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "log"

    def head(self) -> str | None:
        """The newest signed head, or None when nothing was ever signed here."""
        return self._text("checkpoint")

    def write_head(self, note: str) -> None:
        write_durably(self.folder / "checkpoint", note.encode())

    def key(self) -> str | None:
        """The public key that the log began with, or None before its first entry."""
        return self._text("key")

    def write_key(self, key: str) -> None:
        """Keep the first key; later ones are announced in the log itself."""
        if self.key() is None:
            write_durably(self.folder / "key", key.encode())

    def checkpoint(self, n: int) -> str | None:
        """The head that was signed after entry n."""
        data = _bytes(self._checkpoint_path(n))
        return None if data is None else data.decode()

    def write_checkpoint(self, n: int, note: str) -> None:
        if self.checkpoint(n) != note:
            write_durably(self._checkpoint_path(n), note.encode())

    def entry(self, n: int) -> bytes | None:
        return _bytes(self._entry_path(n))

    def write_entry(self, n: int, document: bytes) -> None:
        write_durably(self._entry_path(n), document)

    def chunk(self, sha256: str) -> bytes | None:
        return _bytes(self._chunk_path(sha256))

    def write_chunk(self, sha256: str, body: bytes) -> None:
        """Write a chunk unless its bytes are there already."""
        if self.chunk(sha256) != body:
            write_durably(self._chunk_path(sha256), body)

    def edition(self) -> int | None:
        """The edition last announced to the web processes, or None."""
        text = self._text("edition")
        return int(text) if text and text.strip().isdecimal() else None

    def announce(self, edition: int) -> None:
        """Tell the web processes of this machine which edition is public now."""
        write_whole(self.folder / "edition", f"{edition}\n".encode())

    def _entry_path(self, n: int) -> Path:
        return self.folder / "entries" / f"{n // 1000:03}" / f"{n:06}.json"

    def _checkpoint_path(self, n: int) -> Path:
        return self.folder / "checkpoints" / f"{n // 1000:03}" / f"{n:06}"

    def _chunk_path(self, sha256: str) -> Path:
        return self.folder / "chunks" / sha256[:2] / f"{sha256}.jsonl"

    def _text(self, name: str) -> str | None:
        data = _bytes(self.folder / name)
        return None if data is None else data.decode()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
