"""The texts the office keeps for writing to reporters."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.web.guard import acting, desk
from portal.cases.permissions import CasesPermission
from portal.cases.services import replies
from portal.cases.values import Reply
from portal.cases.web.desk import blueprint
from portal.cases.web.forms.replies import DropReplyForm, ReplyForm
from portal.web import edge
from portal.web.words import own_name


@blueprint.get("/replies")
@desk(CasesPermission.READ)
def list_replies() -> ResponseReturnValue:
    found = replies.list_replies(edge.reader())
    return render_template(
        "cases/desk/replies.html",
        replies=found,
        people={one.changed_by: accounts.name_of(edge.reader(), one.changed_by) for one in found},
        own_name=own_name,
        may_keep=acting().may(CasesPermission.KEEP_REPLIES),
    )


@blueprint.route("/replies/new", methods=["GET", "POST"])
@desk(CasesPermission.KEEP_REPLIES)
def new_reply() -> ResponseReturnValue:
    return _edit(None)


@blueprint.route("/replies/<reply_id>", methods=["GET", "POST"])
@desk(CasesPermission.KEEP_REPLIES)
def edit_reply(reply_id: str) -> ResponseReturnValue:
    return _edit(replies.get_reply(edge.reader(), reply_id))


@blueprint.post("/replies/<reply_id>/drop")
@desk(CasesPermission.KEEP_REPLIES)
def drop_reply(reply_id: str) -> ResponseReturnValue:
    if DropReplyForm().validate_on_submit():
        replies.drop_reply(edge.session(), reply_id=reply_id, actor=acting(), now=edge.office_now())
    return redirect(url_for("cases.list_replies"), 303)


def _edit(reply: Reply | None) -> ResponseReturnValue:
    form = ReplyForm(obj=reply)
    if form.validate_on_submit():
        replies.keep_reply(
            edge.session(),
            reply_id=reply.id if reply else None,
            language=form.language.data,
            title=form.title.data or "",
            text=form.text.data or "",
            actor=acting(),
            now=edge.office_now(),
        )
        return redirect(url_for("cases.list_replies"), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("cases/desk/reply.html", form=form, reply=reply, drop=DropReplyForm()), status
