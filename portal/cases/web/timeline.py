"""Who did what with a case, and on which day."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.web.guard import desk
from portal.cases import queries
from portal.cases.permissions import CasesPermission
from portal.cases.timeline import timeline
from portal.cases.values import reference
from portal.cases.web.desk import blueprint, id_of, officer
from portal.web import edge
from portal.web.wording import lazy_gettext as _l

ACTS = {
    "reporter.reported": _l("The report was received"),
    "reporter.wrote": _l("The reporter wrote"),
    "reporter.judged": _l("The reporter said how they were dealt with"),
    "reporter.sent-file": _l("The reporter sent a file"),
    "cases.enter": _l("Entered the report for somebody"),
    "cases.acknowledge": _l("Acknowledged it"),
    "cases.triage": _l("Began triage"),
    "cases.set-body": _l("Said which body it is about"),
    "cases.no-body": _l("Said that no public body can be named"),
    "cases.assign": _l("Assigned it"),
    "cases.share": _l("Let somebody read it"),
    "cases.investigate": _l("Began the investigation"),
    "cases.message": _l("Wrote to the reporter"),
    "cases.ask": _l("Asked the reporter a question"),
    "cases.check-in": _l("Asked how the reporter has fared"),
    "cases.note": _l("Wrote an internal note"),
    "cases.clean-file": _l("Made a cleaned copy of a file"),
    "cases.take-original": _l("Took the original of a file"),
    "cases.propose": _l("Proposed a finding"),
    "cases.send-back": _l("Sent the finding back"),
    "cases.take-back": _l("Took back what they had proposed"),
    "cases.decide": _l("Decided"),
    "cases.propose-correction": _l("Proposed the correction"),
    "cases.owe-correction": _l("Owed the correction again: what was proposed was refused or taken back"),
    "cases.value-changed": _l("A figure that it is about was published with another version"),
    "cases.leave-untold": _l("Said why the reporter was not written to about what was found"),
    "cases.close": _l("Closed it"),
    "cases.reopen": _l("Reopened it"),
    "cases.propose-extension": _l("Asked for more time"),
    "cases.extend": _l("Agreed to more time"),
    "cases.refuse-extension": _l("Refused more time"),
    "cases.ask-body": _l("Asked the body for an answer"),
    "cases.body-answered": _l("Answered for the body"),
    "cases.write-letter": _l("Asked the body by letter"),
    "cases.enter-answer": _l("Entered what the body answered"),
    "cases.order-inspection": _l("Ordered an inspection"),
    "cases.inspected": _l("Attached what the inspection found"),
    "cases.attach-file": _l("Attached a file to what the inspection found"),
    "cases.cancel-inspection": _l("Cancelled the inspection"),
    "cases.propose-masking": _l("Proposed a mask"),
    "cases.mask": _l("Agreed to a mask"),
    "cases.refuse-masking": _l("Refused a mask"),
    "cases.unmask": _l("Read what is masked"),
    "cases.propose-export": _l("Asked to hand it to an authority"),
    "cases.export": _l("Agreed to hand it to an authority"),
    "cases.refuse-export": _l("Refused to hand it to an authority"),
    "cases.take-export": _l("Took the package for an authority"),
    "cases.read-drawn": _l("Opened it, drawn from reports that are dismissed together"),
    "cases.dismiss-together": _l("Two officers dismissed it together with others that were set aside"),
    "cases.objected": _l("Its reporter objected: it is open again"),
    "cases.read-again": _l("Read the dismissed case again"),
    "cases.hold": _l("Put it on hold beyond its time"),
    "cases.propose-release": _l("Proposed to end the hold"),
    "cases.refuse-release": _l("Refused to end the hold"),
    "cases.lift-hold": _l("Ended the hold"),
    "cases.propose-deletion": _l("Proposed to delete it"),
    "cases.refuse-deletion": _l("Refused to delete it"),
    "cases.propose-identity": _l("Asked to open who the reporter is"),
    "cases.open-identity": _l("Opened who the reporter is"),
    "cases.refuse-identity": _l("Refused to open who the reporter is"),
    "cases.read-identity": _l("Read who the reporter is"),
    "cases.link": _l("Linked it with another case"),
    "cases.unlink": _l("Ended the link with another case"),
    "cases.propose-joining": _l("Proposed to join it into another case"),
    "cases.refuse-joining": _l("Refused to join it"),
    "cases.join": _l("Joined it into another case"),
    "cases.take-in": _l("Joined another case into it"),
    "cases.part": _l("Ended the joining"),
    "cases.new-lock": _l("Gave it a new lock"),
    "cases.give-up-keys": _l("Gave up their keys to it"),
    "cases.recuse": _l("Stepped aside"),
    "cases.not-assigned": _l("The day passed by which it was to be assigned"),
    "cases.not-closed": _l("The day passed by which it was to be closed"),
    "duties.withdraw": _l("A proposal no longer stands: whoever made it left the case"),
    "duties.substitute": _l("Named who takes over a second signature that waits too long"),
    "duties.no-substitute": _l("Found nobody to take over a second signature that waits too long"),
    "publishing.notice": _l("Marked the figure as under review"),
}
"""What the record's codes mean here; an act that is not among them is shown by its code."""


@blueprint.get("/<ref>/timeline")
@desk(CasesPermission.READ)
def case_timeline(ref: str) -> ResponseReturnValue:
    events = timeline(edge.reader(), case_id=id_of(ref), officer=officer(), now=edge.office_now())
    case = queries.read_case(edge.reader(), case_id=id_of(ref), officer=officer(), now=edge.office_now())
    people = {one for event in events for one in (event.who, event.to) if one}
    return render_template(
        "cases/desk/timeline.html",
        ref=ref,
        reference=reference,
        events=events,
        acts=ACTS,
        files={one.id: one for one in case.files},
        people={one: accounts.name_of(edge.reader(), one) for one in people},
    )
