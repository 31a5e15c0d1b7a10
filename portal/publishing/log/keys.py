"""Which keys sign: the chain from the first key to today's, as the log's own statements tell it.

Until a statement says otherwise, the log has one key: the first. Statements of the kind `key` change that:

    standby   the key exists, and waits outside the portal for the day the others are lost; it signs nothing
    added     from the next entry on, it signs beside the others
    retired   after this entry it signs no more; the others were announced before, under its own signature
    lost      nobody can sign with it any more: this very entry is signed by the standby keys in its place

So each change is vouched for by the keys before it; only `lost` is vouched for by keys that were announced
long before. The key of the files (role `files`) signs notes beside the log and no head; it changes likewise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.publishing.log.checkpoint import Head, parse_head
from portal.publishing.log.notes import BadNote, Verifier, open_note_by


class KeyRole(StrEnum):
    LOG = "log"
    FILES = "files"


class KeyState(StrEnum):
    STANDBY = "standby"
    ADDED = "added"
    RETIRED = "retired"
    LOST = "lost"


class BadKeys(ValueError):
    """A statement about keys cannot be: it retires the only key, loses one without another waiting, …"""


@dataclass(frozen=True)
class KeyEvent:
    """What an entry says about a key. Entry 0 stands for the first key, which no entry announces."""

    entry: int
    role: KeyRole
    state: KeyState
    key: Verifier


@dataclass
class KeyChain:
    """The keys as of an entry. `take` hears the statements in the order of the log."""

    first: Verifier | None = None
    active: dict[KeyRole, list[Verifier]] = field(default_factory=lambda: {role: [] for role in KeyRole})
    standby: dict[KeyRole, list[Verifier]] = field(default_factory=lambda: {role: [] for role in KeyRole})
    events: list[KeyEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.first is not None:
            self.active[KeyRole.LOG] = [self.first]
            self.events.append(KeyEvent(0, KeyRole.LOG, KeyState.ADDED, self.first))

    def signers_of(self, statements: Iterable[Mapping[str, Any]]) -> list[Verifier]:
        """The keys that must sign the head after an entry with these statements, which are not yet taken."""
        lost = {one["key"] for one in statements if _loses(one)}
        left = [key for key in self.active[KeyRole.LOG] if str(key) not in lost]
        return [*left, *self.standby[KeyRole.LOG]] if lost else left

    def take(self, entry: int, statement: Mapping[str, Any]) -> None:
        """Hear a statement of the kind `key`. Raises BadKeys."""
        role, state, key = self._read(statement)
        active, standby = self.active[role], self.standby[role]
        if state in (KeyState.ADDED, KeyState.STANDBY):
            if key in active or (key in standby and state is KeyState.STANDBY):
                raise BadKeys("announces a key that is known already")
            if key in standby:
                standby.remove(key)
            (active if state is KeyState.ADDED else standby).append(key)
        elif key in standby:
            standby.remove(key)
        elif key not in active:
            raise BadKeys("gives up a key that does not sign")
        else:
            active.remove(key)
            if state is KeyState.LOST:
                active.extend(standby)
                standby.clear()
            if role is KeyRole.LOG and not active:
                raise BadKeys("gives up the only key there is")
        self.events.append(KeyEvent(entry, role, state, key))

    def _read(self, statement: Mapping[str, Any]) -> tuple[KeyRole, KeyState, Verifier]:
        try:
            key = Verifier.parse(statement["key"])
            return KeyRole(statement["role"]), KeyState(statement["state"]), key
        except (BadNote, ValueError, TypeError, AttributeError):
            raise BadKeys("names no key, or no role and state a key can have") from None


def _loses(statement: Mapping[str, Any]) -> bool:
    about = statement["t"] == "key" and (statement["role"], statement["state"])
    return about == (KeyRole.LOG, KeyState.LOST)


def open_signed(note: str, signers: Iterable[Verifier]) -> Head:
    """The head in a checkpoint, once every one of `signers` has signed it. Raises BadNote."""
    wanted = list(signers)
    text, found = open_note_by(note, wanted)
    if not wanted or not set(wanted) <= set(found):
        raise BadNote("not signed by every key that must sign it")
    head = parse_head(text)
    if any(head.origin != key.name for key in wanted):
        raise BadNote("the checkpoint is of another log")
    return head
