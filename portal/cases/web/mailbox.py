"""The reporter's mailbox: opened by the seven words, sent by POST only."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.cases import codes, rules
from portal.cases.services import mailbox as service
from portal.cases.services.filings import OwnProof
from portal.cases.values import CaseState, Finding, Junk, MailboxView
from portal.cases.web import cookies, subjects
from portal.cases.web.forms.mailbox import HANDLING, CodeForm, MessageForm
from portal.foundation.i18n import N_, Message, message
from portal.foundation.phrases import WORDS
from portal.web import edge
from portal.web.forms import PortalForm, bind
from portal.web.wording import lazy_gettext as _l

TYPED = "text"
"""The field of the mailbox's forms that holds words."""
PROOF = "a"  # addresses say nothing: they stay in the history of a browser

blueprint = Blueprint("report_mailbox", __name__, url_prefix="/report/mailbox")

STATUS = {
    CaseState.RECEIVED: _l("Your report has arrived. An officer has yet to read it."),
    CaseState.ACKNOWLEDGED: _l("An officer has read your report and is deciding who looks into it."),
    CaseState.TRIAGE: _l("An officer has read your report and is deciding who looks into it."),
    CaseState.ASSIGNED: _l("An officer is looking into it."),
    CaseState.INVESTIGATING: _l("An officer is investigating what you reported."),
    CaseState.PROPOSED: _l("An officer is looking into it."),
    CaseState.JOINED: _l(
        "Your report was joined with another about the same matter. What is found there holds for yours too, and"
        " you read it here."
    ),
    CaseState.REOPENED: _l("Your report is being looked at again. An officer is deciding who looks into it."),
}
OUTCOME = {
    Finding.UPHELD: _l(
        "Two officers found that what you reported is so. A false figure is marked and corrected in public."
    ),
    Finding.PARTLY: _l(
        "Two officers found that what you reported is partly so. What is false is corrected in public."
    ),
    Finding.NOT_UPHELD: _l("Two officers looked into it and could not find that what you reported is so."),
    Finding.NOT_ADMISSIBLE: _l(
        "Two officers found that this is not a matter of published results, so it ends here."
    ),
    Finding.REFERRED: _l("Two officers found that another authority has to deal with it."),
}
TOGETHER = {
    Junk.ALIKE: _l(
        "Your report is not taken further: it was dismissed together with many others, because the same text was"
        " sent many times. Two officers did so, and opened a sample of them."
    ),
    Junk.EMPTY: _l(
        "Your report is not taken further: it was dismissed together with many others, because they say nothing"
        " that could be looked into. Two officers did so, and opened a sample of them."
    ),
    Junk.ADVERT: _l(
        "Your report is not taken further: it was dismissed together with many others, because they advertise"
        " something. Two officers did so, and opened a sample of them."
    ),
}
"""Why a report was dismissed with others; how to object stands below it on the page."""
GIVEN_AWAY = N_(
    "Your seven words stand in this message. Take them out: they are for you alone, and nobody here needs them."
)
GIVEN_AWAY_BY_NAME = N_(
    "Seven words of a report stand in the name of this file. Rename it: they are for you alone, and nobody here"
    " needs them."
)
UNKNOWN = N_("No report was sent with these words. Check their spelling and their order.")
MISSPELT = N_(
    "No report was sent with these words: “{word}” is none of the words that we give out. Check its spelling."
)
MISCOUNTED = N_("No report was sent with these words: there are seven, and you entered {count}.")
LONGEST_WORD = 20  # letters that are worth being said again


@blueprint.get("")
def mailbox() -> ResponseReturnValue:
    view = opened()
    if view is None:
        return door(CodeForm())
    form = MessageForm()
    form.offer(view.questions)
    return _opened(view, form)


@blueprint.post("")
def enter() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return door(form)
    secret = service.enter(
        edge.session(),
        code=form.code.data or "",
        keys=edge.keys(),
        settings=edge.settings(),
        now=edge.office_now(),
    )
    if secret is None:
        form.refuse("code", _why_not(form.code.data or ""))
        return door(form)
    return cookies.give(back(), cookies.MAILBOX, secret)


def _why_not(code: str) -> Message:
    """What can be said of words that open nothing and says nothing of any report: their spelling, their number."""
    count, strange = codes.count_words(code), codes.misspelt(code)
    if strange and count == WORDS and len(strange) <= LONGEST_WORD:
        return message(MISSPELT, word=strange)
    if not strange and 0 < count != WORDS:
        return message(MISCOUNTED, count=count)
    return message(UNKNOWN)


