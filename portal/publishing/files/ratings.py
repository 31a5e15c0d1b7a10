"""ratings and ratinggroups: what the marks of each service came to, month by month, whole and part by part.

A summary of fewer marks than the published threshold is suppressed: it has a row, and no number in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.foundation.clock import months_after
from portal.publishing import satisfied
from portal.publishing.files.tables import Row, named
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Lines
from portal.publishing.readings import digits

LEVELS = {
    "5": "very_satisfied",
    "4": "satisfied",
    "3": "fairly_satisfied",
    "2": "dissatisfied",
    "1": "very_dissatisfied",
}
_PARTS = ("share", "low", "high")


def rows(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    for service_code, period in sorted(context.ratings):
        said = context.ratings[service_code, period]
        rating = said.statement
        hidden = bool(rating["suppressed"])
        yield {
            **service_columns(context, rating, service_code),
            "period": period,
            "suppressed": hidden,
            "marks": None if hidden else satisfied.group_n(rating),
            **_levels({} if hidden else rating["levels"] or {}),
            **_beside(rating, hidden),
            **_change(context, service_code, period),
            "version_edition": said.edition,
            "licence": OWN_LICENCE,
            "edition": head.edition,
        }


def groups(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    """Each body as far as its services can be added up, then each service part by part."""
    for body, period in sorted(context.rated_bodies):
        said = context.rated_bodies[body, period]
        about = _entry("body", body, context.bodies.get(body, {}), body) | {"period": period}
        about["covers"] = said.statement["covers"]
        yield _group_row(about, "all", "all", said.statement, said.edition, head)
    for service, period in sorted(context.ratings):
        said = context.ratings[service, period]
        known = context.services.get(service, {})
        about = _entry("service", service, known, said.statement["body"]) | {"period": period, "covers": None}
        for way, parts in sorted(satisfied.ways(said.statement).items()):
            for part in sorted(parts):
                yield _group_row(about, way, part, parts[part], said.edition, head)


def _entry(kind: str, code: str, known: Mapping[str, Any], body: str) -> dict[str, Any]:
    return {"entry": kind, "code": code, **named("name", known), "body_code": body}


def _group_row(about: Row, way: str, part: str, group: Any, edition: int, head: FileHead) -> Row:
    n = satisfied.group_n(group)
    return {
        **about,
        "split_by": way,
        "part": part,
        "suppressed": n is None,
        "marks": n,
        **_levels({} if n is None else group["levels"]),
        "version_edition": edition,
        "licence": OWN_LICENCE,
        "edition": head.edition,
    }


def service_columns(context: Context, rating: Mapping[str, Any], service: str) -> dict[str, Any]:
    """The columns that say which service it is about, and of which body."""
    served = context.services.get(service, {})
    about = {"service_code": service, **named("service_name", served)}
    return {**body_columns(context, rating["body"]), **about}


def body_columns(context: Context, body: str) -> dict[str, Any]:
    """The columns that say which body it is about."""
    return {"body_code": body, **named("body_name", context.bodies.get(body, {}))}


def _levels(levels: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{name}_{part}": levels.get(level, {}).get(part) for level, name in LEVELS.items() for part in _PARTS}


def _beside(rating: Mapping[str, Any], hidden: bool) -> dict[str, Any]:
    """The threshold, the marks with a code, and what there was to rate."""
    served = rating.get("served") or {}
    transactions = None if served.get("transactions") is None else int(served["transactions"])
    n = None if hidden else satisfied.group_n(rating)
    coded = satisfied.group_n((rating.get("by") or {}).get("code", {}).get("with"))
    return {
        "threshold": rating.get("threshold"),
        "with_code_marks": coded,
        "with_code_share": digits(satisfied.rate(coded, n)),
        "transactions": transactions,
        "receipts": None if served.get("receipts") is None else int(served["receipts"]),
        "active_rate": digits(satisfied.rate(n, transactions)),
    }


def _change(context: Context, service: str, period: str) -> dict[str, str | None]:
    """How many were satisfied, and how that differs from the month before."""
    now = _satisfied(context, service, period)
    before = _satisfied(context, service, months_after(period, -1)) if now else None
    moved = satisfied.shift(now, before) if now and before else None
    return {
        "all_satisfied_share": digits(now.share) if now else None,
        "all_satisfied_low": digits(now.low) if now else None,
        "all_satisfied_high": digits(now.high) if now else None,
        "change": digits(moved.value) if moved else None,
        "change_low": digits(moved.low) if moved else None,
        "change_high": digits(moved.high) if moved else None,
    }


def _satisfied(context: Context, service: str, period: str) -> satisfied.Satisfied | None:
    said = context.ratings.get((service, period))
    if said is None or said.statement["suppressed"]:
        return None
    return satisfied.group_satisfied(said.statement)
