"""Who a reporter is, where they chose to say it: sealed apart, and opened only by two people together.

The key of an identity is in no key of its case. Each keeper among those who receive the report gets a share of it;
one share says nothing, two give the key. The first keeper hands the share on, sealed to the others; the second
joins it with their own. Both can then read for some days, and each reading is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.cases import sealing, shares
from portal.cases.errors import NobodyToDecide, TooFewKeepers, WrongState
from portal.cases.models import Case, Identity, IdentityHalf, IdentityKey, IdentityShare
from portal.cases.permissions import CasesPermission
from portal.cases.rules import Candidate
from portal.cases.sealing import EpochKeys
from portal.cases.services import access, halves, holders, trail
from portal.cases.services.access import Officer
from portal.cases.services.seconds import IDENTITY, keepers_left
from portal.cases.values import IdentityState, ItemKind, Why
from portal.duties.queries import find_waiting
from portal.foundation import crypto, ids
from portal.foundation.i18n import N_, Message
from portal.foundation.writes import Step, into

FEWEST_KEEPERS = 2
READABLE = timedelta(days=14)
_TOLD = "why the name was opened"
_SEALED, _SHARED = into(Identity, "case_id", "sealed", "day"), into(IdentityShare)


def keepers(session: Session, receivers: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those who receive a report and may give a half of opening an identity."""
    may = {person.id for person in accounts.people_with(session, CasesPermission.IDENTITY)}
    return tuple(one for one in receivers if one.person_id in may)


def can_be_kept(session: Session, receivers: Iterable[Candidate]) -> bool:
    """Whether an identity could be sealed to enough of them that no one opens it alone."""
    return len(keepers(session, receivers)) >= FEWEST_KEEPERS


def require_keepers(session: Session, receivers: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those who could open an identity, two together. Raises TooFewKeepers."""
    found = keepers(session, receivers)
    if len(found) < FEWEST_KEEPERS:
        raise TooFewKeepers
    return found


def seal(*, case_id: str, text: str, keepers: Sequence[Candidate], day: date) -> tuple[Step, ...]:
    """Writes who the reporter is, sealed beside the case to `keepers` as `require_keepers` found them."""
    key = ids.random_bytes(shares.SECRET_BYTES)
    sealed = crypto.aead_seal(key, sealing.pack({"text": text}), _bound(case_id))
    given = [
        {
            "case_id": case_id,
            "person_id": keeper.person_id,
            "key_id": keeper.key_id,
            "sealed": crypto.box_seal(keeper.box_public, share),
        }
        for keeper, share in zip(keepers, shares.split(key, len(keepers)), strict=True)
    ]
    return _SEALED.step({"case_id": case_id, "sealed": sealed, "day": day}), _SHARED.step(*given)


def state_of(
    session: Session, case: Case, person_id: str, *, keys: Mapping[int, EpochKeys]
) -> IdentityState | None:
    """Who wants to open the identity, and whether this person can read it; None where there is none."""
    row = session.get(Identity, case.id)
    if row is None:
        return None
    waits = find_waiting(session, kind=IDENTITY, subject=case.id)
    holds = session.scalar(_own_share(case.id, person_id)) is not None
    reads = session.scalar(select(IdentityKey.opened_on).where(*_own(case.id, person_id))) is not None
    asked_by = waits.proposer_id if waits else None
    return IdentityState(row.opened_on, asked_by, holds, reads, told_of(row, keys))


def told_of(row: Identity | None, keys: Mapping[int, EpochKeys]) -> str:
    """What the reporter is told of why it was opened last, as far as these keys open it."""
    opened = keys.get(row.told_epoch) if row is not None and row.told_epoch is not None else None
    if row is None or row.told is None or opened is None:
        return ""
    content = sealing.open_item(opened, case=row.case_id, item=_TOLD, kind=ItemKind.TO_REPORTER, sealed=row.told)
    return str(content["text"])


def propose_opening(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """The first half: why, sealed, and one's share, sealed to the other keepers.

    Raises NoSuchCase, Forbidden, WrongState without a share or while somebody asks already, NobodyToDecide.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.IDENTITY, now=now)
    if find_waiting(session, kind=IDENTITY, subject=case.id) is not None:
        raise WrongState
    share = _share(session, case, officer)
    others = {one: key for one, key in _publics(session, case, officer).items() if one != officer.id}
    if not others:
        raise NobodyToDecide
    halves.propose(
        session,
        case,
        kind=IDENTITY,
        title=Message(N_("Opening a reporter's identity waits for a second signature")),
        payload={},
        reason=reason,
        why=Why.IDENTITY,
        officer=officer,
        now=now,
        permission=CasesPermission.IDENTITY,
        people=sorted(others),
    )
    session.execute(delete(IdentityHalf).where(IdentityHalf.case_id == case.id))
    for person_id, public in others.items():
        session.add(IdentityHalf(case_id=case.id, person_id=person_id, sealed=crypto.box_seal(public, share)))
    session.flush()
    trail.note(session, case, officer, "cases.propose-identity", now)


