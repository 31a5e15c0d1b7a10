"""Archives: tar, packed by gzip, encrypted by age to public keys, and sealed with a key of this house.

age keeps the content from whoever holds the file, but anybody may encrypt to a public key; so the last member,
`seal`, is an HMAC over all members before it, and says that this house made the archive, and whole. Nothing
plain is written to a disk on the way out. By hand: `age -d -i identity FILE | tar xz`.
"""

from __future__ import annotations

import io
import os
import tarfile
import threading
import zlib
from base64 import b64decode, b64encode
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyrage

from portal.foundation.crypto import hkdf, hmac_digest, same
from portal.foundation.storage import sync_directory

SEAL = "seal"
_PIECE = 1 << 18


class NotAnArchive(Exception):
    """The file cannot be opened with this identity, is not whole, or was not made by this house."""


@dataclass(frozen=True)
class Member:
    """A file in an archive: its path and its bytes, of which there are `size`."""

    name: str
    size: int
    pieces: Iterable[bytes] = field(repr=False)

    def read(self) -> bytes:
        return b"".join(self.pieces)


def member(name: str, data: bytes) -> Member:
    return Member(name, len(data), (data,))


def members_below(folder: Path, name: str) -> Iterator[Member]:
    """Every file below `folder`, under `name`, but hidden ones, which are not finished; and those that are gone
    when their turn comes."""
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in within.parts):
            found = _member_of(path, f"{name}/{within.as_posix()}")
            if found is not None:
                yield found


def _member_of(path: Path, name: str) -> Member | None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    return Member(name, os.fstat(file.fileno()).st_size, _pieces_of(file))


def _pieces_of(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def recipient_of(text: str) -> Any:
    """A public key of age (age1…) or SSH. Raises ValueError."""
    try:
        kind: Any = pyrage.x25519 if text.startswith("age1") else pyrage.ssh
        return kind.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise ValueError(f"{text} is no public key of age or SSH: {error}") from None


def fingerprint_of(text: str) -> str:
    """What names such a key in one word: a key of age itself, of SSH what `ssh-keygen -lf` shows (SHA256:…)."""
    if text.startswith("age1"):
        return text
    digest = sha256(b64decode(text.split()[1])).digest()
    return f"SHA256:{b64encode(digest).decode().rstrip('=')}"


def identities_in(path: Path) -> list[Any]:
    """The private keys in a file as `age-keygen` writes it, or an SSH key. Raises ValueError."""
    data = path.read_bytes()
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    keys = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
    try:
        if keys:
            return [pyrage.x25519.Identity.from_str(key) for key in keys]
        return [pyrage.ssh.Identity.from_buffer(data)]
    except pyrage.IdentityError as error:
        raise ValueError(f"{path} holds no private key of age or SSH: {error}") from None


def write_archive(path: Path, members: Iterable[Member], *, recipients: Sequence[Any], seal_key: bytes) -> int:
    """Write an archive, found whole at `path` or not at all; return its size. It is for its owner to read only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            pyrage.encrypt_io(_Reader(_packed(_tarred(_sealed(members, seal_key)))), file, recipients)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_directory(path.parent)
    return path.stat().st_size


class Archive:
    """An archive that is being read.

    What `members` gives counts only after `require_seal`: until then anybody may have made it.
    """

    def __init__(self, path: Path, identities: Sequence[Any]) -> None:
        self._path = path
        self._identities = identities
        self._digest = sha256()
        self._seal: bytes | None = None

    def members(self) -> Generator[Member]:
        """The members in their order, each to be read before the next. Raises NotAnArchive where it breaks off.

        Whoever stops before the end closes it: the thread that decrypts would wait for a reader, and so would the
        end of the program.
        """
        try:
            with closing(_untarred(self._path, self._identities)) as found:
                for name, size, source in found:
                    if name == SEAL:
                        self._seal = source.read()
                        continue
                    self._seal = None  # nothing may follow a seal
                    _count(self._digest, name, size)
                    pieces = self._counted(source)
                    yield Member(name, size, pieces)
                    for _ in pieces:
                        pass
        except (tarfile.TarError, EOFError, zlib.error, OSError, pyrage.DecryptError) as error:
            raise NotAnArchive(str(error)) from None

    def require_seal(self, key: bytes) -> None:
        """Raises NotAnArchive unless the archive was whole and sealed with `key`."""
        if self._seal is None or not same(self._seal, _seal(key, self._digest)):
            raise NotAnArchive("the seal is not of this house")

    def _counted(self, source: IO[bytes]) -> Iterator[bytes]:
        while piece := source.read(_PIECE):
            self._digest.update(piece)
            yield piece


def _untarred(path: Path, identities: Sequence[Any]) -> Generator[tuple[str, int, IO[bytes]]]:
    """Name, size and content of each member; decrypted on a thread of its own, since age pushes and tar pulls."""
    into, out = os.pipe()
    failed: list[Exception] = []

    def decrypt() -> None:
        try:
            with os.fdopen(out, "wb") as pipe, path.open("rb") as file:
                pyrage.decrypt_io(file, pipe, identities)
        except Exception as error:  # told below, by whoever waits at the other end; the end of the pipe itself too
            failed.append(error)

    thread = threading.Thread(target=decrypt)
    thread.start()
    try:
        with os.fdopen(into, "rb") as pipe, tarfile.open(fileobj=pipe, mode="r|gz") as tar:
            for info in tar:
                source = tar.extractfile(info)
                if source is None:
                    raise NotAnArchive(f"{info.name} is no file")
                yield info.name, info.size, source
            while pipe.read(_PIECE):  # age vouches for the end only when it was read
                pass
    except (tarfile.TarError, EOFError, zlib.error):
        thread.join()
        raise (failed or [NotAnArchive("it is not whole")])[0] from None
    finally:
        thread.join()
    if failed:
        raise failed[0]


def _sealed(members: Iterable[Member], key: bytes) -> Iterator[Member]:
    digest = sha256()
    for one in members:
        _count(digest, one.name, one.size)
        yield Member(one.name, one.size, _hashed(one, digest))
    yield member(SEAL, _seal(key, digest))


def _hashed(one: Member, digest: Any) -> Iterator[bytes]:
    """Exactly as many bytes as were announced, though a file may grow or shrink under our eyes."""
    left = one.size
    for piece in one.pieces:
        wanted = piece[:left]
        left -= len(wanted)
        digest.update(wanted)
        yield wanted
        if not left:
            return
    if left:
        padding = bytes(left)
        digest.update(padding)
        yield padding


def _count(digest: Any, name: str, size: int) -> None:
    digest.update(f"{len(name.encode())}:{name}:{size}:".encode())


def _seal(key: bytes, digest: Any) -> bytes:
    return hmac_digest(hkdf(key, "foundation: seal of an archive"), digest.digest())


def _tarred(members: Iterable[Member]) -> Iterator[bytes]:
    for one in members:
        info = tarfile.TarInfo(one.name)
        info.size, info.mode = one.size, 0o600
        yield info.tobuf(format=tarfile.PAX_FORMAT)
        yield from one.pieces
        yield bytes(-one.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)  # 31: with the header of gzip
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


class _Reader(io.RawIOBase):
    """Lets age read what is made piece by piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        while not self._left:
            try:
                self._left = next(self._pieces)
            except StopIteration:
                return b""
        end = len(self._left) if size < 0 else size
        given, self._left = self._left[:end], self._left[end:]
        return given
