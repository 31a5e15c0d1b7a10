"""What `figures import` says: sentences for a person, or one JSON document for a program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from portal.foundation.faults import ImportRefused
from portal.foundation.i18n import Message
from portal.publishing.errors import NotSettled
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.concerns import KIND_WORDS, Concerns
from portal.publishing.imports.preview import Change, ChangeKind
from portal.publishing.imports.review import Review
from portal.publishing.services.imports import ImportPlan

MOST_CHANGES = 50
MOST_CONCERNS = 5
OPTIONS = {"cause": "--cause", "absent": "--absent", "reason": "--reason"}


def report(file: str, checked: Checked, planned: ImportPlan, *, dry_run: bool) -> list[str]:
    """What the import found and did, a sentence a line."""
    counts = planned.counts
    lines = [
        f"{file}: {counts['rows']} rows with {len(checked.figures)} figures of {len(checked.bodies)} bodies"
        f" and {len(checked.indicators)} indicators.",
        f"{counts['added']} figures are new, {counts['completed']} complete or replace a provisional one,"
        f" {counts['unchanged']} are published already.",
        f"{counts['register']} entries of the register are new or changed.",
    ]
    if counts["corrected"]:
        lines.append(f"{counts['corrected']} published figures change: corrections.")
    if counts["absent"]:
        what = "are marked as no longer supplied" if counts["withdrawn"] else "stay as they are"
        lines.append(f"{counts['absent']} published figures of this source are not in the file: they {what}.")
    lines += [f"{count} rows were given “{text}”." for text, count in sorted(checked.defaulted.items())]
    if counts["names_kept"]:
        lines.append(f"{counts['names_kept']} names differ from the register, which was left as it is.")
    slug = planned.facts.slug
    if planned.is_empty:
        lines.append("There is nothing to publish, so no draft was made.")
    elif dry_run:
        lines.append(f"Dry run: nothing was changed. The draft would be {slug}.")
    else:
        lines.append(f"Draft {slug} is staged. One person puts it forward at the desk, another publishes it.")
    return lines


def changes_told(changes: Iterable[Change]) -> Iterator[str]:
    """What was published and would read differently, or is not in the file: each figure on a line."""
    told = 0
    for change in changes:
        if change.kind not in (ChangeKind.COMPLETED, ChangeKind.CORRECTED, ChangeKind.REMOVED):
            continue
        told += 1
        if told > MOST_CHANGES:
            continue
        place = f" (row {change.row})" if change.row else ""
        values = ", ".join(f"{name} {_shown(old)} → {_shown(new)}" for name, old, new in change.values)
        yield f"  {change.kind}: {change.key}{place}" + (f": {values}" if change.row else "")
    if told > MOST_CHANGES:
        yield f"  … and {told - MOST_CHANGES} more; --json tells them all."


def concerns_told(concerns: Concerns, left_out: int) -> Iterator[str]:
    """What looks odd, by kind, the first few with their places."""
    if left_out:
        yield f"{left_out} rows were left out, as the mapping says."
    by_kind: dict[str, int] = {}
    for concern in concerns.in_order():
        kind = concern.kind
        by_kind[kind] = by_kind.get(kind, 0) + 1
        if by_kind[kind] == 1:
            yield f"{KIND_WORDS[kind]}: {concerns.totals[kind]}"
        if by_kind[kind] <= MOST_CONCERNS:
            place = f"row {concern.row}, column {concern.column}: " if concern.row else ""
            yield f"  {place}{concern.says}"


def open_points(error: NotSettled) -> str:
    """What is not decided yet, and which option decides it."""
    points = (f"{message} ({OPTIONS.get(field, field)})" for field, message in error.fields.items())
    return "\n".join([f"nothing was imported. {error}", *points])


def as_json(planned: ImportPlan, review: Review, changes: Iterable[Change], *, staged: bool) -> str:
    """Everything as one document; unchanged figures are counted only."""
    listed = [change.as_json() for change in changes if change.kind is not ChangeKind.UNCHANGED]
    document: dict[str, Any] = {
        "release": planned.facts.slug,
        "staged": staged,
        "against_edition": planned.base_edition,
        "counts": dict(planned.counts),
        "changes": listed,
        "concern_totals": {kind.value: n for kind, n in review.concerns.totals.items()},
        "concerns": [
            {"kind": one.kind, "row": one.row, "column": one.column, "found": one.found, "says": str(one.says)}
            for one in review.concerns.in_order()
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def refusal_as_json(refusal: ImportRefused) -> str:
    """The faults of a refused file."""
    faults = [
        {"row": one.row, "column": one.column, "expected": str(one.expected), "found": one.found}
        for one in refusal.every
    ]
    return json.dumps({"staged": False, "refused": refusal.total, "faults": faults}, ensure_ascii=False, indent=1)


def _shown(value: str | Message | None) -> str:
    return "–" if value is None else str(value)