def agree_to_opening(session: Session, *, case_id: str, told: str = "", officer: Officer, now: datetime) -> None:
    """The second half, never by the first: both can read it from now on. Raises as above, and countersign's.

    `told` is what the reporter reads of why. It is no message: it answers nothing they wrote, and stays out of
    what is handed to an authority, which does not learn that a name was asked for.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.IDENTITY, now=now)
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    half = session.get(IdentityHalf, (case.id, officer.id))
    share = _share(session, case, officer)
    proposal = halves.countersign(session, case, kind=IDENTITY, officer=officer, now=now)
    if half is None:
        raise WrongState
    key = shares.join(officer.unseal(half.sealed), share)
    row = session.get_one(Identity, case.id)
    crypto.aead_open(key, row.sealed, _bound(case.id))  # raises before anything is given away
    row.opened_on, row.told, row.told_epoch = now.date(), None, None
    if told.strip():
        said = {"text": told.strip(), "author": officer.id}
        row.told = sealing.seal_item(keys, case=case.id, item=_TOLD, kind=ItemKind.TO_REPORTER, content=said)
        row.told_epoch = keys.number
    publics = _publics(session, case, officer)
    session.execute(delete(IdentityHalf).where(IdentityHalf.case_id == case.id))
    for person_id in {officer.id, proposal.proposer_id} & publics.keys():
        session.execute(delete(IdentityKey).where(*_own(case.id, person_id)))
        sealed = crypto.box_seal(publics[person_id], key)
        session.add(IdentityKey(case_id=case.id, person_id=person_id, sealed=sealed, opened_on=now.date()))
    session.flush()
    trail.note(session, case, officer, "cases.open-identity", now, proposer=proposal.proposer_id)


def refuse_opening(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.IDENTITY, now=now)
    halves.refuse(session, case, kind=IDENTITY, reason=reason, why=Why.IDENTITY, officer=officer, now=now)
    session.execute(delete(IdentityHalf).where(IdentityHalf.case_id == case.id))
    trail.note(session, case, officer, "cases.refuse-identity", now)


def read(session: Session, *, case_id: str, officer: Officer, now: datetime) -> str:
    """What the reporter said of themselves, for one of the two who opened it; that it was read is on record."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.IDENTITY, now=now)
    row = session.get(IdentityKey, (case.id, officer.id))
    if row is None or now.date() > row.opened_on + READABLE:
        raise WrongState
    key = officer.unseal(row.sealed)
    sealed = session.get_one(Identity, case.id).sealed
    trail.note(session, case, officer, "cases.read-identity", now)
    return str(sealing.unpack(crypto.aead_open(key, sealed, _bound(case.id)))["text"])


def forget_opened(session: Session, *, today: date) -> None:
    """After some days nobody reads it any more without asking again."""
    session.execute(delete(IdentityKey).where(IdentityKey.opened_on < today - READABLE))


def _share(session: Session, case: Case, officer: Officer) -> bytes:
    row = session.scalar(_own_share(case.id, officer.id))
    if row is None or row.key_id not in {one.key_id for one in officer.every_key}:
        raise WrongState
    return officer.unseal(row.sealed)


def _publics(session: Session, case: Case, officer: Officer) -> dict[str, bytes]:
    """The public keys of the keepers who still hold the case and a share, by person."""
    left = set(keepers_left(session, case))
    return {
        key.person_id: key.box_public
        for key in holders.trusted(session, permission=CasesPermission.IDENTITY, settings=officer.settings)
        if key.person_id in left
    }


def _own_share(case_id: str, person_id: str) -> Select[IdentityShare]:
    return select(IdentityShare).where(IdentityShare.case_id == case_id, IdentityShare.person_id == person_id)


def _own(case_id: str, person_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return IdentityKey.case_id == case_id, IdentityKey.person_id == person_id


def _bound(case_id: str) -> bytes:
    return f"gongping identity 1|{case_id}".encode()
