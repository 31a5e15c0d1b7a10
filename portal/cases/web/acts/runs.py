"""Each act on the desk, from a filled-in form to the service that does it."""

from typing import Any

from portal.cases.services import casework, check_ins, corrections, decisions, extensions
from portal.cases.services.access import Officer
from portal.cases.values import Finding
from portal.cases.web.forms import desk as forms
from portal.web import edge


def acknowledge(_form: Any, case_id: str, officer: Officer) -> None:
    casework.acknowledge(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def triage(_form: Any, case_id: str, officer: Officer) -> None:
    casework.begin_triage(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def investigate(_form: Any, case_id: str, officer: Officer) -> None:
    casework.investigate(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def extend(form: forms.ExtendForm, case_id: str, officer: Officer) -> None:
    extensions.propose_extension(
        edge.session(), case_id=case_id, reason=form.reason.data or "", officer=officer, now=edge.now()
    )


def agree_to_extension(_form: Any, case_id: str, officer: Officer) -> None:
    extensions.agree_to_extension(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def refuse_extension(_form: Any, case_id: str, officer: Officer) -> None:
    extensions.refuse_extension(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def reopen(form: forms.ReopenForm, case_id: str, officer: Officer) -> None:
    decisions.reopen(
        edge.session(), case_id=case_id, reason=form.reason.data or "", officer=officer, now=edge.now()
    )


def assign(form: forms.AssignForm, case_id: str, officer: Officer) -> None:
    casework.assign(edge.session(), case_id=case_id, person_id=form.person.data, officer=officer, now=edge.now())


def share(form: forms.ShareForm, case_id: str, officer: Officer) -> None:
    casework.share(edge.session(), case_id=case_id, person_id=form.person.data, officer=officer, now=edge.now())


def message(form: forms.ToReporterForm, case_id: str, officer: Officer) -> None:
    casework.write_to_reporter(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.now(),
    )


def question(form: forms.QuestionForm, case_id: str, officer: Officer) -> None:
    casework.ask(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.now(),
    )


def check_in(form: forms.CheckInForm, case_id: str, officer: Officer) -> None:
    check_ins.ask(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.now(),
    )


def conflict(_form: Any, case_id: str, officer: Officer) -> None:
    casework.declare_conflict(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def note(form: forms.NoteForm, case_id: str, officer: Officer) -> None:
    casework.add_note(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.now(),
    )


def recuse(_form: Any, case_id: str, officer: Officer) -> None:
    casework.recuse(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def body(form: forms.BodyForm, case_id: str, officer: Officer) -> None:
    casework.set_body(edge.session(), case_id=case_id, body_code=form.body.data, officer=officer, now=edge.now())


def propose(form: forms.ProposeForm, case_id: str, officer: Officer) -> None:
    decisions.propose_finding(
        edge.session(),
        case_id=case_id,
        finding=Finding(form.finding.data),
        reason=form.reason.data or "",
        officer=officer,
        now=edge.now(),
    )


def decide(_form: Any, case_id: str, officer: Officer) -> None:
    decisions.decide(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def send_back(form: forms.SendBackForm, case_id: str, officer: Officer) -> None:
    decisions.send_back(
        edge.session(), case_id=case_id, reason=form.reason.data or "", officer=officer, now=edge.now()
    )


def correct(form: forms.CorrectForm, case_id: str, officer: Officer) -> None:
    corrections.propose(
        edge.session(),
        case_id=case_id,
        new_actual=form.new_actual.data or "",
        new_target=form.new_target.data or "",
        reason=form.reason.data or "",
        officer=officer,
        now=edge.now(),
    )


def close(_form: Any, case_id: str, officer: Officer) -> None:
    decisions.close(edge.session(), case_id=case_id, officer=officer, now=edge.now())
