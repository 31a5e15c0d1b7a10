"""Server keys, back from their own backup."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.backups.contents import KEYS
from portal.backups.errors import RestoreRefused
from portal.foundation.archive import Archive, NotAnArchive
from portal.foundation.keys import NAMES
from portal.foundation.storage import write_durably


def return_keys(folder: Path, file: Path, identities: Sequence[Any]) -> tuple[str, ...]:
    """Write the key files in `file` into `folder`; return their names.

    Raises RestoreRefused when one is there already: replaced, what is sealed under it would be locked for good.
    """
    archive, found = Archive(file, identities), {}
    try:
        for one in archive.members():
            found[one.name] = one.read()
        lookup = bytes.fromhex(found[f"{KEYS}/lookup.key"].split()[0].decode())
        archive.require_seal(lookup)
    except (NotAnArchive, KeyError, ValueError, IndexError) as error:
        raise RestoreRefused(f"{file} is no whole backup of server keys: {error}") from None
    names = {f"{KEYS}/{name}.key": name for name in sorted(NAMES)}
    strange = set(found) - set(names)
    there = sorted(names[path] for path in found if path in names and (folder / f"{names[path]}.key").exists())
    if strange or there:
        raise RestoreRefused(f"There are such keys already: {', '.join(there) or ', '.join(sorted(strange))}.")
    for path, data in found.items():
        write_durably(folder / f"{names[path]}.key", data, mode=0o600)
    return tuple(names[path] for path in found)
