"""The release calendar as an edition knew it, and as the desk keeps it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.queries import name_of
from portal.foundation.reads import Read, as_list, one_of
from portal.publishing.calendar import (
    CalendarChange,
    CalendarState,
    EarlyAccessList,
    Plan,
    PlannedRelease,
    Reader,
    When,
)
from portal.publishing.models import Act, EarlyReader, PreviewView, ReleasePlan, SaltedText, StatementRow
from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.visible import Said, every, newest_of
from portal.publishing.values import Text


def planned_releases(session: Session, *, edition: int) -> tuple[PlannedRelease, ...]:
    """Every release the calendar ever had, by date; of the same date by code."""
    return _planned(session, every(session, "calendar", edition), edition)


def upcoming_releases(session: Session, *, edition: int) -> tuple[PlannedRelease, ...]:
    """What is still to come, the earliest first."""
    open_states = (CalendarState.PROVISIONAL, CalendarState.CONFIRMED)
    return tuple(one for one in planned_releases(session, edition=edition) if one.state in open_states)


def find_planned(session: Session, slug: str, *, edition: int) -> PlannedRelease | None:
    """The release as the calendar announces it; None when the calendar never had it."""
    return next((one for one in planned_releases(session, edition=edition) if one.slug == slug), None)


def early_access_of(session: Session, slug: str, *, edition: int) -> EarlyAccessList | None:
    """Who sees, or saw, the release early; None when nobody ever was to."""
    found = newest_of(session, "access", slug, edition)
    if found is None:
        return None
    listed = found.content["list"]
    digests = [one[part]["digest"] for one in listed for part in ("office", "reason")]
    texts = texts_cited(session, digests, edition=edition)

    def text(cited: dict[str, str]) -> Text:
        return texts.get(cited["digest"], Text(cited["digest"], None, None))

    readers = tuple((text(one["office"]), text(one["reason"])) for one in listed)
    return EarlyAccessList(found.content["hours"], readers, found.content["views"], found.edition)


def find_plan(session: Session, slug: str) -> Plan | None:
    """A release as the desk keeps it. Not public."""
    row = session.get(ReleasePlan, slug)
    return None if row is None else _plan(row)


def list_plans(session: Session) -> tuple[Plan, ...]:
    """Every release of the calendar as the desk keeps it, by date. Not public."""
    plans = (_plan(row) for row in session.scalars(select(ReleasePlan)))
    return tuple(sorted(plans, key=lambda plan: (plan.when.text, plan.slug)))


def early_readers(session: Session, slug: str) -> tuple[str, ...]:
    """Ids of the people who may see the release early. Not public."""
    return tuple(session.scalars(select(EarlyReader.person_id).where(EarlyReader.slug == slug)))


def early_readers_of(session: Session, slug: str) -> tuple[Reader, ...]:
    """The list in force, with the words as published (empty where they were withdrawn). Not public."""
    office, reason = aliased(SaltedText), aliased(SaltedText)
    rows = session.execute(
        select(EarlyReader.person_id, office.text, reason.text)
        .join(office, office.digest == EarlyReader.office_digest)
        .join(reason, reason.digest == EarlyReader.reason_digest)
        .where(EarlyReader.slug == slug)
        .order_by(EarlyReader.id)
    )
    return tuple(Reader(person, in_office or "", why or "") for person, in_office, why in rows)


def views_of(session: Session, slug: str) -> tuple[tuple[datetime, str], ...]:
    """Every look at a release before its time, with who looked. Not public."""
    rows = session.execute(
        select(PreviewView.at, PreviewView.person_id).where(PreviewView.slug == slug).order_by(PreviewView.at)
    )
    return tuple((at, name_of(session, person)) for at, person in rows)


def previews_for(session: Session, person_id: str) -> tuple[Plan, ...]:
    """The confirmed releases that this person may see early."""
    rows = session.scalars(
        select(ReleasePlan)
        .join(EarlyReader, EarlyReader.slug == ReleasePlan.slug)
        .where(EarlyReader.person_id == person_id, ReleasePlan.state == CalendarState.CONFIRMED)
        .order_by(ReleasePlan.at)
    )
    return tuple(_plan(row) for row in rows)


def _plan(row: ReleasePlan) -> Plan:
    return Plan(
        slug=row.slug,
        names=row.names,
        period=row.period,
        holds=row.holds,
        contact=row.contact,
        state=CalendarState(row.state),
        day=row.day,
        at=row.at,
        follows=row.follows,
    )


def _planned(session: Session, found: Iterable[Said], edition: int) -> tuple[PlannedRelease, ...]:
    histories: dict[str, list[Said]] = defaultdict(list)
    for one in found:
        histories[one.key].insert(0, one)
    digests = [
        reason["digest"] for told in histories.values() for one in told if (reason := one.content["reason"])
    ]
    texts = texts_cited(session, digests, edition=edition)
    followed = {told[-1].content["follows"]: slug for slug, told in histories.items()}
    published = _published(session, histories, edition)
    planned = [_one(told, texts, published.get(slug), followed.get(slug)) for slug, told in histories.items()]
    return tuple(sorted(planned, key=lambda one: (one.when.text, one.slug)))


def _one(
    told: list[Said], texts: dict[str, Text], published: Said | None, followed_by: str | None
) -> PlannedRelease:
    newest = told[-1].content
    return PlannedRelease(
        slug=newest["slug"],
        names=newest["names"],
        period=newest["period"],
        holds=newest["holds"],
        contact=newest["contact"],
        state=CalendarState.PUBLISHED if published else CalendarState(newest["state"]),
        when=When(newest["when"]),
        sequence=newest["sequence"],
        follows=newest["follows"],
        history=tuple(
            CalendarChange(
                CalendarState(one.content["state"]),
                When(one.content["when"]),
                texts.get((one.content["reason"] or {}).get("digest", "")),
                one.edition,
                one.at,
                missed=one.content.get("missed", False),
            )
            for one in told
        ),
        published_at=published.at if published else None,
        published_in=published.edition if published else None,
        followed_by=followed_by,
    )


def _published(session: Session, slugs: Iterable[str], edition: int) -> dict[str, Said]:
    """The acts that published these releases."""
    wanted = as_list(slugs)
    if wanted == as_list(()):
        return {}
    return {row[0]: Said(*row) for row in _PUBLISHED.rows(session, slugs=wanted, edition=edition)}


_PUBLISHED = Read(
    select(StatementRow.key, StatementRow.payload, Act.edition, Act.appended_at)
    .join(Act, Act.id == StatementRow.act_id)
    .where(
        StatementRow.kind == "release",
        one_of(StatementRow.key, "slugs"),
        Act.edition <= bindparam("edition"),
    )
    .order_by(Act.edition)
)
