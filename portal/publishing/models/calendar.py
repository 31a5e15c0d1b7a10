"""Tables of the release calendar: plans, releases that wait for their time, and who sees them early."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText, UtcDateTime
from portal.publishing.models.columns import CODE


class ReleasePlan(Base):
    """A release in the calendar, as the desk keeps it; the public reads the statements of the log.

    `day` is a month or a day while it is provisional, `at` its exact time once confirmed.
    """

    __tablename__ = "release_plan"
    __table_args__ = (
        CheckConstraint("state IN ('provisional', 'confirmed', 'published', 'cancelled')", name="state"),
        CheckConstraint("(state <> 'provisional') OR (at IS NULL)", name="provisional_has_no_time"),
        CheckConstraint(
            "(state NOT IN ('confirmed', 'published')) OR (at IS NOT NULL)", name="confirmed_has_time"
        ),
        CheckConstraint("(day IS NOT NULL) OR (at IS NOT NULL)", name="has_date"),
    )

    slug: Mapped[str] = mapped_column(CODE, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    names: Mapped[Any] = mapped_column(JsonText)
    period: Mapped[str | None] = mapped_column(String(41))
    holds: Mapped[Any] = mapped_column(JsonText)
    contact: Mapped[str] = mapped_column(Text)
    day: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(Integer)
    follows: Mapped[str | None] = mapped_column(CODE)
    made_by: Mapped[str] = mapped_column(String(26))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScheduledRelease(Base):
    """A release that two people approved and that waits for the confirmed time of its plan.

    `checked_edition`: up to that edition nothing overtook what it states.
    """

    __tablename__ = "scheduled_release"

    slug: Mapped[str] = mapped_column(CODE, ForeignKey("release_draft.slug"), primary_key=True)
    approved_by: Mapped[str] = mapped_column(String(26))
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_edition: Mapped[int] = mapped_column(Integer)


class EarlyReader(Base):
    """Somebody who may see a release up to a day before its time. Office and reason are published."""

    __tablename__ = "early_reader"
    __table_args__ = (Index(None, "slug"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    slug: Mapped[str] = mapped_column(CODE, ForeignKey("release_plan.slug"))
    person_id: Mapped[str] = mapped_column(String(26))
    office_digest: Mapped[str] = mapped_column(String(64), ForeignKey("salted_text.digest"))
    reason_digest: Mapped[str] = mapped_column(String(64), ForeignKey("salted_text.digest"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class PreviewView(Base):
    """One look at a release before its time."""

    __tablename__ = "preview_view"
    __table_args__ = (Index(None, "slug"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    slug: Mapped[str] = mapped_column(CODE, ForeignKey("release_plan.slug"))
    person_id: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
