"""Findings: marks are set aside by a published rule, and let in again or kept out by two people.

Setting aside moves marks from the totals into a table of their own; nothing is deleted, and letting them in
moves them back. The body may appeal while they are set aside, and after; who settled it before takes no part
then, and nobody connected to the body ever does.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of, is_connected_to
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.duties import services as signing
from portal.duties.queries import get_proposal, signers_of
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, message
from portal.foundation.ids import new_id
from portal.ratings.errors import AlreadyDecided, NoSuchFinding, Recused
from portal.ratings.models import FindingRow, SetAsideRow, TotalRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.integrity import Cell, Fired, Rule
from portal.ratings.services.folding import add_totals
from portal.ratings.services.looking import touch
from portal.registry.queries import get_service

SETTLE = "ratings.settle-finding"
TIME_TO_SETTLE = timedelta(days=14)


def set_aside(
    session: Session, fired: Fired, *, service: str, period: str, threshold: int, now: datetime
) -> str | None:
    """Take the marks the rule is about out of the totals, and open a duty to settle it; return the finding.

    None when it has fired on the same before, or there are fewer such marks than `threshold`: so few move no
    share by much, and how many they are could be worked out from what is published before and after.
    """
    if _fired_before(session, fired, service, period):
        return None
    cells = (TotalRow.service == service) & (TotalRow.period == period)
    rows = session.scalars(select(TotalRow).where(cells).with_for_update()).all()
    about = fired.without(_aside_for_others(session, fired.rule, service, period))
    taken = about.concerns({(row.channel, row.verified, row.level): row.count for row in rows})
    if not taken or sum(taken.values()) < threshold:
        return None
    for row in rows:
        count = taken.get((row.channel, row.verified, row.level), 0)
        if count == row.count:
            session.delete(row)
        else:
            row.count -= count
    touch(session, [period])
    finding = FindingRow(
        id=new_id(),
        rule=fired.rule.value,
        service=service,
        period=period,
        facts={**fired.facts, "channel": fired.channel},
        state="set-aside",
    )
    session.add(finding)
    session.flush()
    session.add_all(
        SetAsideRow(finding_id=finding.id, channel=channel, verified=verified, level=level, count=count)
        for (channel, verified, level), count in taken.items()
    )
    _ask_to_settle(session, finding, now)
    return finding.id


def propose_settlement(
    session: Session, *, finding_id: str, let_in: bool, reason: str, actor: Actor, now: datetime
) -> Proposal:
    """Put forward whether the marks count.

    Raises Forbidden, NoSuchFinding, AlreadyDecided, Recused, AlreadyProposed.
    """
    actor.require(RatingsPermission.RECONCILE)
    finding = _open_finding(session, finding_id)
    _require_apart(session, finding, actor, now)
    return signing.propose(
        session,
        kind=SETTLE,
        subject=finding.id,
        title=Message(N_("Let ratings in again") if let_in else N_("Keep ratings out")),
        address=f"/desk/findings/{finding.id}",
        payload={"finding": finding.id, "let_in": let_in},
        reason=reason,
        actor=actor,
        permission=RatingsPermission.SETTLE,
        about=_about(session, finding),
        due_at=now + TIME_TO_SETTLE,
        now=now,
    )


def settle(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Give the second signature and do it. Raises as `countersign`, and AlreadyDecided, Recused."""
    actor.require(RatingsPermission.SETTLE)
    before = get_proposal(session, proposal_id, actor=actor, now=now)
    finding = _open_finding(session, before.payload["finding"])
    _require_apart(session, finding, actor, now)
    proposal = signing.countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    finding.state = "let-in" if proposal.payload["let_in"] else "kept-out"
    finding.reason = proposal.reason
    if finding.state == "let-in":
        _put_back(session, finding)
    signing.close_duty(session, kind=SETTLE, subject=finding.id)
    record(session, actor=actor, act=f"ratings.finding-{finding.state}", subject=finding.id, now=now)


def appeal(session: Session, *, finding_id: str, words: str, actor: Actor, now: datetime) -> None:
    """What the body says to it. Marks that were kept out wait for two people anew.

    Raises Forbidden, NoSuchFinding (also for whoever is not employed by the body), AlreadyDecided.
    """
    actor.require(RatingsPermission.ANSWER)
    finding = session.get(FindingRow, finding_id)
    own = employers_of(session, person_id=actor.person_id, at=now)
    if finding is None or get_service(session, finding.service).body_code not in own:
        raise NoSuchFinding(N_("There is no such finding."))
    if finding.appeal is not None or finding.state == "let-in":
        raise AlreadyDecided(N_("The body has appealed already, or its ratings count again."))
    finding.appeal, finding.state = words, "set-aside"
    _ask_to_settle(session, finding, now)
    record(session, actor=actor, act="ratings.finding-appealed", subject=finding.id, now=now)


