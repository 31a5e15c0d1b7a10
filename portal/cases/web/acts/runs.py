"""Each act on the desk, from a filled-in form to the service that does it."""

from collections.abc import Callable
from typing import Any

from portal.cases import queries
from portal.cases.errors import NoSuchCase, WrongState
from portal.cases.services import (
    assigning,
    casework,
    check_ins,
    copies,
    corrections,
    decisions,
    exports,
    extensions,
    hearings,
    identities,
    inspections,
    joining,
    letters,
    locks,
    masks,
    rereading,
    retention,
    taking_back,
)
from portal.cases.services.access import Officer
from portal.cases.values import Finding, Method, Proposed, Reread, SentFile
from portal.cases.web import uploads
from portal.cases.web.forms import desk as forms
from portal.cases.web.forms.hearing import HearForm, InspectedFileForm, OfBodyForm
from portal.cases.web.forms.joining import LinkForm
from portal.cases.web.forms.masking import MaskForm
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message
from portal.web import edge

Run = Callable[[Any, str, Officer], None]


def _run(act: Callable[..., object], **wanted: str) -> Run:
    """An act that takes what stands in fields of its form: `wanted` names the field for each argument."""

    def run(form: Any, case_id: str, officer: Officer) -> None:
        given = {name: form[field].data or "" for name, field in wanted.items()}
        act(edge.session(), case_id=case_id, officer=officer, now=edge.office_now(), **given)

    return run


def _write(act: Callable[..., object], words: str = "text") -> Run:
    """An act that keeps the words of a field, once however often its form is sent."""

    def run(form: Any, case_id: str, officer: Officer) -> None:
        given = {words: form[words].data or "", "submission": form.submission_id}
        act(edge.session(), case_id=case_id, officer=officer, now=edge.office_now(), **given)

    return run


def propose(form: forms.ProposeForm, case_id: str, officer: Officer) -> None:
    decisions.propose_finding(
        edge.session(),
        case_id=case_id,
        finding=Finding(form.finding.data),
        reason=form.reason.data or "",
        figures=form.covered(),
        officer=officer,
        now=edge.office_now(),
    )


def reread(form: forms.RereadForm, case_id: str, officer: Officer) -> None:
    rereading.read_again(
        edge.session(),
        case_id=case_id,
        result=Reread(form.result.data),
        reason=form.reason.data or "",
        officer=officer,
        now=edge.office_now(),
    )


def link(form: LinkForm, case_id: str, officer: Officer) -> None:
    """Raises Invalid for a mark of no case that exists for whoever links."""
    try:
        joining.link(
            edge.session(), case_id=case_id, other_id=form.other_id, officer=officer, now=edge.office_now()
        )
    except NoSuchCase:
        problem = Message(N_("You were granted no other case with this mark."))
        raise Invalid(problem, {"other": problem}) from None


def body(form: forms.BodyForm, case_id: str, officer: Officer) -> None:
    if form.body.data == forms.BodyForm.NONE:
        casework.set_no_body(edge.session(), case_id=case_id, officer=officer, now=edge.office_now())
    else:
        _run(casework.set_body, body_code="body")(form, case_id, officer)


acknowledge = _run(assigning.acknowledge)
triage = _run(casework.begin_triage)
assign = _run(casework.assign, person_id="person")
investigate = _run(casework.investigate)
decide = _run(decisions.decide)
send_back = _run(decisions.send_back, reason="reason")


def take_back(form: forms.TakeBackForm, case_id: str, officer: Officer) -> None:
    what = Proposed(form.what.data)
    taking_back.take_back(edge.session(), case_id=case_id, what=what, officer=officer, now=edge.office_now())


def correct(form: forms.CorrectForm, case_id: str, officer: Officer) -> None:
    corrections.propose(
        edge.session(),
        case_id=case_id,
        new_actual=form.new_actual.data or "",
        new_target=form.new_target.data or "",
        reason=form.reason.data or "",
        figure=form.chosen(),
        officer=officer,
        now=edge.office_now(),
    )


def close(form: forms.CloseForm, case_id: str, officer: Officer) -> None:
    decisions.close(
        edge.session(), case_id=case_id, unwritten=form.why_unwritten(), officer=officer, now=edge.office_now()
    )


reopen = _run(decisions.reopen, reason="reason")
extend = _run(extensions.propose_extension, reason="reason")
agree_to_extension = _run(extensions.agree_to_extension)
refuse_extension = _run(extensions.refuse_extension, reason="reason")
unlink = _run(joining.unlink, other_id="other")
join = _run(joining.propose_joining, into_id="other", reason="reason")
agree_to_joining = _run(joining.agree_to_joining)
refuse_joining = _run(joining.refuse_joining, reason="reason")
part = _run(joining.part, reason="reason")
message = _write(casework.write_to_reporter)
question = _write(casework.ask)
check_in = _write(check_ins.ask)
note = _write(casework.add_note)
share = _run(casework.share, person_id="person")
ask_for_identity = _run(identities.propose_opening, reason="reason")
open_identity = _run(identities.agree_to_opening, told="told")
refuse_identity = _run(identities.refuse_opening, reason="reason")


