"""Importing figures: a checked file becomes a draft of a release, whole or not at all.

`plan_import` only reads. `stage_import` writes the draft in the caller's transaction (an upload at the
desk); `stage_big_import` writes it in short ones, so that a command never keeps other writers waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.services import connect_to_all
from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.db import Database
from portal.foundation.i18n import N_, Names, message
from portal.foundation.tables import ImportRefused
from portal.foundation.turns import Turns
from portal.publishing.changes import COMPARABILITY, between, may_be_said_again
from portal.publishing.errors import ReleaseTaken
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.decisions import NONE, Decisions
from portal.publishing.imports.plan import Plan, Register, make_plan
from portal.publishing.imports.unchanged import bodies_waiting, take_over
from portal.publishing.models import ReleaseDraft, SaltedText
from portal.publishing.services.absent import settle_absent
from portal.publishing.services.acts import discard_staged, propose_batches, stage_batches
from portal.publishing.services.batches import Batch, batches
from portal.publishing.services.figure_batches import figure_batches
from portal.publishing.services.marked import require_unmarked
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import figures_standing, newest_edition, statements_standing
from portal.publishing.statements import (
    body_statement,
    indicator_statement,
    service_statement,
)
from portal.publishing.values import ActKind, ReleaseState, Statement
from portal.registry import queries as registry
from portal.registry import services as register
from portal.registry.values import Body, Period


@dataclass(frozen=True)
class ReleaseFacts:
    """What a release says about itself. `period` is one period, or the first and last joined by "/"."""

    slug: str
    names: Names
    source: str
    licence: str


Keep = Callable[[Session], object]


@dataclass(frozen=True)
class ImportPlan:
    """An import held against the state of `base_edition`: the plan, and the register to publish with it."""

    facts: ReleaseFacts
    plan: Plan
    register: tuple[Statement, ...]
    bodies: tuple[str, ...]
    base_edition: int
    period: str
    counts: Mapping[str, int]
    before: Register = field(repr=False)
    absent_bodies: tuple[str, ...] = ()
    decisions: Decisions = NONE

    @property
    def is_empty(self) -> bool:
        return not self.plan.additions and not self.register


def plan_import(
    session: Session, checked: Checked, facts: ReleaseFacts, decisions: Decisions = NONE
) -> ImportPlan:
    """What importing the file would do now, as decided. Raises ImportRefused, or ReleaseTaken for its code."""
    if session.get(ReleaseDraft, facts.slug) is not None or statements_standing(session, "release", [facts.slug]):
        raise ReleaseTaken(message(N_("There is already a release with the code {slug}."), slug=facts.slug))
    before = Register(
        bodies={body.code: body for body in registry.list_bodies(session)},
        services={service.code: service for service in registry.list_services(session)},
        indicators={indicator.code: indicator for indicator in registry.list_indicators(session)},
    )
    standing = partial(figures_standing, session)
    take_over(checked, standing(bodies_waiting(checked)))
    plan = make_plan(checked, before, standing, cause=decisions.cause)
    absent_bodies = settle_absent(session, checked, facts.source, plan, decisions)
    require_unmarked(session, plan, checked)
    _require_known_meaning(session, checked)
    statements = tuple(_register_statements(session, before, plan, checked))
    bodies = sorted({addition.figure.key.body for addition in plan.additions} or checked.bodies)
    return ImportPlan(
        facts=facts,
        plan=plan,
        register=statements,
        bodies=tuple(bodies),
        base_edition=newest_edition(session),
        period=_span(key.period for key in checked.figures),
        counts={
            "rows": checked.rows,
            "added": plan.added,
            "completed": plan.completed,
            "unchanged": plan.unchanged,
            "register": len(statements),
            "new_in_register": len(plan.bodies) + len(plan.services) + len(plan.indicators),
            "names_kept": plan.names_kept,
            "corrected": plan.corrected,
            "withdrawn": plan.withdrawn,
            "absent": len(plan.absent),
        },
        before=before,
        absent_bodies=absent_bodies,
        decisions=decisions,
    )


def stage_import(
    session: Session, planned: ImportPlan, *, actor: Actor, now: datetime, keep: Keep = lambda _: None
) -> str:
    """Write the draft in the caller's transaction; returns the slug. Raises RegisterRefused.

    `keep` writes what belongs beside the draft, in the same transaction.
    """
    notes = _salt_notes(session, planned)
    act_id = propose_batches(
        session,
        kind=ActKind.RELEASE,
        batches=_batches(planned, notes),
        proposed_by=actor.person_id,
        approved_by=None,
        now=now,
        ready=False,
    )
    plan = planned.plan
    register.take_in(
        session, bodies=plan.bodies, services=plan.services, indicators=plan.indicators, actor=actor, now=now
    )
    _enter_draft(session, planned, act_id, actor, now)
    keep(session)
    return planned.facts.slug


def stage_big_import(
    database: Database,
    planned: ImportPlan,
    *,
    actor: Actor,
    now: datetime,
    progress: Callable[[int], object] = lambda _count: None,
    keep: Keep = lambda _: None,
) -> str:
    """The same in short transactions; when one fails, what the earlier ones wrote is removed again.

    Only entries of the register stay, as they do when a draft is discarded.
    """
    with database.write() as session:
        notes = _salt_notes(session, planned)
    try:
        act_id = stage_batches(
            database,
            kind=ActKind.RELEASE,
            batches=_batches(planned, notes),
            proposed_by=actor.person_id,
            now=now,
            progress=progress,
        )
        try:
            turns = Turns(database, least=50, first=100, most=2000)
            for part in _register_parts(planned.plan, turns):
                with turns.write() as session:
                    register.take_in(session, **part, actor=actor, now=now)
            with database.write() as session:
                _enter_draft(session, planned, act_id, actor, now)
                keep(session)
        except BaseException:
            discard_staged(database, act_id=act_id)
            raise
    except BaseException:
        with database.write() as session:
            session.execute(delete(SaltedText).where(SaltedText.digest.in_(notes.values())))
        raise
    return planned.facts.slug


def _register_parts(plan: Plan, turns: Turns) -> Iterator[dict[str, Sequence[Any]]]:
    """What is new in the register, some at a time: bodies before their services, and these before indicators."""
    groups: tuple[tuple[str, Sequence[Any]], ...] = (
        ("bodies", plan.bodies),
        ("services", plan.services),
        ("indicators", plan.indicators),
    )
    for name, entries in groups:
        rest = iter(entries)
        while part := tuple(islice(rest, turns.at_once)):
            yield {name: part}


def _enter_draft(session: Session, planned: ImportPlan, act_id: str, actor: Actor, now: datetime) -> None:
    """Keep the draft, with its audit row and connections."""
    facts = planned.facts
    session.add(
        ReleaseDraft(
            slug=facts.slug,
            act_id=act_id,
            names=dict(facts.names),
            source=facts.source,
            licence=facts.licence,
            period=planned.period,
            bodies=list(planned.bodies),
            counts=dict(planned.counts),
            base_edition=planned.base_edition,
            state=ReleaseState.DRAFT,
            drafted_by=actor.person_id,
            drafted_at=now,
            proposal_id=None,
        )
    )
    session.flush()
    connect_all(session, planned.bodies, actor, ConnectionKind.ENTERED, now)
    subject = f"release:{facts.slug}"
    record(session, actor=actor, act="publishing.draft", subject=subject, details={"act": act_id}, now=now)


def connect_all(
    session: Session, bodies: Iterable[str], actor: Actor, kind: ConnectionKind, now: datetime
) -> None:
    """Tie a person who handled figures to the bodies they are about; the portal itself has no ties."""
    if actor == Actor.system():
        return
    connect_to_all(session, person_id=actor.person_id, body_codes=bodies, kind=kind, now=now)


def _salt_notes(session: Session, planned: ImportPlan) -> dict[str, str]:
    """Each different note once, by its text."""
    notes = {addition.figure.note for addition in planned.plan.additions}
    return {note: salt_text(session, note) for note in sorted(note for note in notes if note)}


def _batches(planned: ImportPlan, notes: Mapping[str, str]) -> Iterator[Batch]:
    """The register first, then the release, then its figures."""
    facts = planned.facts
    release: Statement = {
        "t": "release",
        "slug": facts.slug,
        "names": dict(facts.names),
        "source": facts.source,
        "licence": facts.licence,
        "period": planned.period,
    }
    yield from batches([*planned.register, release])
    yield from figure_batches(planned.plan.additions, notes)


def _register_statements(session: Session, before: Register, plan: Plan, checked: Checked) -> Iterator[Statement]:
    """What the register says about the file's bodies and is not published yet, or differently."""
    bodies = {**before.bodies, **{body.code: body for body in plan.bodies}}
    services = {**before.services, **{service.code: service for service in plan.services}}
    indicators = {**before.indicators, **{indicator.code: indicator for indicator in plan.indicators}}
    concerned = _with_parents(checked.bodies, bodies)
    own = set(checked.bodies)
    entries: list[tuple[str, Mapping[str, Statement]]] = [
        ("body", {code: body_statement(bodies[code]) for code in concerned}),
        ("service", {c: service_statement(s) for c, s in services.items() if s.body_code in own}),
        (
            "indicator",
            {
                code: indicator_statement(indicator)
                for code, indicator in indicators.items()
                if code in checked.indicators or indicator.body_code in own
            },
        ),
    ]
    for kind, statements in entries:
        published = statements_standing(session, kind, statements)
        for code in sorted(statements):
            if may_be_said_again(published.get(code), statements[code]):
                yield statements[code]


