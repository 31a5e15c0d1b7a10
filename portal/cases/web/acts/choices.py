"""Which acts are open to somebody now, and between what their forms let them choose."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy.orm import Session

from portal.cases import queries, rules
from portal.cases.masking import personal_data_of
from portal.cases.permissions import CasesPermission
from portal.cases.services import assigning, casework, corrections, replies, rereading, taking_back
from portal.cases.services.access import Officer
from portal.cases.values import (
    CaseFile,
    CaseState,
    Entry,
    HeardBody,
    Hold,
    InspectionState,
    ItemKind,
    Together,
)
from portal.cases.web import subjects
from portal.cases.web.acts.table import ACTS, ASKED_WHY, DeskAct
from portal.cases.web.forms import desk as forms
from portal.cases.web.forms.hearing import ExportForm, InspectedFileForm, InspectForm, OfBodyForm
from portal.cases.web.forms.joining import OtherCaseForm
from portal.cases.web.forms.masking import MaskForm
from portal.foundation.actor import Actor
from portal.publishing.values import FigureKey
from portal.web import edge
from portal.web.forms import PortalForm

PLACED = {Hold.EXPORT, Hold.OFFICER}


def open_to(case: CaseFile, actor: Actor, session: Session, together: Together) -> dict[str, DeskAct]:
    """What this person can do now, in the order of the table."""
    state = case.summary.state
    mine = case.summary.assigned_to == actor.person_id
    second = case.proposed_by != actor.person_id and actor.may(CasesPermission.DECIDE)
    today = edge.office_now().date()
    kept, me = case.keeping, actor.person_id
    deletes = kept.proposed_by not in (None, me) and kept.is_over(today) and actor.may(CasesPermission.DECIDE)
    exports = case.export.asked_by not in (None, me) and actor.may(CasesPermission.DECIDE)
    releases = kept.release_by not in (None, me) and actor.may(CasesPermission.DECIDE)
    inspection = case.inspection
    ordered = inspection is not None and inspection.state is InspectionState.ORDERED
    sealed = case.identity
    keeps = sealed is not None and sealed.has_share and actor.may(CasesPermission.IDENTITY)
    opens = keeps and sealed is not None and sealed.asked_by not in (None, me)
    running = state is not CaseState.CLOSED
    held = not running and bool(PLACED & set(kept.holds))
    masks_wait = case.masking.asked_by not in (None, me)
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
        "take-back": bool(taking_back.own(session, case_id=case.summary.id, person_id=me)),
        "correct": corrections.may_propose(session, case),
        "close": rules.may("close", state)
        and case.summary.joined_to is None
        and corrections.may_close(session, case),
        "reopen": rules.may_reopen(state=state, finding=case.summary.finding),
        "extend": rules.may_extend(state=state, waits=waits, extended=extended) and mine,
        "extend-agree": signs,
        "extend-refuse": signs,
        "link": running,
        "unlink": bool(together.linked),
        "join": rules.may("join", state) and together.waits_by is None and bool(together.linked or together.same),
        "join-agree": together.waits_by not in (None, me) and actor.may(CasesPermission.DECIDE),
        "join-refuse": together.waits_by is not None and actor.may(CasesPermission.DECIDE),
        "part": rules.may("part", state),
        "message": True,
        "question": running and not case.summary.withdrawn,
        "check-in": any(
            rules.may_check_in(state=state, due_on=one.due_on, asked=one.asked_on is not None, today=today)
            for one in case.check_ins
        ),
        "note": running,
        "share": running or case.drawn_on is not None,
        "reread": case.drawn_on is not None and rereading.may_read(session, case_id=case.summary.id, person_id=me),
        **{name: bool(bodies_of(name, case)) for name in HEARING},
        "mask": case.masking.may_lift and case.masking.asked_by is None,
        "mask-agree": masks_wait and actor.may(CasesPermission.DECIDE) and case.masking.may_lift,
        "mask-refuse": case.masking.asked_by is not None and actor.may(CasesPermission.DECIDE),
        "inspect": rules.may("propose", state) and not ordered,
        "inspected": ordered and inspection is not None and me in inspection.team,
        "inspected-file": inspection is not None
        and rules.may_attach(state=state, inspection=inspection.state)
        and me in inspection.team,
        "inspect-cancel": ordered,
        "identity": keeps and sealed is not None and sealed.asked_by is None and not sealed.can_read,
        "identity-agree": opens,
        "identity-refuse": opens,
        "export": case.export.asked_by is None,
        "export-agree": exports,
        "export-refuse": exports,
        "hold": not running and Hold.OFFICER not in kept.holds,
        "release": held and kept.release_by is None,
        "release-agree": held and releases,
        "release-refuse": held and releases,
        "delete": kept.is_over(today) and kept.proposed_by is None,
        "delete-agree": deletes,
        "delete-refuse": deletes,
        "lock": True,
        "recuse": running,
        "conflict": case.summary.subject.body is not None,
    }
    return {name: act for name, act in ACTS.items() if is_open[name] and actor.may(CasesPermission.HANDLE)}


HEARING: Mapping[str, Callable[[HeardBody], bool]] = {
    "hear": lambda one: one.to_ask and one.here,
    "letter": lambda one: one.to_ask and not one.here,
    "letter-answer": lambda one: one.letter_open,
}
"""With which bodies of a case each of these acts has to do now."""


def bodies_of(name: str, case: CaseFile) -> tuple[str, ...]:
    """The bodies that can be asked, or whose answer can be entered, by this act; none for every other act."""
    fits = HEARING.get(name)
    return tuple(one.body for one in case.heard if fits(one)) if fits else ()


def asked_why(name: str, case: CaseFile) -> Entry | None:
    """The reason given by the first of two, for the second who is to agree or refuse; None for other acts."""
    why = ASKED_WHY.get(name)
    reasons = (one for one in reversed(case.entries) if one.kind is ItemKind.REASON and not one.refuses)
    return next((one for one in reasons if one.why in (why, None)), None) if why else None


def offer(name: str, form: PortalForm, case: CaseFile, officer: Officer, together: Together) -> None:
    """Fill in the choices that the form of this act needs."""
    if isinstance(form, OfBodyForm):
        form.offer(_named(bodies_of(name, case)), several=len(case.heard) > 1)
    if isinstance(form, InspectForm):
        form.offer(
            casework.choices_for(
                edge.reader(),
                case=case,
                permission=CasesPermission.HANDLE,
                settings=edge.settings(),
                now=edge.office_now(),
            )
        )
    if isinstance(form, InspectedFileForm):
        form.offer(limit=edge.settings().upload_limit_mb)
    if isinstance(form, forms.PersonForm):
        permission = CasesPermission.HANDLE if isinstance(form, forms.AssignForm) else CasesPermission.DECIDE
        form.offer(
            assigning.suggested(
                edge.reader(),
                case_id=case.summary.id,
                officer=officer,
                permission=permission,
                now=edge.office_now(),
            )
        )
    if isinstance(form, forms.TakeBackForm):
        form.offer(taking_back.own(edge.reader(), case_id=case.summary.id, person_id=officer.id))
    if isinstance(form, forms.CloseForm):
        form.offer(untold=bool(queries.untold(edge.reader(), case)))
    if isinstance(form, forms.ProposeForm):
        form.offer(subjects.figure_choices(case.summary.subject))
    if isinstance(form, forms.CorrectForm):
        left = corrections.left_of(edge.reader(), case)
        form.offer(
            [one for one in subjects.figure_choices(case.summary.subject) if FigureKey.parse(one[0]) in left]
        )
    if isinstance(form, forms.ConflictForm):
        form.offer(_named(case.summary.subject.bodies))
    if isinstance(form, MaskForm):
        original = queries.read_original(
            edge.reader(), case_id=case.summary.id, officer=officer, now=edge.office_now()
        )
        form.offer(original.masking.beginning, personal_data_of(original), original)
    if isinstance(form, ExportForm):
        form.offer(masked=bool(case.masking.marks), may_lift=case.masking.may_lift)
    if isinstance(form, OtherCaseForm):
        form.offer(together)
    if isinstance(form, forms.ReplyableForm):
        written = rules.language_of(f"{case.report.what} {case.report.how}")
        form.replies = sorted(
            replies.list_replies(edge.reader()), key=lambda one: (one.language != written, one.language, one.title)
        )
    if isinstance(form, forms.BodyForm):
        form.offer(subjects.body_choices(), none_said=case.no_body_on is not None)


def _named(bodies: Iterable[str]) -> list[tuple[str, str]]:
    known = dict(subjects.body_choices())
    return [(code, known.get(code, code)) for code in bodies]
