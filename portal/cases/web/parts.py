"""Parts of a report's form that its writer and an officer who enters it share: about what, and files."""

from collections.abc import Iterable

from flask import request
from wtforms import StringField
from wtforms.fields import SelectChoice

from portal.cases.services import drafts, intake, mailbox
from portal.cases.values import SentFile, Subject
from portal.cases.web import subjects, uploads
from portal.cases.web.forms.report import FiguresForm, FilesForm
from portal.cases.web.mailbox import GIVEN_AWAY_BY_NAME
from portal.foundation.i18n import N_
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import gettext as _

GIVEN_AWAY = N_(
    "Seven words of a report stand in this text. Take them out: they are for you alone, and nobody here"
    " needs them."
)


def give_code_away(form: PortalForm) -> bool:
    """Refuse each text that holds the seven words of any report: whoever reads it could open its mailbox."""
    texts = {field.name: field.data or "" for field in form if isinstance(field, StringField)}
    found = [one for one in texts if mailbox.holds_any_code(edge.reader(), text=texts[one], keys=edge.keys())]
    for name in found:
        form.refuse(name, GIVEN_AWAY)
    return bool(found)


def offer_figures(form: FiguresForm) -> bool:
    """Offer what was searched for; whether anything was found."""
    found = subjects.offered(form.q.data or "")
    form.offer(
        SelectChoice(one.value, subjects.line(one.about), render_kw={"hint": subjects.hint(one.about)})
        for one in found
    )
    return bool(found)


def changed(subject: Subject, added: Iterable[str], removed: str) -> Subject:
    """With what was chosen, and without what was taken out."""
    left = [one for one in subject.parts if subjects.named(one) != removed] if removed else subject.parts
    about = Subject.of(left)
    for one in () if removed else added:
        about = drafts.with_another(about, subjects.meant(one))
    return about


def take_file(form: FilesForm, secret: str) -> str | None:
    """Add what was sent to the draft, or take a file out of it. Where to go then: "files" to show them again, else
    what the button says; None when the form says what is wrong."""
    now, settings, removing = edge.office_now(), edge.settings(), request.form.get("remove")
    if removing:
        intake.remove_file(edge.session(), secret=secret, file_id=removing, settings=settings, now=now)
        return "files"
    part = uploads.sent_part(form.file.data)
    if part is None:
        then = request.form.get("then", "")
        if then != "add":
            return then
        form.refuse("file", _("Choose a file first. Empty files cannot be added."))
        return None
    name, sink = part
    if mailbox.holds_any_code(edge.reader(), text=name, keys=edge.keys()):
        form.refuse("file", GIVEN_AWAY_BY_NAME)
        return None
    sink.keep(now.date())
    file = SentFile(sink.id, name, sink.size, sink.key, sink.sha256)
    if intake.keep_file(edge.session(), secret=secret, file=file, settings=settings, now=now) is None:
        uploads.store().remove(sink.id)
        form.refuse("file", _("A report takes %(most)s files. Remove one first.", most=drafts.MOST_FILES))
        return None
    return "files"
