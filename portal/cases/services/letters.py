"""A body of which nobody can answer here is heard by letter: an officer sends it, and enters what comes back.

Its time begins on the day the letter is entered, never before, and is the same as at the desk.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases.errors import AnswersHere, WrongState
from portal.cases.models import HearingRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, casework, deadlines, heard, trail
from portal.cases.services.access import Officer
from portal.cases.values import ItemKind, Says
from portal.foundation import ids


def write_letter(
    session: Session,
    *,
    case_id: str,
    text: str,
    submission: str,
    body: str | None = None,
    officer: Officer,
    now: datetime,
) -> None:
    """Enter the extract that was sent today to one body; without `body`, to the first that can be asked.

    Raises NoSuchCase, WrongState, AnswersHere, and Invalid for a text that holds words masked in the case, or a
    sentence of the reporter's.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    body = heard.require_askable(session, case, body, now=now)
    if heard.who_may_answer(session, case, body, officer=officer, now=now):
        raise AnswersHere
    heard.require_fit(session, case, officer=officer, text=text)
    says = {"says": Says.EXTRACT.value, "body": body}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=says)
    row = HearingRow(
        id=ids.new_id(),
        case_id=case.id,
        body_code=body,
        asked_on=now.date(),
        due_on=deadlines.body_answer_by(now.date(), officer.settings),
        by_letter=True,
        sealed=b"",
    )
    session.add(row)
    session.flush()
    trail.note(session, case, officer, "cases.write-letter", now, body=body)


def enter_answer(
    session: Session,
    *,
    case_id: str,
    text: str,
    submission: str,
    body: str | None = None,
    officer: Officer,
    now: datetime,
) -> None:
    """Enter what a body answered, late or not, as long as nothing is proposed; without `body`, the one that was
    written to first. Raises NoSuchCase, WrongState."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    row = heard.open_letter(session, case, body)
    if row is None:
        raise WrongState
    says = {"says": Says.BODY_ANSWER.value, "body": row.body_code}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=says)
    row.answered_on = now.date()
    session.flush()
    trail.note(session, case, officer, "cases.enter-answer", now, body=row.body_code)