def _require_known_meaning(session: Session, checked: Checked) -> None:
    """Figures of an indicator whose changed meaning is not published yet would be read in the old one.

    Raises ImportRefused naming the indicators.
    """
    claims = checked.indicators
    published = statements_standing(session, "indicator", claims)
    faults = []
    for code, before in sorted(published.items()):
        changed = between(before, indicator_statement(registry.get_indicator(session, code)))
        if any(one.what in COMPARABILITY for one in changed):
            expected = message(
                N_("an indicator whose changed definition or unit is published; publish that change first")
            )
            faults.append(claims[code].line.fault("indicator_code", expected))
    if faults:
        raise ImportRefused(faults)


def _with_parents(codes: Iterable[str], bodies: Mapping[str, Body]) -> set[str]:
    found: set[str] = set()
    for code in codes:
        above: str | None = code
        while above is not None and above not in found:
            found.add(above)
            above = bodies[above].parent_code
    return found


def _span(texts: Iterable[str]) -> str:
    """The periods as one: the only one, or the first and last joined by a slash as in ISO 8601."""
    periods = sorted({Period.parse(text) for text in set(texts)}, key=lambda period: period.sort_key)
    if not periods:
        return ""
    return str(periods[0]) if len(periods) == 1 else f"{periods[0]}/{periods[-1]}"
