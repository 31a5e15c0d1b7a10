"""The desk's first page: what is mine today, what waits for my second signature, what comes later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import AccountsPermission
from portal.accounts.web.guard import SIGNED_IN, acting, desk, private_keys
from portal.audit.permissions import AuditPermission
from portal.cases.permissions import CasesPermission
from portal.cases.queries import queue, tally
from portal.cases.services.access import Officer
from portal.cases.values import CaseSummary, Tally, mark_in
from portal.duties.queries import days_left, duties_of, proposed_by, signatures_waiting_for, urgency
from portal.duties.values import Duty, Proposal, Urgency
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import Names
from portal.foundation.paging import Page
from portal.publishing.queries import bodies_named, current_edition, previews_for
from portal.web import edge
from portal.web.wording import lazy_gettext as _l

blueprint = Blueprint("front_desk", __name__)


@dataclass(frozen=True)
class Item:
    """A duty or proposal with how it stands today."""

    what: Duty | Proposal
    urgency: Urgency
    days: int

    @classmethod
    def of(cls, what: Duty | Proposal, now: datetime) -> "Item":
        zone = ZoneInfo(edge.settings().time_zone)
        return cls(what, urgency(what.due_at, now, zone), days_left(what.due_at, now, zone))

    @property
    def case(self) -> str | None:
        """The mark of the case it is about: several duties of one kind are told apart by it."""
        return mark_in(self.what.address)


OFFICE_PAGES: tuple[tuple[str, str, Any], ...] = (
    (AuditPermission.READ, "/desk/audit", _l("Audit record")),
    (AccountsPermission.READ_ROLES, "/desk/roles", _l("Roles and what they may do")),
)


SHOWN_CASES = 8
LISTS = ("mine", "answers", "sign", "proposed")
ON_ONE_PAGE = 25
"""Of what waits, however much it is: the page does not grow with it."""


@blueprint.get("/desk")
@desk(SIGNED_IN)
def first_page() -> ResponseReturnValue:
    session, actor, now = edge.session(), acting(), edge.now()
    shown = _cases()
    waiting = duties_of(session, actor, now=now)
    duties = _page("mine", [one for one in waiting if not one.is_answer])
    return render_template(
        "front/desk.html",
        today=now.astimezone(ZoneInfo(edge.settings().time_zone)).date(),
        duties=duties,
        pressing=[item for item in duties.items if item.urgency is not Urgency.LATER],
        later=[item for item in duties.items if item.urgency is Urgency.LATER],
        answers=_page("answers", [one for one in waiting if one.is_answer]),
        to_sign=_page("sign", signatures_waiting_for(session, actor, now=now)),
        proposed=_page("proposed", proposed_by(session, actor, now=now)),
        numbers=_numbers(),
        me=actor.person_id,
        cases=None if shown is None else shown[0],
        tally=None if shown is None else shown[1],
        named=_names(shown[0] if shown else ()),
        office_pages=[(path, text) for right, path, text in OFFICE_PAGES if actor.may(right)] + _previews(),
    )


def _page(name: str, what: Sequence[Duty | Proposal]) -> Page[Item]:
    """The part of a list that the address asks for; its last one where it asks for more than there is."""
    pages, now = max(1, -(-len(what) // ON_ONE_PAGE)), edge.now()
    number = max(1, min(pages, _numbers().get(name, 1)))
    shown = what[(number - 1) * ON_ONE_PAGE : number * ON_ONE_PAGE]
    return Page([Item.of(one, now) for one in shown], number, ON_ONE_PAGE, len(what))


def _numbers() -> dict[str, int]:
    """Which page of each list the address asks for."""
    asked = {name: request.args.get(name, type=int) for name in LISTS}
    return {name: number for name, number in asked.items() if number is not None and number > 1}


def _previews() -> list[tuple[str, Any]]:
    """The way to releases that this person may see before their time."""
    early = previews_for(edge.session(), acting().person_id)
    return [("/desk/previews", _l("Releases you may see early"))] if early else []


def _cases() -> tuple[Sequence[CaseSummary], Tally] | None:
    """The open cases that come first for this person, and how many there are; None for whoever handles none."""
    if not acting().may(CasesPermission.READ):
        return None
    try:
        officer = Officer(acting(), private_keys(), edge.settings())
    except Forbidden:
        return None  # this session holds no opened keys: the page of cases says so
    session, now = edge.session(), edge.office_now()
    found = queue(session, officer=officer, limit=SHOWN_CASES, now=now)
    return found.cases, tally(session, officer=officer, now=now)


def _names(cases: Sequence[CaseSummary]) -> dict[str, Names]:
    session = edge.session()
    wanted = {case.subject.body for case in cases if case.subject.body}
    found = bodies_named(session, wanted, edition=current_edition(session).n)
    return {code: body.names for code, body in found.items()}
