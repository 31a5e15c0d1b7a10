"""Ratings as JSON and as cells of a table: the same for pages and, in the same words, in the data files."""

from typing import Any

from portal.publishing.readings import (
    Answers,
    BodyAnswers,
    BodyRatings,
    LevelShare,
    RatedPart,
    RatingReply,
    RatingSummary,
    digits,
)

PART_COLUMNS = ("split_by", "part")


def summary_json(summary: RatingSummary) -> dict[str, Any]:
    return {
        "period": summary.period,
        "suppressed": summary.suppressed,
        "n": summary.n,
        "levels": _levels(summary.shares),
        "by": {way: {part.name: part_json(part) for part in parts} for way, parts in summary.by.items()},
        "threshold": summary.threshold,
        "transactions": summary.transactions,
        "receipts": summary.receipts,
        "set_aside": dict(summary.set_aside),
        "active_rate": digits(summary.active_rate),
        "with_code_share": digits(summary.coded_rate),
        "edition": summary.edition,
    }


def body_ratings_json(one: BodyRatings) -> dict[str, Any]:
    """`n` is null and there are no levels where no service of the body has enough ratings."""
    covers = "all" if one.covers_all else "shown"
    levels = _levels(one.whole.shares)
    aside = {"findings": one.findings, "ratings": one.set_aside}
    return {
        "period": one.period,
        "covers": covers,
        "n": one.whole.n,
        "levels": levels,
        "set_aside": aside,
        "edition": one.edition,
    }


def body_answers_json(one: BodyAnswers) -> dict[str, Any]:
    return {"covers": "all" if one.covers_all else "shown", **answers_json(one)}


def answers_json(one: Answers | BodyAnswers) -> dict[str, Any]:
    return {
        "period": one.period,
        "as_of": one.as_of.isoformat(),
        "asked": one.asked,
        "came": dict(one.came),
        "ended": dict(one.ended),
        "edition": one.edition,
    }


def reply_json(one: RatingReply) -> dict[str, Any]:
    """Every version of a reply has its number; the highest of a period stands."""
    words = {"text": one.text.text, "withdrawn_in": one.text.withdrawn_in}
    return {"period": one.period, "version": one.version, **words, "edition": one.edition}


def part_json(part: RatedPart) -> dict[str, Any] | None:
    """None for a hidden part."""
    return None if part.n is None else {"n": part.n, "levels": _levels(part.shares)}


def part_cells(summary: RatingSummary) -> list[tuple[Any, ...]]:
    """One row for each level of each part, and for a hidden part one row without numbers."""
    start = (summary.service, summary.body, summary.period)
    return [
        (*start, part.n is None, part.n, *level, way, part.name)
        for way, parts in summary.by.items()
        for part in parts
        for level in [(share.level.value, *_numbers(share)) for share in part.shares] or [(None,) * 4]
    ]


def _levels(shares: tuple[LevelShare, ...]) -> dict[str, dict[str, str | None]]:
    return {one.level.value: dict(zip(("share", "low", "high"), _numbers(one), strict=True)) for one in shares}


def _numbers(share: LevelShare) -> tuple[str | None, ...]:
    return tuple(digits(value) for value in (share.share, share.low, share.high))
