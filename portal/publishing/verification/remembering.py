"""The file in which a verifier keeps the last checkpoint that held.

The key stands on line 1, then the signed note, then a line `leaves` and the hash of each entry, a line each.
"""

from pathlib import Path

from portal.publishing.verification.source import Unreachable
from portal.publishing.verification.verify import Remembered

_LEAVES = "leaves\n"


def read_remembered(path: Path) -> Remembered | None:
    """What was remembered, or None when nothing was yet. Raises Unreachable when the file is something else."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreachable(f"{path} cannot be read: {error}.") from None
    key, gap, rest = text.partition("\n")
    note, _, leaves = rest.partition(_LEAVES)
    try:
        known = tuple(bytes.fromhex(line) for line in leaves.split())
    except ValueError:
        note = ""
    if not gap or not note:
        raise Unreachable(f"{path} holds no remembered checkpoint.")
    return Remembered(key, note, known)


def write_remembered(path: Path, remembered: Remembered) -> None:
    """Replace the file whole, on any system. Raises Unreachable when it cannot be written."""
    beside = path.with_name(f"{path.name}.new")
    try:
        leaves = "".join(leaf.hex() + "\n" for leaf in remembered.leaves)
        beside.write_text(f"{remembered.key}\n{remembered.note}{_LEAVES}{leaves}", "utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise Unreachable(f"{path} cannot be written: {error}.") from None
