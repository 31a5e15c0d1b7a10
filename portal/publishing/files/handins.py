"""handins.csv and handins.json: what bodies handed in, when, and what was published of it.

One row for each time a body handed a value in. The log fixed the value then by a commitment nobody can read;
the figure that states the value later opens it. So who has a row with `salt` and `said` can check that the
body handed in this value on that day: SHA-256(salt ‖ said) is `commitment`.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from portal.publishing.changes import NUMBERS, same
from portal.publishing.files.tables import Row, named
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Line, Lines, plain
from portal.publishing.log.canonical import canonical
from portal.publishing.values import Statement

WAITING, SUPERSEDED, CLOSED, OPENED = "waiting", "superseded", "closed", "opened"
"""Nothing was published of it yet · handed in anew before it was · published, but confidential · published."""

_VALUES = (*NUMBERS, "obs_status")


def rows(head: FileHead, context: Context, lines: Lines) -> Iterator[Row]:
    """`lines` holds every hand-in and every version of a figure that names one, by key and then oldest first."""
    for _, group in groupby(lines, key=lambda line: line.key):
        told = list(group)
        handed = [line for line in told if line.figure["t"] == "handin"]
        stated: dict[int, Line] = {}
        for line in told:
            if line.figure["t"] == "figure":
                stated.setdefault(line.figure["handin"]["edition"], line)
        for line in handed:
            yield _row(head, context, line, stated.get(line.edition), is_last=line is handed[-1])


def _row(head: FileHead, context: Context, line: Line, stated: Line | None, *, is_last: bool) -> dict[str, Any]:
    handin = line.figure
    release = context.releases.get(stated.edition, {}) if stated else {}
    return {
        "body_code": handin["body"],
        **named("body_name", context.bodies.get(handin["body"], {})),
        "indicator_code": handin["indicator"],
        **named("indicator_name", context.indicators.get(handin["indicator"], {})),
        "period": handin["period"],
        "round": handin["round"],
        "number": handin["number"],
        "handed_in_at": context.when(line.edition),
        "late": handin["late"],
        **_opened(stated, SUPERSEDED if not is_last else WAITING),
        "published_edition": stated.edition if stated else None,
        "published_at": context.when(stated.edition) if stated else None,
        "release": release.get("slug"),
        "commitment": handin["commitment"],
        "handin_edition": line.edition,
        "licence": plain(release.get("licence")) or OWN_LICENCE,
        "edition": head.edition,
    }


def _opened(stated: Line | None, unpublished: str) -> dict[str, Any]:
    """What the figure that was published opens of the hand-in."""
    opening: Statement = stated.figure["handin"] if stated else {"salt": None, "said": None}
    said: Statement | None = opening["said"]
    state = unpublished if stated is None else CLOSED if said is None else OPENED
    changed = None
    if stated is not None and said is not None:
        changed = " ".join(name for name in _VALUES if not same(said.get(name), stated.figure[name])) or None
    return {
        "state": state,
        **{name: said.get(name) if said else None for name in _VALUES},
        "changed": changed,
        "salt": opening["salt"],
        "said": canonical(said).decode() if said else None,
    }
