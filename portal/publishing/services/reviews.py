"""Looking through an import before it is staged, and what somebody must have settled by then.

Facts that contradict the register or each other are refusals, and nobody can confirm them away. What merely
looks odd is confirmed with a reason, which is kept with the release for whoever publishes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, message
from portal.publishing.errors import NotSettled
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.concerns import Concern, ConcernKind
from portal.publishing.imports.decisions import Absent, Decisions
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.imports.review import Review, Sheet
from portal.publishing.imports.writing import write_toml
from portal.publishing.models import ImportConcern, ImportRecord
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.imports import ImportPlan
from portal.publishing.standing import figures_standing
from portal.publishing.values import Cause

MOST_REASON = 2000


@dataclass(frozen=True)
class KeptImport:
    """How a draft came from a file, for whoever publishes it; `totals` counts its concerns by kind."""

    file: str
    digest: str
    mapping: str
    decisions: Decisions
    totals: Mapping[str, int]
    concerns: Sequence[Concern]
    left_out: int

    @classmethod
    def of(
        cls, file: str, digest: str, mapping: FigureMapping, decisions: Decisions, review: Review
    ) -> KeptImport:
        """What is kept of a review that was gone through."""
        return cls(
            file=file,
            digest=digest,
            mapping=write_toml(mapping),
            decisions=decisions,
            totals={kind.value: count for kind, count in review.concerns.totals.items()},
            concerns=review.concerns.in_order(),
            left_out=review.sheet.left_out,
        )


def review_import(
    session: Session,
    *,
    sheet: Sheet,
    mapping: FigureMapping,
    checked: Checked,
    planned: ImportPlan,
    today: date,
) -> Review:
    """A review that is gone through with `changes()` while the session is open."""
    return Review(
        sheet=sheet,
        mapping=mapping,
        checked=checked,
        plan=planned.plan,
        register=planned.before,
        absent_bodies=planned.absent_bodies,
        standing_of=partial(figures_standing, session),
        today=today,
    )


def require_settled(planned: ImportPlan, review: Review, decisions: Decisions, actor: Actor) -> None:
    """Whether everything a person must decide about this import is decided, by one who may.

    Raises NotSettled naming what is open, or Forbidden where published values would change.
    """
    plan = planned.plan
    fields: dict[str, Message] = {}
    if plan.corrected and decisions.cause is None:
        text = N_("{count} published values would change. Say for which cause.")
        fields["cause"] = message(text, count=plan.corrected)
    if plan.absent and decisions.absent is None:
        text = N_("{count} published figures are not in the file. Say whether they stay or are withdrawn.")
        fields["absent"] = message(text, count=len(plan.absent))
    odd = sum(review.concerns.totals.values())
    if odd and not decisions.reason.strip():
        text = N_("{count} things look odd. Look at them and say why they are right.")
        fields["reason"] = message(text, count=odd)
    if len(decisions.reason) > MOST_REASON:
        fields["reason"] = message(N_("Use 2000 characters or fewer."))
    if fields:
        raise NotSettled(N_("Something about this import is not decided yet."), fields)
    if (plan.corrected or plan.withdrawn) and actor != Actor.system():
        actor.require(PublishingPermission.PROPOSE_CORRECTION)


def keep_review(session: Session, *, slug: str, kept: KeptImport) -> None:
    """Keep with a draft what was read, decided and odd."""
    session.add(
        ImportRecord(
            slug=slug,
            file=kept.file,
            digest=kept.digest,
            mapping=kept.mapping,
            cause=kept.decisions.cause,
            absent=kept.decisions.absent,
            reason=kept.decisions.reason.strip(),
            totals=dict(kept.totals),
            left_out=kept.left_out,
        )
    )
    keep_concerns(session, slug, kept.concerns)


def keep_concerns(session: Session, owner: str, concerns: Sequence[Concern]) -> None:
    """Keep concerns under their owner, in place of those it had."""
    session.execute(delete(ImportConcern).where(ImportConcern.owner == owner))
    rows = [
        {
            "owner": owner,
            "position": position,
            "kind": one.kind.value,
            "row": one.row,
            "column": one.column,
            "found": one.found[:500],
            "says": {"msgid": one.says.msgid, "params": {name: str(v) for name, v in one.says.params.items()}},
        }
        for position, one in enumerate(concerns)
    ]
    if rows:
        session.execute(insert(ImportConcern), rows)


def hand_over_concerns(session: Session, owner: str, slug: str) -> None:
    """What was kept under an upload is kept under the release made of it."""
    session.execute(update(ImportConcern).where(ImportConcern.owner == owner).values(owner=slug))


def forget_review(session: Session, slug: str) -> None:
    """When a draft is thrown away."""
    session.execute(delete(ImportConcern).where(ImportConcern.owner == slug))
    session.execute(delete(ImportRecord).where(ImportRecord.slug == slug))


def find_review(session: Session, slug: str) -> KeptImport | None:
    """What was kept with a draft; None for one that came from no file."""
    row = session.get(ImportRecord, slug)
    if row is None:
        return None
    return KeptImport(
        file=row.file,
        digest=row.digest,
        mapping=row.mapping,
        decisions=Decisions(
            Cause(row.cause) if row.cause else None, Absent(row.absent) if row.absent else None, row.reason
        ),
        totals=row.totals,
        concerns=kept_concerns(session, slug),
        left_out=row.left_out,
    )


def kept_concerns(session: Session, owner: str) -> tuple[Concern, ...]:
    query = select(ImportConcern).where(ImportConcern.owner == owner).order_by(ImportConcern.position)
    return tuple(
        Concern(ConcernKind(row.kind), row.row, row.column, row.found, _message(row.says))
        for row in session.scalars(query)
    )


def _message(says: Mapping[str, Any]) -> Message:
    words, params = says["msgid"], says["params"]
    return Message(words, params)