def hear(form: HearForm, case_id: str, officer: Officer) -> None:
    hearings.ask_body(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        body=form.chosen(),
        officer=officer,
        keys=edge.keys(),
        now=edge.office_now(),
    )


def _by_letter(act: Callable[..., object]) -> Run:
    """An act that keeps a text of one body, once however often its form is sent."""

    def run(form: OfBodyForm, case_id: str, officer: Officer) -> None:
        act(
            edge.session(),
            case_id=case_id,
            text=form["text"].data or "",
            submission=form.submission_id,
            body=form.chosen(),
            officer=officer,
            now=edge.office_now(),
        )

    return run


def inspect(form: Any, case_id: str, officer: Officer) -> None:
    inspections.order(
        edge.session(),
        case_id=case_id,
        method=Method(form.method.data),
        day=form.day.data,
        team=form.team.data or (),
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.office_now(),
    )


def seal_file(form: InspectedFileForm, case_id: str, officer: Officer) -> None:
    """What was sent lies sealed already; it is made whole and durable before anything is written."""
    part = uploads.sent_part(form.file.data)
    if part is None:
        problem = Message(N_("Choose a file first. Empty files cannot be added."))
        raise Invalid(problem, {"file": problem})
    name, sink = part
    sink.keep(edge.office_now().date())
    form.sealed = SentFile(sink.id, name, sink.size, sink.key, sink.sha256)


def attach_file(form: InspectedFileForm, case_id: str, officer: Officer) -> None:
    file, kept = form.sealed, False
    if file is None:
        raise WrongState
    try:
        kept = inspections.attach_file(
            edge.session(),
            case_id=case_id,
            file=file,
            submission=form.submission_id,
            officer=officer,
            now=edge.office_now(),
        )
    finally:
        if not kept:
            uploads.store().remove(file.id)


def cover(form: MaskForm, case_id: str, officer: Officer) -> None:
    """Make the copies with parts covered that the mask needs; one that holds already is taken as it is."""
    original = queries.read_original(edge.reader(), case_id=case_id, officer=officer, now=edge.office_now())
    for name, said in form.to_cover():
        before, copy = original.masking.marks.on(said.of), original.copy_of(said.of)
        if before is not None and before.copy is not None and before.areas == said.areas:
            form.covered[said.of] = before.copy
            continue
        day = edge.office_now().date()
        made = None if copy is None else copies.cover(uploads.store(), copy, said.areas, day=day)
        if made is None:
            problem = Message(N_("This picture cannot be covered. Withhold it instead."))
            raise Invalid(problem, {name: problem})
        form.covered[said.of] = made


def mask(form: MaskForm, case_id: str, officer: Officer) -> None:
    masks.propose(
        edge.session(),
        case_id=case_id,
        words=form.chosen(),
        files=form.files_said(),
        reason=form.reason.data or "",
        officer=officer,
        now=edge.office_now(),
    )


agree_to_mask = _run(masks.agree)
refuse_mask = _run(masks.refuse, reason="reason")


def export(form: Any, case_id: str, officer: Officer) -> None:
    read = queries.read_original if form.takes_original() else queries.read_case
    found = read(edge.session(), case_id=case_id, officer=officer, now=edge.office_now())
    exports.propose(
        edge.session(),
        case=found,
        recipient=form.recipient.data or "",
        reason=form.reasons(),
        original=form.takes_original(),
        officer=officer,
        now=edge.office_now(),
    )


agree_to_export = _run(exports.agree)
refuse_export = _run(exports.refuse, reason="reason")
letter = _by_letter(letters.write_letter)
letter_answer = _by_letter(letters.enter_answer)
inspected = _write(inspections.attach_result)
cancel_inspection = _run(inspections.cancel)
hold = _run(retention.hold, reason="reason")
release = _run(retention.propose_release, reason="reason")
agree_to_release = _run(retention.agree_to_release)
refuse_release = _run(retention.refuse_release, reason="reason")
propose_deletion = _run(retention.propose_deletion, reason="reason")
agree_to_deletion = _run(retention.agree_to_deletion)
refuse_deletion = _run(retention.refuse_deletion, reason="reason")
recuse = _run(casework.recuse)
new_lock = _write(locks.renew, "reason")


def conflict(form: forms.ConflictForm, case_id: str, officer: Officer) -> None:
    casework.declare_conflict(
        edge.session(), case_id=case_id, bodies=form.chosen(), officer=officer, now=edge.office_now()
    )
