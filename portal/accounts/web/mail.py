"""Whether, and in which language, one is told by mail that something waits."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.services import choose_mail
from portal.accounts.values import NO_MAIL
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import MailForm
from portal.accounts.web.guard import SIGNED_IN, acting, current, desk
from portal.config import listed_hours
from portal.foundation.mail import is_mail_address
from portal.web import edge
from portal.web.wording import gettext as _

OFFICE = "office"


@blueprint.route("/desk/mail", methods=["GET", "POST"])
@desk(SIGNED_IN)
def mail_page() -> ResponseReturnValue:
    person = current().person
    form = MailForm(data={"mail": person.mail or OFFICE})
    form.mail.choices = [
        SelectChoice(OFFICE, _("In the language of the office")),
        SelectChoice("en", _("In English")),
        SelectChoice("zh_Hans", _("In Simplified Chinese")),
        SelectChoice(NO_MAIL, _("No mail")),
    ]
    if form.validate_on_submit():
        chosen = "" if form.mail.data == OFFICE else form.mail.data or ""
        choose_mail(edge.session(), person_id=person.id, mail=chosen, actor=acting(), now=edge.now())
        return redirect(url_for("accounts.mail_page", done="chosen"), 303)
    page = render_template(
        "accounts/mail.html",
        form=form,
        address=person.address if is_mail_address(person.address) else "",
        hours=[f"{hour:02}:00" for hour in listed_hours(edge.settings().mail_hours)],
        sends=bool(edge.settings().smtp_url),
        done=request.args.get("done", ""),
    )
    return page, 422 if form.is_submitted() else 200
