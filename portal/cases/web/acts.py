"""What an officer can do with a case, as a table: words, form, when it is open, the service it calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.permissions import CasesPermission
from portal.cases.services import casework, corrections, decisions, extensions
from portal.cases.services.access import Officer
from portal.cases.values import CaseFile, CaseState, Finding
from portal.cases.web import forms, subjects
from portal.foundation.actor import Actor
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l

Run = Callable[[Any, str, Officer], None]


@dataclass(frozen=True)
class DeskAct:
    """One thing to do: `title` heads its page, `button` sends it, `hint` says what it leads to."""

    title: Any
    button: Any
    hint: Any
    form: type[PortalForm]
    run: Run
    main: bool = False


def _acknowledge(_form: Any, case_id: str, officer: Officer) -> None:
    casework.acknowledge(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _triage(_form: Any, case_id: str, officer: Officer) -> None:
    casework.begin_triage(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _investigate(_form: Any, case_id: str, officer: Officer) -> None:
    casework.investigate(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _extend(form: forms.ExtendForm, case_id: str, officer: Officer) -> None:
    extensions.propose_extension(
        edge.session(), case_id=case_id, reason=form.reason.data or "", officer=officer, now=edge.now()
    )


def _agree_to_extension(_form: Any, case_id: str, officer: Officer) -> None:
    extensions.agree_to_extension(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _refuse_extension(_form: Any, case_id: str, officer: Officer) -> None:
    extensions.refuse_extension(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _reopen(form: forms.ReopenForm, case_id: str, officer: Officer) -> None:
    decisions.reopen(
        edge.session(), case_id=case_id, reason=form.reason.data or "", officer=officer, now=edge.now()
    )


def _assign(form: forms.AssignForm, case_id: str, officer: Officer) -> None:
    casework.assign(edge.session(), case_id=case_id, person_id=form.person.data, officer=officer, now=edge.now())


def _share(form: forms.ShareForm, case_id: str, officer: Officer) -> None:
    casework.share(edge.session(), case_id=case_id, person_id=form.person.data, officer=officer, now=edge.now())


def _message(form: forms.ToReporterForm, case_id: str, officer: Officer) -> None:
    casework.write_to_reporter(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.now(),
    )


def _note(form: forms.NoteForm, case_id: str, officer: Officer) -> None:
    casework.add_note(
        edge.session(),
        case_id=case_id,
        text=form.text.data or "",
        submission=form.submission_id,
        officer=officer,
        now=edge.now(),
    )


def _recuse(_form: Any, case_id: str, officer: Officer) -> None:
    casework.recuse(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _body(form: forms.BodyForm, case_id: str, officer: Officer) -> None:
    casework.set_body(edge.session(), case_id=case_id, body_code=form.body.data, officer=officer, now=edge.now())


def _propose(form: forms.ProposeForm, case_id: str, officer: Officer) -> None:
    decisions.propose_finding(
        edge.session(),
        case_id=case_id,
        finding=Finding(form.finding.data),
        reason=form.reason.data or "",
        officer=officer,
        now=edge.now(),
    )


def _decide(_form: Any, case_id: str, officer: Officer) -> None:
    decisions.decide(edge.session(), case_id=case_id, officer=officer, now=edge.now())


def _send_back(form: forms.SendBackForm, case_id: str, officer: Officer) -> None:
    decisions.send_back(
        edge.session(), case_id=case_id, reason=form.reason.data or "", officer=officer, now=edge.now()
    )


def _correct(form: forms.CorrectForm, case_id: str, officer: Officer) -> None:
    corrections.propose(
        edge.session(),
        case_id=case_id,
        new_actual=form.new_actual.data or "",
        new_target=form.new_target.data or "",
        reason=form.reason.data or "",
        officer=officer,
        now=edge.now(),
    )


def _close(_form: Any, case_id: str, officer: Officer) -> None:
    decisions.close(edge.session(), case_id=case_id, officer=officer, now=edge.now())


ACTS: Mapping[str, DeskAct] = {
    "body": DeskAct(
        _l("Say which body it is about"),
        _l("Save"),
        _l("Officers whom nothing connects to that body then receive the case. This cannot be changed later."),
        forms.BodyForm,
        _body,
    ),
    "acknowledge": DeskAct(
        _l("Acknowledge the report"),
        _l("Acknowledge"),
        _l("The reporter sees in the mailbox that an officer has read it."),
        forms.AcknowledgeForm,
        _acknowledge,
        main=True,
    ),
    "triage": DeskAct(
        _l("Begin triage"),
        _l("Begin"),
        _l("You look at what the report needs: whether it is admissible, and who is to have it."),
        forms.TriageForm,
        _triage,
    ),
    "assign": DeskAct(
        _l("Assign the case"),
        _l("Assign"),
        _l("Whoever you choose can read everything and proposes the finding. Connected people are not listed."),
        forms.AssignForm,
        _assign,
        main=True,
    ),
    "investigate": DeskAct(
        _l("Begin the investigation"),
        _l("Begin"),
        _l("The reporter sees in the mailbox that it is being investigated."),
        forms.InvestigateForm,
        _investigate,
        main=True,
    ),
    "propose": DeskAct(
        _l("Propose a finding"),
        _l("Propose"),
        _l("A second officer whom nothing connects to the body decides."),
        forms.ProposeForm,
        _propose,
        main=True,
    ),
    "decide": DeskAct(
        _l("Agree with the finding"),
        _l("Sign"),
        _l("This is the second signature. A figure found false is marked as under review in public at once."),
        forms.DecideForm,
        _decide,
        main=True,
    ),
    "send-back": DeskAct(
        _l("Send the finding back"),
        _l("Send back"),
        _l("The case returns to the officer it is assigned to, with your reason."),
        forms.SendBackForm,
        _send_back,
    ),
    "correct": DeskAct(
        _l("Propose the correction"),
        _l("Propose"),
        _l("A second person approves it. The old value stays readable, with the cause beside it."),
        forms.CorrectForm,
        _correct,
        main=True,
    ),
    "close": DeskAct(
        _l("Close the case"),
        _l("Close"),
        _l("The reporter can still read the mailbox, but nothing can be added."),
        forms.CloseForm,
        _close,
    ),
    "reopen": DeskAct(
        _l("Reopen the case"),
        _l("Reopen"),
        _l("The finding no longer stands, the term begins anew, and somebody is assigned."),
        forms.ReopenForm,
        _reopen,
    ),
    "extend": DeskAct(
        _l("Ask for more time"),
        _l("Propose"),
        _l("The term can be extended once. A second officer decides."),
        forms.ExtendForm,
        _extend,
    ),
    "extend-agree": DeskAct(
        _l("Agree to more time"),
        _l("Sign"),
        _l("This is the second signature. The reporter sees the new day in the mailbox."),
        forms.AgreeToExtensionForm,
        _agree_to_extension,
        main=True,
    ),
    "extend-refuse": DeskAct(
        _l("Refuse more time"),
        _l("Refuse"),
        _l("The term stays as it is. More time can be asked for again."),
        forms.RefuseExtensionForm,
        _refuse_extension,
    ),
    "message": DeskAct(
        _l("Write to the reporter"), _l("Send"), _l("It waits in the mailbox."), forms.ToReporterForm, _message
    ),
    "note": DeskAct(
        _l("Add an internal note"), _l("Save"), _l("It is sealed with the case."), forms.NoteForm, _note
    ),
    "share": DeskAct(
        _l("Let another officer read it"),
        _l("Give access"),
        _l("A finding needs a second officer who can read the case."),
        forms.ShareForm,
        _share,
    ),
    "recuse": DeskAct(
        _l("Step aside from this case"),
        _l("Step aside"),
        _l("Your access ends at once and cannot be given back. Nobody is told why."),
        forms.RecuseForm,
        _recuse,
    ),
}


def open_to(case: CaseFile, actor: Actor, session: Session) -> dict[str, DeskAct]:
    """What this person can do now, in the order of the table."""
    state = case.summary.state
    mine = case.summary.assigned_to == actor.person_id
    second = case.proposed_by != actor.person_id and actor.may(CasesPermission.DECIDE)
    running = state is not CaseState.CLOSED
    waits, extended = case.extension_by is not None, case.extended_on is not None
    signs = waits and case.extension_by != actor.person_id and actor.may(CasesPermission.DECIDE)
    is_open = {
        "body": case.summary.subject.body is None and running,
        "acknowledge": rules.may("acknowledge", state),
        "assign": rules.may("assign", state),
        "triage": rules.may("triage", state),
        "investigate": rules.may("investigate", state) and mine,
        "propose": rules.may("propose", state) and mine,
        "decide": rules.may("decide", state) and second,
        "send-back": rules.may("send-back", state) and second,
        "correct": corrections.may_propose(session, case),
        "close": rules.may("close", state) and corrections.may_close(session, case),
        "reopen": rules.may_reopen(state=state, finding=case.summary.finding),
        "extend": rules.may_extend(state=state, waits=waits, extended=extended) and mine,
        "extend-agree": signs,
        "extend-refuse": signs,
        "message": running,
        "note": running,
        "share": running,
        "recuse": running,
    }
    return {name: act for name, act in ACTS.items() if is_open[name] and actor.may(CasesPermission.HANDLE)}


def offer(form: PortalForm, case: CaseFile) -> None:
    """Fill in the choices a form needs."""
    if isinstance(form, forms.PersonForm):
        permission = CasesPermission.HANDLE if isinstance(form, forms.AssignForm) else CasesPermission.DECIDE
        form.offer(
            casework.choices_for(
                edge.reader(), case=case, permission=permission, settings=edge.settings(), now=edge.now()
            )
        )
    if isinstance(form, forms.BodyForm):
        form.offer(subjects.body_choices())
