"""The signed list of the files' digests (SHA256SUMS), held against the log: its key and what it lists."""

from collections.abc import Mapping
from enum import StrEnum

from portal.publishing.log.entries import Entry
from portal.publishing.log.keys import KeyChain, KeyRole
from portal.publishing.log.notes import BadNote, open_note_by
from portal.publishing.verification.source import Refuted, Source


class Sums(StrEnum):
    """missing: none is made yet · signed: by a key of the log · unannounced: the log knows no key of files yet."""

    MISSING = "missing"
    SIGNED = "signed"
    UNANNOUNCED = "unannounced"


def check_sums(source: Source, chain: KeyChain, last: Entry, digests: Mapping[str, str]) -> Sums:
    """Check the list of the newest edition against the files rebuilt from the log. Raises Refuted.

    A list stays good when its key is retired later, so every key of files that was announced may have signed.
    """
    note = source.sums(last.n)
    if note is None:
        return Sums.MISSING
    keys = {event.key for event in chain.events if event.role is KeyRole.FILES}
    try:
        text, signers = open_note_by(note, keys)
        if keys and not signers:
            raise BadNote("another key")
    except BadNote as error:
        raise Refuted(None, _NOT_SIGNED, edition=last.n, fault=str(error)) from None
    first, *lines = text.splitlines()
    if not first.startswith(f"# {last.origin} edition {last.n} "):
        raise Refuted(None, "SHA256SUMS of edition {edition} is a list of another edition or log.", edition=last.n)
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name, digest in digests.items():
        if listed.get(name) != digest:
            raise Refuted(None, _OTHER_DIGEST, edition=last.n, file=name)
    return Sums.SIGNED if keys else Sums.UNANNOUNCED


_NOT_SIGNED = "SHA256SUMS of edition {edition} is not signed by a key that the log announced ({fault})."
_OTHER_DIGEST = "SHA256SUMS of edition {edition} gives another digest of {file} than the log."
