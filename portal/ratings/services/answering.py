"""Answers to low ratings: handed to the body, answered by it, let through by a moderator, confirmed by the rater.

Raters leave no audit row, and what they say is kept as a bare word until the night's work takes it.
"""

from datetime import date, datetime

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.duties import services as signing
from portal.duties.queries import find_waiting
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.ratings.answers import AnswerState, Step
from portal.ratings.errors import AlreadyDecided, NoSuchAnswer
from portal.ratings.models import AnswerRow, CommentRow, FollowUpRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.answering import Terms, after_step, after_word, is_late, steps_from
from portal.ratings.services.answer_duties import give_to_whoever_works_there, renew_answer_duties
from portal.ratings.services.folding import shuffled
from portal.ratings.services.reading_duty import DAYS_TO_READ
from portal.ratings.values import CommentState
from portal.registry.queries import get_service

REPLY = "ratings.answer"


def hand_over(session: Session, *, terms: Terms, now: datetime) -> int:
    """Put before the bodies what they have not seen: wishes without words, and those whose words a moderator has
    decided on. Return how many."""
    due = terms.due(AnswerState.OPEN, terms.calendar.day_of(now))
    found = session.execute(
        select(FollowUpRow.id, FollowUpRow.service)
        .outerjoin(AnswerRow, AnswerRow.id == FollowUpRow.id)
        .outerjoin(CommentRow, CommentRow.id == FollowUpRow.comment_id)
        .where(
            AnswerRow.id.is_(None),
            or_(FollowUpRow.comment_id.is_(None), CommentRow.state != CommentState.WAITING.value),
        )
    ).all()
    if not found:
        return 0
    since = terms.calendar.day_of(now).isoformat()[:7]
    fresh = [
        {"id": row.id, "owed_since": since, "state": AnswerState.OPEN.value, "due_on": _written(due)}
        for row in found
    ]
    session.connection().execute(insert(AnswerRow), shuffled(fresh))
    bodies = {get_service(session, service).body_code for service in {row.service for row in found}}
    renew_answer_duties(session, changed=bodies, calendar=terms.calendar, now=now)
    return len(found)


def propose_reply(
    session: Session, *, answer_id: str, step: Step, words: str, actor: Actor, now: datetime
) -> Proposal:
    """Say what the body has done, in words that a moderator reads before the rater can.

    The day counts on which it is proposed. Raises Forbidden, NoSuchAnswer (also for whoever is not employed by
    the body), AlreadyDecided when this cannot be said now, AlreadyProposed.
    """
    actor.require(RatingsPermission.ANSWER)
    answer, asked = _get(session, answer_id)
    body = get_service(session, asked.service).body_code
    if body not in employers_of(session, person_id=actor.person_id, at=now):
        raise NoSuchAnswer(_NONE)
    if step not in steps_from(AnswerState(answer.state)):
        raise AlreadyDecided(_ENDED)
    return signing.propose(
        session,
        kind=REPLY,
        subject=answer_id,
        title=Message(N_("An answer to a low rating: read it before it is shown")),
        address=f"/desk/answers/{answer_id}",
        payload={"step": step.value, "words": words},
        reason=step.value,
        actor=actor,
        permission=RatingsPermission.MODERATE,
        about=Scope(body),
        due_at=now + DAYS_TO_READ,
        now=now,
    )


def let_through(session: Session, *, proposal_id: str, terms: Terms, actor: Actor, now: datetime) -> None:
    """Show the rater what the body said. Raises as `countersign`, and Forbidden, AlreadyDecided."""
    actor.require(RatingsPermission.MODERATE)
    proposal = signing.countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    answer, asked = _get(session, proposal.subject)
    step = Step(proposal.payload["step"])
    if step not in steps_from(AnswerState(answer.state)):
        raise AlreadyDecided(_ENDED)
    said_on = terms.calendar.day_of(proposal.proposed_at)
    answer.overdue = answer.overdue or is_late(AnswerState(answer.state), _read(answer.due_on), said_on)
    answer.reply = proposal.payload["words"]
    _move(answer, asked, after_step(step), since=terms.calendar.day_of(now), terms=terms)
    body = get_service(session, asked.service).body_code
    renew_answer_duties(session, changed={body}, calendar=terms.calendar, now=now)
    record(session, actor=actor, act=f"ratings.answer-{step.value}", subject=answer.id, now=now)


def send_back(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Do not show it: the body owes other words by the same day. Raises as `decline`, and Forbidden."""
    actor.require(RatingsPermission.MODERATE)
    signing.decline(session, proposal_id=proposal_id, actor=actor, now=now)


def give_word(session: Session, *, key: bytes, settled: bool) -> None:
    """What the rater who holds the code says of "fixed"; until the night's work it may be said anew.

    Raises NoSuchAnswer, AlreadyDecided when there is nothing to confirm.
    """
    row = session.scalar(
        select(AnswerRow)
        .join(FollowUpRow, FollowUpRow.id == AnswerRow.id)
        .where(FollowUpRow.key == key)
        .with_for_update(of=AnswerRow)
    )
    if row is None:
        raise NoSuchAnswer(_NONE)
    if row.state != AnswerState.FIXED:
        raise AlreadyDecided(N_("There is nothing to confirm or refuse any more."))
    row.word = "yes" if settled else "no"


def look_after_answers(session: Session, *, terms: Terms, now: datetime) -> None:
    """Once a day: take the raters' words, end what nobody refused in time, and mark what is overdue."""
    today = terms.calendar.day_of(now)
    rows = session.execute(
        select(AnswerRow, FollowUpRow)
        .join(FollowUpRow, FollowUpRow.id == AnswerRow.id)
        .where(or_(AnswerRow.word.is_not(None), AnswerRow.due_on < today.isoformat()))
        .with_for_update(of=AnswerRow)  # a refusal at this very moment must not be lost
    ).all()
    changed = set()
    for answer, asked in rows:
        state = AnswerState(answer.state)
        if state is AnswerState.FIXED:
            following = AnswerState.ELAPSED
            if answer.word is not None:
                following = after_word(settled=answer.word == "yes", refused_before=answer.refused)
            answer.refused = answer.refused or answer.word == "no"
            _move(answer, asked, following, since=today, terms=terms)
        elif answer.overdue or find_waiting(session, kind=REPLY, subject=answer.id) is not None:
            continue  # told before, or said in time and being read
        else:
            answer.overdue = True
        changed.add(get_service(session, asked.service).body_code)
    session.flush()
    renew_answer_duties(session, changed=changed, calendar=terms.calendar, now=now)
    give_to_whoever_works_there(session, now=now)


def _move(answer: AnswerRow, asked: FollowUpRow, state: AnswerState, *, since: date, terms: Terms) -> None:
    """Go on to `state`; once the matter has ended, nothing joins what the rater ticked and wrote any more."""
    answer.state, answer.word = state.value, None
    answer.due_on = _written(terms.due(state, since))
    if answer.due_on is None:
        asked.details, asked.comment_id = [], None


def _get(session: Session, answer_id: str) -> tuple[AnswerRow, FollowUpRow]:
    answer = session.get(AnswerRow, answer_id, with_for_update=True)
    asked = session.get(FollowUpRow, answer_id)
    if answer is None or asked is None:
        raise NoSuchAnswer(_NONE)
    return answer, asked


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)


_NONE = N_("There is no such answer.")
_ENDED = N_("This cannot be said any more: the matter has gone on.")
