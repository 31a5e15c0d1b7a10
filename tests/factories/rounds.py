"""A round as the services run it: the office, a body with two people, and values on their way.

house = Collecting(portal)
house.open(); house.enter(); house.sign(); house.accept(); house.release()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.collecting import Entry, Value
from portal.publishing.queries import current_edition
from portal.publishing.queries.rounds import get_value
from portal.publishing.services import (
    append_waiting,
    checking,
    collected,
    prepare_release,
    publish_release,
    returns,
    rounds,
)
from portal.publishing.services.imports import ReleaseFacts
from portal.publishing.services.round_facts import RoundFacts
from portal.registry import services as registry
from portal.registry.values import Body, Direction, Indicator, Kind, Level
from tests.factories.accounts import Someone, person

T = TypeVar("T")
SYSTEM = Actor.system()
BODY, ROUND = "riverside", "riverside-2025"
DAYS, CHECKED = "review-days", "unsafe-checked"
JUMP = 50


def body(code: str = BODY, parent: str | None = None) -> Body:
    return Body(code, {"en": f"Body {code}", "zh_Hans": f"单位 {code}"}, parent, Level.CITY, invented=True)


def indicator(code: str, unit: str, direction: Direction = Direction.DOWN) -> Indicator:
    names = {"en": f"Indicator {code}", "zh_Hans": f"指标 {code}"}
    return Indicator(code, names, {}, {"en": unit}, direction, Kind.CONSTRAINED, None, None, None)


@dataclass
class Collecting:
    """The invented office and body, with every step of a round as a method."""

    portal: Portal
    officer: Someone = field(init=False)
    publisher: Someone = field(init=False)
    editor: Someone = field(init=False)
    signer: Someone = field(init=False)
    due_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.officer = person(self.portal, roles=["registrar"], name="Olga Officer")
        self.publisher = person(self.portal, roles=["publisher"], name="Paul Publisher")
        self.editor = person(self.portal, roles=["body-editor"], connected_to=[BODY], name="Ed Editor")
        self.signer = person(self.portal, roles=["body-signer"], connected_to=[BODY], name="Sia Signer")
        self.due_at = self.now + timedelta(days=30)
        self.write(self._register)

    @staticmethod
    def _register(session: Session, now: datetime) -> None:
        registry.upsert_body(session, body(), actor=SYSTEM, now=now)
        for one in (indicator(DAYS, "days"), indicator(CHECKED, "%", Direction.UP)):
            registry.upsert_indicator(session, one, actor=SYSTEM, now=now)

    @property
    def now(self) -> datetime:
        return self.portal.clock.now()

    def pass_days(self, days: int) -> None:
        clock = self.portal.clock
        assert isinstance(clock, FixedClock)
        clock.at += timedelta(days=days)

    def write(self, act: Callable[[Session, datetime], T]) -> T:
        with self.portal.database.write() as session:
            return act(session, self.now)

    def append(self) -> int:
        append_waiting(self.portal)
        with self.portal.database.read() as session:
            return current_edition(session).n

    def facts(self, **fields: Any) -> RoundFacts:
        names = {"en": "Figures of 2025", "zh_Hans": "2025 年数据"}
        made = RoundFacts(ROUND, names, "2025", self.due_at, [BODY], [DAYS, CHECKED], targets={(BODY, DAYS): "12"})
        return replace(made, **fields)

    def open(self, **fields: Any) -> int:
        facts, calendar = self.facts(**fields), WorkingDays()
        self.write(
            lambda session, now: rounds.open_round(
                session, facts, calendar=calendar, actor=self.officer.actor, now=now
            )
        )
        return self.append()

    def enter(self, by: Someone | None = None, **entries: Entry) -> None:
        """Entries by indicator, `review_days=Entry(…)`; both with plain values when none is given."""
        given = {code.replace("_", "-"): entry for code, entry in entries.items()}
        usual = {DAYS: Entry(actual="8.5"), CHECKED: Entry(target="90", actual="91.9")}
        actor = (by or self.editor).actor
        self.write(
            lambda session, now: returns.enter_values(
                session, slug=ROUND, body=BODY, entries=given or usual, actor=actor, now=now
            )
        )

    def forward(self, by: Someone | None = None) -> None:
        actor = (by or self.editor).actor
        self.write(
            lambda session, now: returns.put_forward(
                session, slug=ROUND, body=BODY, jump_percent=JUMP, actor=actor, now=now
            )
        )

    def countersign(self, by: Someone | None = None) -> None:
        actor = (by or self.signer).actor
        self.write(lambda session, now: returns.sign_return(session, slug=ROUND, body=BODY, actor=actor, now=now))

    def hand_in(self, **entries: Entry) -> int:
        """Enter, put forward and sign; returns the edition of the hand-in."""
        self.enter(None, **entries)
        self.forward()
        self.countersign()
        return self.append()

    def query(self, indicator: str = DAYS, text: str = "Are withdrawn requests counted?") -> None:
        self.write(
            lambda session, now: checking.query_value(
                session,
                slug=ROUND,
                body=BODY,
                indicator=indicator,
                text=text,
                actor=self.officer.actor,
                now=now,
            )
        )

    def accept(self, *indicators: str, by: Someone | None = None) -> None:
        wanted: Sequence[str] = indicators or (DAYS, CHECKED)
        actor = (by or self.officer).actor
        for code in wanted:
            self.write(
                lambda session, now, code=code: checking.accept_value(  # type: ignore[misc]
                    session, slug=ROUND, body=BODY, indicator=code, actor=actor, now=now
                )
            )

    def settle(self, indicator: str, entry: Entry, reason: str) -> None:
        self.write(
            lambda session, now: checking.settle_value(
                session,
                slug=ROUND,
                body=BODY,
                indicator=indicator,
                entry=entry,
                reason=reason,
                actor=self.officer.actor,
                now=now,
            )
        )

    def draft(self, release: str = "review-2025") -> str:
        facts = ReleaseFacts(release, {"en": "Figures of 2025"}, "Handed in by the bodies", "CC BY 4.0")
        return self.write(
            lambda session, now: collected.draft_collected(
                session, slug=ROUND, facts=facts, actor=self.officer.actor, now=now
            )
        )

    def release(self, release: str = "review-2025") -> int:
        """Draft what is accepted, and publish it by two people; returns the edition."""
        self.draft(release)
        self.write(lambda session, now: prepare_release(session, slug=release, actor=self.officer.actor, now=now))
        self.write(
            lambda session, now: publish_release(session, slug=release, actor=self.publisher.actor, now=now)
        )
        return self.append()

    def value(self, indicator: str = DAYS) -> Value:
        with self.portal.database.read() as session:
            return get_value(session, ROUND, BODY, indicator)
