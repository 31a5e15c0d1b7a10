"""From accepted values to a release: a draft like that of an import, prepared and published by two people.

Each figure carries when its body handed it in and what opens the commitment of that act; a suppressed value
stays closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.collecting import Value, ValueState
from portal.publishing.errors import Overtaken, ReleaseTaken, RoundRefused
from portal.publishing.models import Act, CollectedValue, HandedValue, ReleaseDraft
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import accepted_values, get_round
from portal.publishing.services.acts import propose_act
from portal.publishing.services.announcing import unpublished_register
from portal.publishing.services.imports import ReleaseFacts, connect_all
from portal.publishing.services.marked import require_none_marked
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import Standing, figures_standing, newest_edition, statements_standing
from portal.publishing.statements import figure_statement
from portal.publishing.values import ActKind, Cause, FigureKey, ObsStatus, ReleaseState, Statement


def draft_collected(session: Session, *, slug: str, facts: ReleaseFacts, actor: Actor, now: datetime) -> str:
    """Draft a release of every accepted value of a round that none holds yet; returns its code.

    Raises Forbidden, NoSuchRound, ReleaseTaken, RoundRefused when nothing is accepted, and Overtaken when a
    figure was published for good meanwhile or a hand-in has no edition yet, and MarkGuarded where one is marked.
    """
    actor.require(PublishingPermission.PREPARE)
    round_ = get_round(session, slug)
    if session.get(ReleaseDraft, facts.slug) is not None or statements_standing(session, "release", [facts.slug]):
        raise ReleaseTaken(message(N_("There is already a release with the code {slug}."), slug=facts.slug))
    values = accepted_values(session, slug)
    if not values:
        raise RoundRefused(N_("No accepted value waits for a release."))
    bodies = sorted({value.key.body for value in values})
    standing = figures_standing(session, bodies)
    _require_open(values, standing)
    require_none_marked(session, (value.key for value in values))
    handed = _handed(session, slug)
    register = list(
        unpublished_register(session, bodies=bodies, indicators={value.key.indicator for value in values})
    )
    figures = [_figure(session, value, handed, standing.get(value.key)) for value in values]
    act_id = propose_act(
        session,
        kind=ActKind.RELEASE,
        statements=_statements(facts, round_.period, register, figures),
        proposed_by=actor.person_id,
        approved_by=None,
        now=now,
        ready=False,
    )
    added = sum(value.key not in standing for value in values)
    session.add(
        ReleaseDraft(
            slug=facts.slug,
            act_id=act_id,
            names=dict(facts.names),
            source=facts.source,
            licence=facts.licence,
            period=round_.period,
            bodies=bodies,
            counts={
                "rows": len(values),
                "added": added,
                "completed": len(values) - added,
                "unchanged": 0,
                "register": len(register),
                "new_in_register": 0,
                "names_kept": 0,
            },
            base_edition=newest_edition(session),
            state=ReleaseState.DRAFT,
            drafted_by=actor.person_id,
            drafted_at=now,
            proposal_id=None,
        )
    )
    session.flush()
    _hold(session, slug, facts.slug)
    connect_all(session, bodies, actor, ConnectionKind.ENTERED, now)
    details = {"act": act_id, "round": slug}
    record(session, actor=actor, act="publishing.draft", subject=f"release:{facts.slug}", details=details, now=now)
    return facts.slug


def let_go(session: Session, *, release: str) -> None:
    """The draft is discarded: its values are accepted and free again."""
    session.execute(update(CollectedValue).where(CollectedValue.release == release).values(release=None))


def mark_released(session: Session, *, release: str) -> None:
    """The release is on its way: its values are done."""
    session.execute(
        update(CollectedValue).where(CollectedValue.release == release).values(state=ValueState.RELEASED)
    )


def _hold(session: Session, slug: str, release: str) -> None:
    session.execute(
        update(CollectedValue)
        .where(
            CollectedValue.round == slug,
            CollectedValue.state == ValueState.ACCEPTED,
            CollectedValue.release.is_(None),
        )
        .values(release=release)
    )


def _require_open(values: Sequence[Value], standing: Mapping[FigureKey, Standing]) -> None:
    for value in values:
        found = standing.get(value.key)
        if found is None or (
            found.edition is not None and (found.actual is None or found.obs_status == ObsStatus.PROVISIONAL)
        ):
            continue
        raise Overtaken(
            message(
                N_("{figure} was published meanwhile. Return the value, or correct the figure."),
                figure=str(value.key),
            )
        )


def _handed(session: Session, slug: str) -> dict[tuple[str, str, int], tuple[HandedValue, int | None]]:
    query = (
        select(HandedValue, Act.edition).join(Act, Act.id == HandedValue.act_id).where(HandedValue.round == slug)
    )
    return {(row.body, row.indicator, row.number): (row, edition) for row, edition in session.execute(query)}


def _figure(
    session: Session,
    value: Value,
    handed: Mapping[tuple[str, str, int], tuple[HandedValue, int | None]],
    standing: Standing | None,
) -> Statement:
    row, edition = handed[value.key.body, value.key.indicator, value.handed]
    if edition is None:
        raise Overtaken(N_("A hand-in is being entered in the log this very moment. Try again in a second."))
    said = value.to_publish
    suppressed = said.obs_status == ObsStatus.SUPPRESSED
    note: str | None
    if value.settled is not None and value.settled.note:
        note = salt_text(session, value.settled.note)
    else:
        note = row.said["note"]["digest"] if row.said["note"] else None
    numbers = said.numbers | (dict.fromkeys(("actual", "numerator", "denominator")) if suppressed else {})
    opening = (
        {"edition": edition, "salt": None, "said": None}
        if suppressed
        else {"edition": edition, "salt": row.salt.hex(), "said": row.said}
    )
    return figure_statement(
        value.key,
        numbers,
        obs_status=said.obs_status or ObsStatus.NORMAL.value,
        note_digest=note,
        cause=Cause.SCHEDULED,
        replaces=standing.edition if standing else None,
        handin=opening,
    )


def _statements(
    facts: ReleaseFacts, period: str, register: Sequence[Statement], figures: Sequence[Statement]
) -> Iterator[Statement]:
    yield from register
    yield {
        "t": "release",
        "slug": facts.slug,
        "names": dict(facts.names),
        "source": facts.source,
        "licence": facts.licence,
        "period": period,
    }
    yield from figures