@blueprint.get("/<any(message, leave):form>")
def form_page(form: str) -> ResponseReturnValue:
    """Where a form was answered by a page, and that page is over."""
    return back()


@blueprint.post("/message")
def write() -> ResponseReturnValue:
    view = opened()
    if view is None:
        return render_template("cases/mailbox_shut.html", typed=MessageForm().text.data), 410
    form = MessageForm()
    form.offer(view.questions)
    if not form.validate_on_submit() or gives_code_away(form):
        return _opened(view, form)
    taken = service.write(
        edge.session(),
        secret=cookies.read(cookies.MAILBOX),
        text=form.text.data or "",
        answers=form.answered,
        submission=form.submission_id,
        settings=edge.settings(),
        now=edge.office_now(),
    )
    return back() if taken else (render_template("cases/mailbox_shut.html", typed=form.text.data), 410)


@blueprint.get("/5")
def filing() -> ResponseReturnValue:
    """The proof of filing, to read, to print and to take along."""
    view = opened()
    if view is None:
        return door(CodeForm())
    return render_template(
        "cases/filing.html", view=view, own=_proof(), minutes=edge.settings().mailbox_idle_minutes
    )


@blueprint.get("/5/<any(a, b):part>")
def filing_file(part: str) -> ResponseReturnValue:
    own = _proof()
    if own is None:
        return back()
    name = "proof-of-filing.json" if part == PROOF else "report.json"
    reply = Response(own.proof.text if part == PROOF else own.report, mimetype="application/json")
    reply.headers.set("Content-Disposition", "attachment", filename=name)
    return reply


@blueprint.get("/<any(files, handling, retaliation, withdraw, filing):before>")
def moved(before: str) -> ResponseReturnValue:
    """Addresses that these pages had, and that said what was done there."""
    return back()


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    service.leave(edge.session(), secret=cookies.read(cookies.MAILBOX), now=edge.office_now())
    left = make_response(redirect(url_for("report.left"), 303))
    return cookies.clear_site_data(cookies.take(left, cookies.MAILBOX))


def gives_code_away(form: PortalForm, name: str = "text", text: str | None = None) -> bool:
    """Refuse words, in the field of this name or beside it, that hold the mailbox's own code or another."""
    secret, said = cookies.read(cookies.MAILBOX), form[name].data or "" if text is None else text
    found = service.holds_code(edge.reader(), secret=secret, text=said, keys=edge.keys(), now=edge.office_now())
    if found:
        form.refuse(name, GIVEN_AWAY if text is None else GIVEN_AWAY_BY_NAME)
    return found


def _proof() -> OwnProof | None:
    secret = cookies.read(cookies.MAILBOX)
    return service.proof(edge.reader(), secret=secret, settings=edge.settings(), now=edge.office_now())


def opened() -> MailboxView | None:
    secret = cookies.read(cookies.MAILBOX)
    view = service.look(edge.reader(), secret=secret, settings=edge.settings(), now=edge.office_now())
    if view is not None and secret:
        bind(secret.encode())
    return view


def _opened(view: MailboxView, form: MessageForm) -> ResponseReturnValue:
    together = TOGETHER[view.dismissed_with_others] if view.dismissed_with_others else None
    status = STATUS.get(view.state) or together or OUTCOME[view.finding or Finding.REFERRED]
    if view.letting_in and view.state in STATUS:
        status = ""  # nobody reads it, whatever was to come next
    minutes = edge.settings().mailbox_idle_minutes
    page = render_template(
        "cases/mailbox.html",
        view=view,
        form=form,
        about=subjects.describe(view.subject),
        status=status,
        minutes=minutes,
        levels=HANDLING,
        may_object=rules.may_reopen(state=view.state, finding=view.finding) and together is None,
    )
    return page, 422 if form.is_submitted() else 200


def as_message(text: str, why: Message) -> ResponseReturnValue:
    """The mailbox as it stands now, with words that could not be taken where they were typed, ready to be sent."""
    secret = cookies.read(cookies.MAILBOX)
    view = service.look(edge.session(), secret=secret, settings=edge.settings(), now=edge.office_now())
    if view is None:
        return render_template("cases/mailbox_shut.html", typed=text), 410
    form = MessageForm(formdata=None, data={"text": text})
    form.offer(view.questions)
    form.refuse("text", why)
    return _opened(view, form)


def door(form: CodeForm) -> ResponseReturnValue:
    page = render_template("cases/mailbox_door.html", form=form, minutes=edge.settings().mailbox_idle_minutes)
    return page, 422 if form.is_submitted() else 200


def back() -> Response:
    return make_response(redirect(url_for("report_mailbox.mailbox"), 303))