def why_apart(session: Session, finding_id: str, actor: Actor, now: datetime) -> Message | None:
    """Why somebody else must settle it, in words for this person; None when they may. Raises NoSuchFinding."""
    finding = session.get(FindingRow, finding_id)
    if finding is None:
        raise NoSuchFinding(N_("There is no such finding."))
    about = _about(session, finding)
    if is_connected_to(session, person_id=actor.person_id, scope=about, at=now):
        return Message(N_("You are connected to this body: two others settle it."))
    if finding.appeal is not None and actor.person_id in signers_of(session, kind=SETTLE, subject=finding_id):
        return Message(N_("You have settled this before the body appealed: two others look at it now."))
    return None


def set_aside_in(session: Session, period: str) -> Mapping[str, Counter[str]]:
    """How many marks of a month are not counted now, by service and rule."""
    found: dict[str, Counter[str]] = {}
    rows = session.execute(
        select(FindingRow.service, FindingRow.rule, SetAsideRow.count)
        .join(SetAsideRow, SetAsideRow.finding_id == FindingRow.id)
        .where(FindingRow.period == period, FindingRow.state != "let-in")
    )
    for service, rule, count in rows:
        found.setdefault(service, Counter())[rule] += count
    return found


def _aside_for_others(session: Session, rule: Rule, service: str, period: str) -> Mapping[Cell, int]:
    """Marks of the month that other rules have set aside. A day's burst was in nobody's hands before."""
    if rule is Rule.BURST:
        return {}
    found: Counter[Cell] = Counter()
    rows = session.scalars(
        select(SetAsideRow)
        .join(FindingRow, FindingRow.id == SetAsideRow.finding_id)
        .where(FindingRow.service == service, FindingRow.period == period, FindingRow.rule != rule.value)
    )
    for row in rows:
        found[row.channel, row.verified, row.level] += row.count
    return found


def _fired_before(session: Session, fired: Fired, service: str, period: str) -> bool:
    """Whether the rule has fired on the same marks: on the month, or the channel or the day it is about."""
    known = session.scalars(
        select(FindingRow.facts).where(
            FindingRow.service == service, FindingRow.period == period, FindingRow.rule == fired.rule.value
        )
    )
    if fired.rule is Rule.ALIKE_TEXTS:  # looked for once, when the month is over, and perhaps several times found
        return any(facts.get("sample") == fired.facts["sample"] for facts in known)
    if fired.rule is Rule.BURST:
        return False  # a day is folded once
    return any(facts.get("channel") == fired.channel for facts in known)


def _ask_to_settle(session: Session, finding: FindingRow, now: datetime) -> None:
    signing.open_duty(
        session,
        kind=SETTLE,
        subject=finding.id,
        title=message(N_("Ratings set aside in {period}: settle it"), period=finding.period),
        address=f"/desk/findings/{finding.id}",
        permission=RatingsPermission.RECONCILE,
        about=_about(session, finding),
        due_at=now + TIME_TO_SETTLE,
        now=now,
    )


def _about(session: Session, finding: FindingRow) -> Scope:
    return Scope(get_service(session, finding.service).body_code)


def _require_apart(session: Session, finding: FindingRow, actor: Actor, now: datetime) -> None:
    why = why_apart(session, finding.id, actor, now)
    if why is not None:
        raise Recused(why)


def _put_back(session: Session, finding: FindingRow) -> None:
    rows = session.scalars(select(SetAsideRow).where(SetAsideRow.finding_id == finding.id))
    counts = Counter(
        {(finding.service, finding.period, row.level, row.verified, row.channel): row.count for row in rows}
    )
    add_totals(session, counts)
    session.execute(delete(SetAsideRow).where(SetAsideRow.finding_id == finding.id))


def _open_finding(session: Session, finding_id: str) -> FindingRow:
    finding = session.get(FindingRow, finding_id)
    if finding is None:
        raise NoSuchFinding(N_("There is no such finding."))
    if finding.state != "set-aside":
        raise AlreadyDecided(N_("Two people have settled this already."))
    return finding
