"""The desk's first page: what is mine today, what waits for my second signature, what comes later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal.accounts.permissions import AccountsPermission
from portal.accounts.web.guard import SIGNED_IN, acting, desk
from portal.audit.permissions import AuditPermission
from portal.duties.queries import duties_of, proposed_by, signatures_waiting_for
from portal.duties.rules import days_left, urgency
from portal.duties.values import Duty, Proposal, Urgency
from portal.web import edge

blueprint = Blueprint("front_desk", __name__)


@dataclass(frozen=True)
class Item:
    """A duty or proposal with how it stands today."""

    what: Duty | Proposal
    urgency: Urgency
    days: int

    @classmethod
    def of(cls, what: Duty | Proposal, now: datetime) -> "Item":
        return cls(what, urgency(what.due_at, now), days_left(what.due_at, now))


OFFICE_PAGES: tuple[tuple[str, str, Any], ...] = (
    (AuditPermission.READ, "/desk/audit", _l("Audit record")),
    (AccountsPermission.READ_ROLES, "/desk/roles", _l("Roles and what they may do")),
)


@blueprint.get("/desk")
@desk(SIGNED_IN)
def first_page() -> ResponseReturnValue:
    session, actor, now = edge.session(), acting(), edge.now()
    duties = [Item.of(duty, now) for duty in duties_of(session, actor, now=now)]
    return render_template(
        "front/desk.html",
        today=now.date(),
        pressing=[item for item in duties if item.urgency is not Urgency.LATER],
        later=[item for item in duties if item.urgency is Urgency.LATER],
        to_sign=[Item.of(proposal, now) for proposal in signatures_waiting_for(session, actor, now=now)],
        proposed=[Item.of(proposal, now) for proposal in proposed_by(session, actor, now=now)],
        office_pages=[(path, text) for right, path, text in OFFICE_PAGES if actor.may(right)],
    )
