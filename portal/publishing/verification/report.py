"""What was found, in plain words: for a terminal, in English or Chinese."""

from collections.abc import Iterator

from portal.publishing.log.entries import moment
from portal.publishing.log.keys import KeyRole, KeyState
from portal.publishing.verification.bundle import Proven
from portal.publishing.verification.filing import Filed
from portal.publishing.verification.sums import Sums
from portal.publishing.verification.verify import Verified
from portal.publishing.verification.words import translated

CANNOT_TELL = (
    "This cannot tell whether newer entries were cut off, or whether others are shown another log:"
    " keep what was found now with --remember FILE, and check against it next time."
)
COMPARE_THE_KEY = "The key comes from the file itself: compare it with one noted elsewhere, or give it with --key."
EXIT_CODES = (
    "Ends with 0 when all holds, 1 when something does not (the first bad entry is named), 2 when it could not be"
    " read, 3 when all signatures and hashes hold but this program is too old to rebuild every file."
)
HOLDS, FAILED, UNREADABLE, UNDECIDED = range(4)


def exit_code(found: Verified) -> int:
    return UNDECIDED if found.undecided else HOLDS


def of_log(found: Verified, lang: str = "en") -> Iterator[str]:
    """What the check of a whole log found, line by line."""

    def say(sentence: str, **details: object) -> str:
        return translated(sentence, lang).format(**details)

    if not found.head.size:
        yield say("The log is empty: nothing was published yet.")
        return
    yield say(
        "The log {origin} holds: {size} entries, root {root}.",
        origin=found.head.origin,
        size=found.head.size,
        root=found.root,
    )
    yield say("Key: {key}", key=found.key)
    if found.files:
        yield say("Rebuilt from the log alone, and the same as served: {files}.", files=", ".join(found.files))
    if found.sums is not Sums.MISSING:
        yield say(_SUMS[found.sums])
    for digest, edition in found.withdrawn:
        yield say("Withdrawn by act {edition}: the text {digest}.", edition=edition, digest=digest)
    for event in found.keys:
        if event.entry:
            sentence = _KEY_EVENTS[event.state] if event.role is KeyRole.LOG else _FILES_KEY
            yield say(sentence, entry=event.entry, key=event.key, state=event.state.value)
    if found.unknown:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(found.unknown.items()))
        yield say("Not understood by this version, only hashed: {kinds}. A newer one is at /verify.", kinds=kinds)
    if found.undecided:
        files = ", ".join(found.undecided)
        yield say("Not decided, because of what is not understood: {files}.", files=files)


def of_figure(proven: Proven, lang: str = "en") -> Iterator[str]:
    """What a proof of publication shows, line by line."""

    def say(sentence: str, **details: object) -> str:
        return translated(sentence, lang).format(**details)

    s = proven.statement
    if s.get("t") == "figure":
        yield say("{body} · {indicator} · {period}", body=s["body"], indicator=s["indicator"], period=s["period"])
        for name in ("actual", "target", "numerator", "denominator", "obs_status"):
            if s[name] is not None:
                yield f"  {translated(name, lang)}: {s[name]}"
    else:
        yield str(dict(s))
    if proven.note is not None:
        yield say("  note: {note}", note=proven.note)
    if proven.withdrawn_in is not None:
        yield say("  its note was withdrawn by act {edition}", edition=proven.withdrawn_in)
    yield say(
        "Published in entry {n} of the log {origin}, appended {at}. Every hash and signature holds.",
        n=proven.entry.n,
        origin=proven.entry.origin,
        at=moment(proven.entry.at),
    )
    yield say("Key: {key}", key=proven.key)
    if not proven.vouched:
        yield say(COMPARE_THE_KEY)
    yield say("A file cannot show whether the figure was corrected later: for that, check the portal itself.")


def of_filing(filed: Filed, lang: str = "en") -> Iterator[str]:
    """What a proof of filing shows, line by line."""

    def say(sentence: str, **details: object) -> str:
        return translated(sentence, lang).format(**details)

    yield say("A report was filed before {day}.", day=filed.before.isoformat())
    if filed.shown:
        yield say("The report's file is exactly the one that was filed.")
    else:
        yield say("It shows no word of the report. Give the report's file with --report to check that too.")
    yield say(
        "Its root {root} stands in entry {n} of the log {origin}, appended {at}. Every hash and signature holds.",
        root=filed.root,
        n=filed.entry.n,
        origin=filed.entry.origin,
        at=moment(filed.entry.at),
    )
    yield say("Key: {key}", key=filed.key)
    if not filed.vouched:
        yield say(COMPARE_THE_KEY)


_SUMS = {
    Sums.SIGNED: "SHA256SUMS gives the same digests, signed by a key that the log announced.",
    Sums.UNANNOUNCED: "SHA256SUMS gives the same digests; the log has not announced the key that signs it.",
}
_KEY_EVENTS = {
    KeyState.STANDBY: "Entry {entry} announced a key that waits: {key}",
    KeyState.ADDED: "Entry {entry} announced a new key: {key}",
    KeyState.RETIRED: "Entry {entry} retired the key {key}",
    KeyState.LOST: "Entry {entry} declared the key {key} lost: the key that waited signs in its place.",
}
_FILES_KEY = "Entry {entry}, key of the files, {state}: {key}"
