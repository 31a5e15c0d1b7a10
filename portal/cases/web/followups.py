"""More that a reporter can do in the mailbox, each on a page of its own: what it means comes before the button.

Their addresses say nothing: they stay in the history of a browser, where others look.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.cases.services import followups as service
from portal.cases.values import Handling, LettingIn, MailboxView, Retaliation, SentFile
from portal.cases.web import cookies, uploads
from portal.cases.web.forms.mailbox import (
    CodeForm,
    HandlingForm,
    LetInForm,
    MoreFilesForm,
    RetaliationForm,
    WithdrawForm,
)
from portal.cases.web.mailbox import as_message, back, door, gives_code_away, opened
from portal.foundation.i18n import N_, Message
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import gettext as _

NOT_WITHDRAWN = Message(
    N_(
        "The officers decided meanwhile, or you withdrew before: this could not be taken as a withdrawal. What you"
        " typed stands here and is not sent; you can send it as a message."
    )
)
NOT_JUDGED = Message(
    N_(
        "The case changed meanwhile, or you have said it before: this could not be taken. What you typed stands"
        " here and is not sent; you can send it as a message."
    )
)
SEND_AS_MESSAGE = Message(
    N_(
        "Another page was faster and made it a case of its own. What you typed here stands below and is not sent;"
        " you can send it as a message."
    )
)

blueprint = Blueprint("report_followups", __name__, url_prefix="/report/mailbox")


@blueprint.route("/1", methods=["GET", "POST"])
def files() -> ResponseReturnValue:
    view = opened()
    if view is None:
        return _shut()
    form = MoreFilesForm()
    if not form.validate_on_submit():
        return _page("more_files", view, form, limit=edge.settings().upload_limit_mb)
    part = uploads.sent_part(form.file.data)
    if part is None:
        form.refuse("file", _("Choose a file first. Empty files cannot be added."))
        return _page("more_files", view, form, limit=edge.settings().upload_limit_mb)
    name, sink = part
    if gives_code_away(form, "file", name):
        return _page("more_files", view, form, limit=edge.settings().upload_limit_mb)
    sink.keep(edge.office_now().date())
    kept = service.send_file(
        edge.session(),
        secret=_secret(),
        file=SentFile(sink.id, name, sink.size, sink.key, sink.sha256),
        settings=edge.settings(),
        now=edge.office_now(),
    )
    if not kept:
        uploads.store().remove(sink.id)
        form.refuse("file", _("A case takes %(most)s files, and has them.", most=service.MOST_FILES))
        return _page("more_files", view, form, limit=edge.settings().upload_limit_mb)
    return redirect(url_for("report_followups.files"), 303)


@blueprint.route("/4", methods=["GET", "POST"])
def withdraw() -> ResponseReturnValue:
    view = opened()
    if view is None:
        return _shut(WithdrawForm())
    form = WithdrawForm()
    if not view.may_withdraw and not form.is_submitted():
        return back()
    if not form.validate_on_submit() or gives_code_away(form):
        return _page("withdraw", view, form)
    taken = service.withdraw(
        edge.session(),
        secret=_secret(),
        text=form.text.data or "",
        submission=form.submission_id,
        settings=edge.settings(),
        now=edge.office_now(),
    )
    return back() if taken else as_message(form.text.data or "", NOT_WITHDRAWN)


@blueprint.route("/6", methods=["GET", "POST"])
def let_in() -> ResponseReturnValue:
    """Nobody holds a key to the report any more; the reporter's own words open it to others."""
    view = opened()
    if view is None:
        return _shut()
    if view.letting_in in (None, LettingIn.NOBODY):
        return back()
    form = LetInForm()
    if not form.validate_on_submit():
        return _page("let_in", view, form)
    service.let_in(edge.session(), secret=_secret(), settings=edge.settings(), now=edge.office_now())
    return back()


@blueprint.route("/2", methods=["GET", "POST"])
def handling() -> ResponseReturnValue:
    view = opened()
    if view is None:
        return _shut(HandlingForm())
    form = HandlingForm()
    if not view.may_rate and not form.is_submitted():
        return back()
    if not form.validate_on_submit() or gives_code_away(form):
        return _page("handling", view, form)
    taken = service.judge(
        edge.session(),
        secret=_secret(),
        level=Handling(form.level.data),
        text=form.text.data or "",
        submission=form.submission_id,
        settings=edge.settings(),
        now=edge.office_now(),
    )
    return back() if taken else as_message(form.text.data or "", NOT_JUDGED)


@blueprint.route("/3", methods=["GET", "POST"])
def retaliation() -> ResponseReturnValue:
    """Sent, it goes where the rule says; a case of its own shows its seven words here until the mailbox shuts."""
    view = opened()
    if view is None:
        return _shut(RetaliationForm())
    form = RetaliationForm()
    if view.linked_code:
        return _linked(view.linked_code, "" if form.submission_id == view.linked_by else form.text.data)
    if not form.validate_on_submit() or gives_code_away(form):
        return _page("retaliation", view, form)
    goes = service.report_retaliation(
        edge.session(),
        secret=_secret(),
        text=form.text.data or "",
        submission=form.submission_id,
        keys=edge.keys(),
        settings=edge.settings(),
        now=edge.office_now(),
    )
    if goes is None:
        return as_message(form.text.data or "", SEND_AS_MESSAGE)
    return redirect(url_for("report_followups.retaliation"), 303) if goes is Retaliation.NEW_CASE else back()


def _linked(code: str, typed: str | None) -> ResponseReturnValue:
    """The words of the case of its own, and what another form held, which is in neither case."""
    page = render_template("cases/linked.html", code=code, typed=typed, minutes=_minutes())
    return page, 409 if typed else 200


@blueprint.errorhandler(413)
def too_large(_error: Exception) -> ResponseReturnValue:
    uploads.drain(request)
    return render_template("cases/too_large.html", limit=edge.settings().upload_limit_mb, mailbox=True), 413


def _page(name: str, view: MailboxView, form: PortalForm, **more: Any) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template(f"cases/{name}.html", view=view, form=form, minutes=_minutes(), **more), status


def _shut(form: PortalForm | None = None) -> ResponseReturnValue:
    """What was typed is given back; nothing typed, and the door asks for the words."""
    if request.method == "GET":
        return door(CodeForm())
    return render_template("cases/mailbox_shut.html", typed=form["text"].data if form else None), 410


def _secret() -> str | None:
    return cookies.read(cookies.MAILBOX)


def _minutes() -> int:
    return edge.settings().mailbox_idle_minutes
