"""How far each body that a finding would go against was heard, and which of them can be asked now.

Cases that were joined count as one: whatever body one of them is about is heard in the case that goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.values import Person, Scope
from portal.cases import hearing, rules
from portal.cases.errors import NotHeard, WrongState
from portal.cases.models import Case, HearingRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, access, casework, holders, items, masked
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Finding, HeardBody, Hearing, ItemKind, Report, ToHear
from portal.cases.verbatim import taken_over
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message


def of(session: Session, case: Case, *, officer: Officer, now: datetime) -> tuple[HeardBody, ...]:
    """Every body the case is about, in its order, with the last time it was asked since the case was opened."""
    asked, against = _asked(session, case), _accused(session, case)
    free = to_ask(session, case, today=now.date())
    reports = _reports(session, case, officer=officer) if free else ()
    return tuple(
        HeardBody(
            body,
            _hearing(asked[body]) if body in asked else None,
            accused=body in against,
            to_ask=body in free,
            here=body in free and bool(_answering(session, reports, body, now=now)),
            letter_open=is_askable(case) and body in asked and _waits_for_letter(asked[body]),
        )
        for body in _bodies(session, case)
    )


def to_hear(
    session: Session, case: Case, *, finding: Finding = Finding.UPHELD, today: date
) -> tuple[ToHear, date | None] | None:
    """What `hearing.still_to_hear` says of this case and of all that was joined into it."""
    asked = _asked(session, case)
    accused = {body: _hearing(asked[body]) if body in asked else None for body in _accused(session, case)}
    return hearing.still_to_hear(finding=finding, accused=accused, today=today)


def require_heard(session: Session, case: Case, finding: Finding, *, today: date) -> None:
    """Raises NotHeard when this finding would go against a body that was not heard."""
    missing = to_hear(session, case, finding=finding, today=today)
    if missing is not None:
        raise NotHeard(*missing)


def is_askable(case: Case) -> bool:
    """Whether bodies can be heard at this point: somebody looks into it, and nothing is proposed."""
    return rules.may("propose", CaseState(case.state))


def to_ask(session: Session, case: Case, *, today: date) -> tuple[str, ...]:
    """The bodies that can be asked now: those that were not yet, then those whose time is over."""
    if not is_askable(case):
        return ()
    asked, bodies = _asked(session, case), _bodies(session, case)
    never = tuple(body for body in bodies if body not in asked)
    return never + tuple(body for body in bodies if body in asked and _hearing(asked[body]).is_over(today))


def require_askable(session: Session, case: Case, body: str | None, *, now: datetime) -> str:
    """The body if it can be asked now, or the first that can. Raises WrongState, also while it may answer."""
    free = to_ask(session, case, today=now.date())
    if not free or (body is not None and body not in free):
        raise WrongState
    return body or free[0]


def who_may_answer(
    session: Session, case: Case, body: str, *, officer: Officer, now: datetime
) -> tuple[Person, ...]:
    """The body's people with the right, without those whom a reporter wanted kept away.

    Of bodies whose people must not see it, the one that is asked does not count: it has to be heard, and reads
    nothing but the extract.
    """
    return _answering(session, _reports(session, case, officer=officer), body, now=now)


def open_letter(session: Session, case: Case, body: str | None = None) -> HearingRow | None:
    """The letter to this body, or the first of several, that is not answered while its answer can be entered."""
    if not is_askable(case):
        return None
    rows = [row for row in _asked(session, case).values() if _waits_for_letter(row)]
    found = sorted(rows, key=lambda row: (row.asked_on, row.body_code))
    return next((row for row in found if body in (None, row.body_code)), None)


def _waits_for_letter(row: HearingRow) -> bool:
    return row.by_letter and row.answered_on is None


def _together(session: Session, case: Case) -> list[Case]:
    return [case, *session.scalars(select(Case).where(Case.merged_into == case.id).order_by(Case.id))]


def _bodies(session: Session, case: Case) -> tuple[str, ...]:
    subjects = about.subjects_of(session, _together(session, case)).values()
    return tuple(dict.fromkeys(body for one in subjects for body in one.bodies))


def _accused(session: Session, case: Case) -> tuple[str, ...]:
    every = (about.accused(session, one) for one in _together(session, case))
    return tuple(dict.fromkeys(body for bodies in every for body in bodies))


def _asked(session: Session, case: Case) -> dict[str, HearingRow]:
    """The last time each body was asked; not what belongs to an earlier opening. Of two times on one day the one
    that is not answered came last."""
    cases = [one.id for one in _together(session, case)]
    query = select(HearingRow).where(HearingRow.case_id.in_(cases), HearingRow.earlier.is_(False))
    rows = session.scalars(query.order_by(HearingRow.asked_on, HearingRow.answered_on.is_(None), HearingRow.id))
    return {row.body_code: row for row in rows}


def _reports(session: Session, case: Case, *, officer: Officer) -> tuple[Report, ...]:
    every = (case, *about.joined_with(session, case, lock=False))
    return tuple(
        casework.read_report(session, one, access.open_keys(session, case=one, officer=officer)) for one in every
    )


def _answering(session: Session, reports: Sequence[Report], body: str, *, now: datetime) -> tuple[Person, ...]:
    avoided = [Scope(one) for report in reports for one in report.bodies if one != body]
    return tuple(
        one
        for one in accounts.employed_people_with(session, CasesPermission.ANSWER, body, at=now)
        if not any(rules.named(one, report.names) for report in reports)
        and not holders.is_connected(session, person_id=one.id, scopes=avoided, now=now)
    )


def require_fit(session: Session, case: Case, *, officer: Officer, text: str) -> None:
    """For a text that goes to a body. Raises Invalid when words masked in the case stand in it, or a sentence of
    the reporter's: a mask leaves words out, and not who writes like that."""
    keys = access.open_keys(session, case=case, officer=officer)
    masked.require_none_in(session, case, keys=keys, text=text)
    said = [one.text for one in items.entries_of(session, case_id=case.id, keys=keys, kind=ItemKind.FROM_REPORTER)]
    for report in _reports(session, case, officer=officer):
        said += [report.what, report.how, *report.details.texts]
    names = about.names_of(session, [about.subject_of(session, case)]).values()
    found = taken_over(text, said, besides=(name for one in names for name in one.values()))
    if found is not None:
        words = Message(N_("These are the reporter's own words: “{words}”. Say it in yours."), {"words": found})
        raise Invalid(N_("There is a problem"), {"text": words})


def _hearing(row: HearingRow) -> Hearing:
    return Hearing(row.asked_on, row.due_on, row.answered_on, row.by_letter)
