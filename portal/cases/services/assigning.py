"""To whom a case could best be given. A person decides, or the rule does where the office set it so.

The load that counts is that of cases which everybody who holds this one holds as well: what one of them must not
know of never moves a suggestion, nor an assignment that they see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts.queries import away_on
from portal.cases import rules
from portal.cases.models import Case, CompetenceRow, Epoch, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.rules import Candidate
from portal.cases.services import about, access, casework, epochs, masked
from portal.cases.services.access import Officer
from portal.cases.values import Able, CaseState, Competence, Language, Matter, Need, Report, Skill
from portal.publishing import queries as published

IN_HAND = (CaseState.ASSIGNED, CaseState.INVESTIGATING, CaseState.PROPOSED)


def competence_of(session: Session, person_id: str) -> Competence:
    """What somebody declared of themselves."""
    return competences_of(session, [person_id])[person_id]


def competences_of(session: Session, people: Iterable[str]) -> dict[str, Competence]:
    """What each of these declared of themselves."""
    found: dict[str, dict[str, set[str]]] = {person: {skill: set() for skill in Skill} for person in people}
    for row in session.scalars(select(CompetenceRow).where(CompetenceRow.person_id.in_(found))):
        found[row.person_id][row.skill].add(row.value)
    return {
        person: Competence(
            frozenset(Language(one) for one in said[Skill.LANGUAGE]),
            frozenset(Matter(one) for one in said[Skill.MATTER]),
            frozenset(said[Skill.SECTOR]),
        )
        for person, said in found.items()
    }


def declare_competence(session: Session, *, competence: Competence, officer: Officer) -> None:
    """Say anew what one is good at; what was said before no longer holds."""
    officer.actor.require(CasesPermission.HANDLE)
    session.execute(delete(CompetenceRow).where(CompetenceRow.person_id == officer.id))
    said: tuple[tuple[Skill, Iterable[str]], ...] = (
        (Skill.LANGUAGE, competence.languages),
        (Skill.MATTER, competence.matters),
        (Skill.SECTOR, competence.sectors),
    )
    for skill, values in said:
        rows = (CompetenceRow(person_id=officer.id, skill=skill, value=one) for one in sorted(values))
        session.add_all(rows)
    session.flush()


def suggested(
    session: Session, *, case_id: str, officer: Officer, permission: CasesPermission, now: datetime
) -> tuple[Able, ...]:
    """Everybody whom the case could be given to, whoever is suggested first; to handle it, nobody who is away but
    whoever asks. Raises NoSuchCase."""
    case = access.get_granted(session, case_id=case_id, officer=officer, now=now)
    report = casework.read_report(session, case, access.open_keys(session, case=case, officer=officer))
    found = casework.eligible_for(
        session, case=case, report=report, permissions=(permission,), settings=officer.settings, now=now
    )
    if permission is CasesPermission.HANDLE:
        left_out = set(away_on(session, now.date())) - {officer.id}
        if not masked.may_take(session, case, officer):
            left_out.add(officer.id)
        found = tuple(one for one in found if one.person_id not in left_out)
    return rules.by_fitness(_able(session, case, report, found, now))


def acknowledge(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """Acknowledge; where the office set it so, the rule assigns the case in the same step if it can."""
    casework.acknowledge(session, case_id=case_id, officer=officer, now=now)
    if officer.settings.assign_by_rule:
        best = suggested(session, case_id=case_id, officer=officer, permission=CasesPermission.HANDLE, now=now)
        if best:
            casework.assign(session, case_id=case_id, person_id=best[0].person_id, officer=officer, now=now)


def _able(
    session: Session, case: Case, report: Report, people: Iterable[Candidate], now: datetime
) -> tuple[Able, ...]:
    need = Need(
        rules.language_of(f"{report.what} {report.how}"),
        Matter(case.matter),
        _sectors(session, about.subject_of(session, case).bodies),
    )
    candidates = tuple(people)
    ids = [one.person_id for one in candidates]
    loads, competences = _loads(session, case, ids, now), competences_of(session, ids)
    return tuple(
        Able(
            one.person_id,
            one.name,
            loads.get(one.person_id, 0),
            rules.skills_for(need, competences[one.person_id]),
        )
        for one in candidates
    )


def _loads(session: Session, case: Case, people: Sequence[str], now: datetime) -> dict[str, int]:
    """How many open cases each has in hand, of those that exist for everybody who holds `case`."""
    newest = select(func.max(Epoch.number)).where(Epoch.case_id == Case.id).scalar_subquery()
    for_all = [
        condition
        for holder in epochs.holders_of(session, case.id)
        for condition in (
            select(Wrap.epoch)
            .where(Wrap.case_id == Case.id, Wrap.person_id == holder, Wrap.epoch == newest)
            .correlate(Case)
            .exists(),
            *about.far_from(holder, at=now),
        )
    ]
    query = (
        select(Case.assigned_to, func.count())
        .where(Case.state.in_(IN_HAND), Case.assigned_to.in_(people), Case.id != case.id, *for_all)
        .group_by(Case.assigned_to)
    )
    return {person: count for person, count in session.execute(query) if person}


def _sectors(session: Session, bodies: Iterable[str]) -> frozenset[str]:
    """The bodies and every body above them, as published now."""
    edition = published.current_edition(session).n
    found: set[str] = set()
    for body in bodies:
        code: str | None = body
        while code and code not in found:
            found.add(code)
            known = published.find_body(session, code, edition=edition)
            code = known.parent if known else None
    return frozenset(found)
