"""The file in which a verifier keeps the last checkpoint that held: the key on line 1, then the note."""

from pathlib import Path

from portal.publishing.verification.source import Unreachable
from portal.publishing.verification.verify import Remembered


def read_remembered(path: Path) -> Remembered | None:
    """What was remembered, or None when nothing was yet. Raises Unreachable when the file is something else."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Unreachable(f"{path} cannot be read: {error}.") from None
    key, gap, note = text.partition("\n")
    if not gap or not note:
        raise Unreachable(f"{path} holds no remembered checkpoint.")
    return Remembered(key, note)


def write_remembered(path: Path, remembered: Remembered) -> None:
    """Replace the file whole, on any system. Raises Unreachable when it cannot be written."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(f"{remembered.key}\n{remembered.note}", "utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise Unreachable(f"{path} cannot be written: {error}.") from None
