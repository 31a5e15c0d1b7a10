"""The audit record as an auditor reads it: the main chain only, codes and ids only."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.queries import list_people
from portal.accounts.web.guard import desk
from portal.audit.permissions import AuditPermission
from portal.audit.queries import acts_of_main_chain, main_chain
from portal.web import edge

blueprint = Blueprint("front_audit", __name__)


@blueprint.get("/desk/audit")
@desk(AuditPermission.READ)
def audit_page() -> ResponseReturnValue:
    session = edge.session()
    act, person_id = request.args.get("act", ""), request.args.get("person", "")
    number = request.args.get("page", 1, type=int)
    return render_template(
        "front/audit.html",
        page=main_chain(session, page=number, act=act, person_id=person_id),
        acts=acts_of_main_chain(session),
        people={person.id: person.name for person in list_people(session)},
        act=act,
        person_id=person_id,
    )
