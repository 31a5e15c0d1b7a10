"""The package for an authority, for the two who signed it: encrypted while written, each taking on record."""

import tempfile
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk, fresh
from portal.cases import package, queries
from portal.cases.errors import NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import exports
from portal.cases.values import Subject
from portal.cases.web import subjects, uploads
from portal.cases.web.desk import id_of, officer
from portal.cases.web.forms.hearing import TakePackageForm
from portal.foundation.archive import recipient_of
from portal.web import edge

blueprint = Blueprint("case_package", __name__, url_prefix="/desk/cases/<ref>/package")
_PIECE = 1 << 16


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.HANDLE)
@fresh
def page(ref: str) -> ResponseReturnValue:
    found = queries.read_case(edge.reader(), case_id=id_of(ref), officer=officer(), now=edge.office_now())
    if officer().id not in found.export.signed_by:
        raise NoSuchCase
    form = TakePackageForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("cases/desk/package.html", ref=ref, form=form, case=found), status
    if found.export.original:
        found = queries.read_original(edge.reader(), case_id=id_of(ref), officer=officer(), now=edge.office_now())
    recipient, members = exports.take(
        edge.session(), case=found, store=uploads.store(), officer=officer(), now=edge.office_now()
    )
    members.append(package.named(_about(found.summary.subject)))
    # only what is encrypted lies on the disk, and without a name
    target = tempfile.TemporaryFile(dir=edge.settings().var)  # noqa: SIM115 - read while it is sent
    package.write(target, members, recipient=recipient_of(recipient))
    size = target.tell()
    target.seek(0)
    reply = Response(iter(lambda: target.read(_PIECE), b""), mimetype="application/octet-stream")
    reply.call_on_close(target.close)
    reply.content_length = size
    reply.headers.set("Content-Disposition", "attachment", filename=f"case-{ref[:11]}.tar.age")
    return reply


def _about(subject: Subject) -> list[dict[str, Any]]:
    """Each thing it is about by name; a figure also as the reporter saw it, and as it is published now."""
    every = zip(subjects.describe(subject).every, subjects.as_published_now(subject).every, strict=True)
    return [
        {
            "body": then.body,
            "service": then.service,
            "indicator": then.indicator,
            "period": then.subject.period,
            "published": [
                {"edition": one.subject.edition, "result": one.actual, "target": one.target}
                for one in (then, now)
                if one.indicator
            ],
        }
        for then, now in every
    ]
