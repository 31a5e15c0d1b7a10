"""What other rooms publish into the log: releases, rating summaries, evaluation results."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Text, bindparam, type_coerce
from sqlalchemy.orm import Session

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, message
from portal.foundation.reads import Read, as_list, one_of
from portal.publishing.models import Act, StatementRow
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.visible import Said, all_of, newest, said
from portal.publishing.readings import (
    BodyRatings,
    EvaluationResult,
    Level,
    LevelShare,
    RatedPart,
    RaterComment,
    RatingSummary,
    Release,
)
from portal.publishing.satisfied import group_n, ways
from portal.registry.values import Period


def releases(session: Session, *, edition: int, limit: int | None = None) -> tuple[Release, ...]:
    """Every release, the latest first."""
    rows = _RELEASES.rows(session, edition=edition, most=_NO_LIMIT if limit is None else limit)
    return tuple(_release(*row) for row in rows)


def releases_by_edition(
    session: Session, *, edition: int, among: Iterable[int] | None = None
) -> dict[int, Release]:
    """Every release under the edition that published it; with `among`, those that these editions published."""
    if among is None:
        return {one.edition: one for one in releases(session, edition=edition)}
    rows = _RELEASES_AMONG.rows(session, edition=edition, editions=as_list(among))
    return {one.edition: one for one in (_release(*row) for row in rows)}


def get_release(session: Session, slug: str, *, edition: int) -> Release:
    """The release of that name. Raises NotFound."""
    row = _RELEASE.first(session, slug=slug, edition=edition)
    if row is None:
        raise NotFound(message(N_("There is no release {slug}."), slug=slug))
    return _release(*row)


def find_release_in(session: Session, edition: int) -> Release | None:
    """The release that the act of this very edition published, or None when it was another kind of act."""
    return releases_by_edition(session, edition=edition, among=(edition,)).get(edition)


def rating_summaries(
    session: Session, *, edition: int, service: str | None = None, body: str | None = None
) -> tuple[RatingSummary, ...]:
    """The newest summary of each service and period, the latest period first."""
    only = () if body is None else (StatementRow.scope == body,)
    if service is not None:
        only = (*only, StatementRow.key.between(f"{service}/", f"{service}0"))  # "0" follows "/"
    found = [_rating(one) for one in newest(session, "rating", edition, *only)]
    found.sort(key=lambda summary: Period.parse(summary.period).sort_key, reverse=True)
    return tuple(found)


def body_ratings(session: Session, body: str, *, edition: int) -> tuple[BodyRatings, ...]:
    """What the services of a body came to together, the latest period first."""
    found = [_body_ratings(one) for one in newest(session, "rating-body", edition, StatementRow.scope == body)]
    return tuple(sorted(found, key=lambda one: one.period, reverse=True))


def rater_comments(session: Session, service: str, *, edition: int, limit: int = 20) -> tuple[RaterComment, ...]:
    """Approved comments on a service, the latest published first; of one act in an order that says nothing."""
    of_service = StatementRow.key.between(f"{service}/", f"{service}0")  # "0" follows "/"
    found = said(session, all_of("comment", edition).where(of_service).limit(limit))
    texts = texts_cited(session, (one.content["text"]["digest"] for one in found), edition=edition)
    return tuple(
        RaterComment(
            service=one.content["service"],
            period=one.content["period"],
            text=texts[one.content["text"]["digest"]],
            edition=one.edition,
            at=one.at,
        )
        for one in found
        if one.content["text"]["digest"] in texts
    )


def evaluations(session: Session, body: str, *, edition: int) -> tuple[EvaluationResult, ...]:
    """The newest result of each cycle of a body, the latest cycle first."""
    found = newest(session, "evaluation", edition, scope=body)
    return tuple(sorted((_evaluation(one) for one in found), key=lambda one: one.cycle, reverse=True))


def evaluations_of_all(
    session: Session, *, edition: int, cycle: str | None = None
) -> tuple[EvaluationResult, ...]:
    """The newest result of every body in every cycle, or in one, by cycle and body."""
    only = () if cycle is None else (StatementRow.key.between(f"{cycle}/", f"{cycle}0"),)  # "0" follows "/"
    found = [_evaluation(one) for one in newest(session, "evaluation", edition, *only)]
    return tuple(sorted(found, key=lambda one: (one.cycle, one.body)))


def evaluation_versions(session: Session, body: str, cycle: str, *, edition: int) -> tuple[EvaluationResult, ...]:
    """Every published result of one cycle, oldest first: what it was before a correction, and after."""
    query = all_of("evaluation", edition).where(StatementRow.key == f"{cycle}/{body}")
    return tuple(_evaluation(one) for one in reversed(said(session, query)))


@lru_cache(maxsize=1024)  # a statement says the same for ever, and every page of figures names its releases
def _release(said: str, edition: int, at: datetime, figures: int) -> Release:
    content = json.loads(said)
    return Release(
        slug=content["slug"],
        names=content["names"],
        source=content["source"],
        licence=content["licence"],
        period=content["period"],
        edition=edition,
        at=at,
        figures=figures,
    )


_NO_LIMIT = 2**31 - 1
_ALL_RELEASES = all_of("release", bindparam("edition")).with_only_columns(
    type_coerce(StatementRow.payload, Text), Act.edition, Act.appended_at, Act.figures
)
_RELEASES = Read(_ALL_RELEASES.limit(bindparam("most", type_=Integer)))
_RELEASES_AMONG = Read(_ALL_RELEASES.where(one_of(Act.edition, "editions")))
_RELEASE = Read(_ALL_RELEASES.where(StatementRow.key == bindparam("slug")).limit(1))


def _rating(one: Said) -> RatingSummary:
    content = one.content
    shown, served = not content["suppressed"], content.get("served") or {}
    return RatingSummary(
        service=content["service"],
        body=content["body"],
        period=content["period"],
        suppressed=content["suppressed"],
        n=_whole_number(content["n"]) if shown else None,
        shares=_shares(content["levels"]) if shown else (),
        edition=one.edition,
        at=one.at,
        by={
            way: tuple(_part(name, group) for name, group in sorted(parts.items()))
            for way, parts in ways(content).items()
        },
        threshold=content.get("threshold"),
        transactions=_whole_number(served.get("transactions")),
        receipts=_whole_number(served.get("receipts")),
        set_aside={rule: int(count) for rule, count in content.get("set_aside", {}).items()},
    )


def _body_ratings(one: Said) -> BodyRatings:
    content = one.content
    whole = _part("all", None if content["suppressed"] else content)
    aside = content.get("set_aside", {"findings": "0", "ratings": "0"})
    return BodyRatings(
        content["body"],
        content["period"],
        content["covers"] == "all",
        whole,
        one.edition,
        one.at,
        findings=int(aside["findings"]),
        set_aside=int(aside["ratings"]),
    )


def _part(name: str, group: Mapping[str, Any] | None) -> RatedPart:
    n = group_n(group)
    return RatedPart(name, n, _shares(group["levels"]) if group and n is not None else ())


def _shares(levels: Mapping[str, Mapping[str, str]] | None) -> tuple[LevelShare, ...]:
    known = levels or {}
    return tuple(
        LevelShare(level, *(Decimal(known[level.value][part]) for part in ("share", "low", "high")))
        for level in reversed(Level)
        if level.value in known
    )


def _whole_number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _evaluation(one: Said) -> EvaluationResult:
    content = one.content
    score = content["score"]
    return EvaluationResult(
        cycle=content["cycle"],
        body=content["body"],
        score=None if score is None else Decimal(score),
        parts=tuple(content["parts"]),
        edition=one.edition,
        at=one.at,
        content=content,
    )
