"""The package for an authority, for the two who signed it: encrypted while written, each taking on record."""

import tempfile

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk, fresh
from portal.cases import package, queries
from portal.cases.errors import NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import exports
from portal.cases.web import uploads
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
