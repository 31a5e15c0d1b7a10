"""Putting a return forward and signing it, by two people of the body.

Signing hands the values in: each is kept as it was said, and the log takes a salted commitment to it, so
that nobody can read it before the release and nobody can change it after the signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.accounts.queries import employed_people_with
from portal.accounts.values import ConnectionKind
from portal.duties import services as duties
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.foundation.ids import new_id, random_bytes
from portal.publishing.collecting import Asked, Entry, Return, ReturnState, ValueState
from portal.publishing.errors import ReturnNotOpen
from portal.publishing.log.commitments import SALT_BYTES, commit
from portal.publishing.models import CollectedValue, CollectionRound, HandedValue
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import enterers_of, get_return
from portal.publishing.rules.entries import warnings
from portal.publishing.rules.returns import may_sign, moved
from portal.publishing.services.acts import propose_act
from portal.publishing.services.naming import body_names
from portal.publishing.services.returns.own import all_values, note_act, open_return, require_own, return_row, tie
from portal.publishing.services.rounds import CHECK, RETURN, open_row
from portal.publishing.services.standards import standards
from portal.publishing.services.texts import salt_text
from portal.publishing.values import ActKind, Statement, cite

SIGN = "publishing.sign-return"
WITHIN = timedelta(days=3)
CHECK_WITHIN = timedelta(days=5)


def put_forward(
    session: Session,
    *,
    slug: str,
    body: str,
    reason: str = "",
    jump_percent: int,
    actor: Actor,
    now: datetime,
) -> Return:
    """Put the return before the body's second person. Every value has an entry, every warning its words.

    Raises Forbidden, RoundNotOpen, NoSuchReturn, ReturnNotOpen saying what is missing.
    """
    require_own(session, actor, body, PublishingPermission.ENTER_VALUES, now=now)
    row = open_row(session, slug)
    found = open_return(session, slug, body)
    values = all_values(session, slug, body)
    _require_ready(session, row, values, jump_percent)
    entered_by = enterers_of(session, slug, body)
    signers = [
        person.id
        for person in employed_people_with(session, PublishingPermission.SIGN_RETURNS, body, at=now)
        if may_sign(person.id, entered_by=entered_by) and person.id != actor.person_id
    ]
    if not signers:
        raise ReturnNotOpen(
            N_("Nobody else in your body may sign it: whoever entered or put forward a value cannot.")
        )
    proposal = duties.propose(
        session,
        kind=SIGN,
        subject=f"round:{slug}/{body}",
        title=message(
            N_("Sign the return of {body} for {period}"), body=body_names(session, body), period=row.period
        ),
        address=f"/desk/returns/{slug}/{body}",
        payload={"round": slug, "body": body},
        reason=reason,
        actor=actor,
        people=signers,
        due_at=max(now, min(row.due_at, now + WITHIN)),
        now=now,
    )
    found.state, found.proposal_id = ReturnState.PROPOSED, proposal.id
    session.flush()
    note_act(session, "publishing.put-return-forward", slug, body, actor, now, {"proposal": proposal.id})
    return get_return(session, slug, body)


def sign_return(session: Session, *, slug: str, body: str, actor: Actor, now: datetime) -> str:
    """Sign what a colleague put forward: the values are handed in, and the log commits to them.

    Returns the act. Raises Forbidden (also to whoever entered a value), NoSuchReturn, ReturnNotOpen.
    """
    require_own(session, actor, body, PublishingPermission.SIGN_RETURNS, now=now)
    row = open_row(session, slug)
    found = return_row(session, slug, body)
    if found.state != ReturnState.PROPOSED or found.proposal_id is None:
        raise ReturnNotOpen(N_("Nobody has put this return forward."))
    if not may_sign(actor.person_id, entered_by=enterers_of(session, slug, body)):
        raise ReturnNotOpen(N_("You entered a value of this return, so a colleague must sign it."))
    duties.countersign(session, proposal_id=found.proposal_id, actor=actor, now=now)
    entered = [value for value in all_values(session, slug, body) if value.state == ValueState.ENTERED]
    act_id = new_id()
    handed = [_hand_in(session, row, value, act_id, actor, now) for value in entered]
    propose_act(
        session,
        kind=ActKind.HANDIN,
        statements=_handin_statements(row, handed, late=now > row.due_at),
        proposed_by=actor.person_id,
        approved_by=actor.person_id,
        now=now,
        act_id=act_id,
        meta={"round": slug, "body": body},
    )
    session.execute(insert(HandedValue), handed)
    found.state, found.proposal_id, found.handed_in_at = ReturnState.HANDED_IN, None, now
    found.first_handed_in_at = found.first_handed_in_at or now
    session.flush()
    indicators = [value.indicator for value in entered]
    tie(session, row, body, actor, indicators, ConnectionKind.SIGNED, now)
    _hand_over(session, row, body, now)
    note_act(session, "publishing.sign-return", slug, body, actor, now, {"act": act_id})
    return act_id


def take_return_back(session: Session, *, slug: str, body: str, actor: Actor, now: datetime) -> None:
    """Decline to sign, or take one's own proposal back: the return is open again.

    Raises Forbidden, NoSuchReturn, ReturnNotOpen.
    """
    require_own(session, actor, body, PublishingPermission.ENTER_VALUES, now=now)
    found = return_row(session, slug, body)
    if found.state != ReturnState.PROPOSED or found.proposal_id is None:
        raise ReturnNotOpen(N_("Nobody has put this return forward."))
    duties.decline(session, proposal_id=found.proposal_id, actor=actor, now=now)
    found.state, found.proposal_id = ReturnState.OPEN, None
    session.flush()
    note_act(session, "publishing.take-return-back", slug, body, actor, now, {})


def _require_ready(
    session: Session, row: CollectionRound, values: Sequence[CollectedValue], jump_percent: int
) -> None:
    states = {ValueState(value.state) for value in values}
    if ValueState.EMPTY in states:
        raise ReturnNotOpen(N_("Some values are still empty. Enter each, or say why there is none."))
    if states & {ValueState.QUERIED, ValueState.RETURNED}:
        raise ReturnNotOpen(N_("The office asked about some values. Answer or change each first."))
    entered = [value for value in values if value.state == ValueState.ENTERED]
    if not entered:
        raise ReturnNotOpen(N_("Everything here was handed in already."))
    kept = standards(session, row, entered, jump_percent)
    for value in entered:
        entry = Entry.of(value.entry)
        if warnings(entry, Asked(**value.asked), kept[value.indicator]) and not entry.explanation:
            raise ReturnNotOpen(
                message(
                    N_("Explain the warning on {indicator} first: the office reads what you write."),
                    indicator=value.indicator,
                )
            )


def _hand_in(
    session: Session, row: CollectionRound, value: CollectedValue, act_id: str, actor: Actor, now: datetime
) -> dict[str, object]:
    """The version of a value that is handed in now, as a row."""
    entry = Entry.of(value.entry)
    value.state, value.handed = moved(ValueState(value.state), "hand-in"), value.handed + 1
    note = None if entry.note is None else cite(salt_text(session, entry.note))
    said = {
        "t": "value",
        "round": row.slug,
        "body": value.body,
        "indicator": value.indicator,
        "period": row.period,
        "number": value.handed,
        **entry.numbers,
        "obs_status": entry.obs_status,
        "note": note,
    }
    salt = random_bytes(SALT_BYTES)
    return {
        "round": row.slug,
        "body": value.body,
        "indicator": value.indicator,
        "number": value.handed,
        "said": said,
        "note": entry.note,
        "explanation": entry.explanation,
        "salt": salt,
        "commitment": commit(salt, said),
        "entered_by": value.entered_by,
        "signed_by": actor.person_id,
        "handed_in_at": now,
        "act_id": act_id,
    }


def _handin_statements(
    row: CollectionRound, handed: Sequence[Mapping[str, object]], *, late: bool
) -> Iterator[Statement]:
    for one in handed:
        yield {
            "t": "handin",
            "body": one["body"],
            "indicator": one["indicator"],
            "period": row.period,
            "round": row.slug,
            "number": one["number"],
            "commitment": one["commitment"],
            "late": late,
        }


def _hand_over(session: Session, row: CollectionRound, body: str, now: datetime) -> None:
    """It is the office's turn."""
    subject = f"round:{row.slug}/{body}"
    duties.close_duty(session, kind=RETURN, subject=subject)
    duties.open_duty(
        session,
        kind=CHECK,
        subject=subject,
        title=message(
            N_("Check the values {body} handed in for {period}"), body=body_names(session, body), period=row.period
        ),
        address=f"/desk/rounds/{row.slug}/{body}",
        permission=PublishingPermission.COLLECT,
        due_at=now + CHECK_WITHIN,
        now=now,
    )
