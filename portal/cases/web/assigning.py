"""What officers say they are good at, and handing over all that somebody has in hand."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.web.guard import acting, desk
from portal.cases.errors import KeysNotTrusted
from portal.cases.permissions import CasesPermission
from portal.cases.services import assigning, handover
from portal.cases.values import Competence, Handed, Language, Matter, reference
from portal.cases.web import subjects
from portal.cases.web.desk import blueprint, officer
from portal.cases.web.forms.assigning import CompetenceForm, HandoverForm
from portal.web import edge
from portal.web.words import say


@blueprint.route("/competence", methods=["GET", "POST"])
@desk(CasesPermission.HANDLE)
def competence() -> ResponseReturnValue:
    form = CompetenceForm(data=_said())
    form.sectors.choices = subjects.sector_choices()
    if form.validate_on_submit():
        said = Competence(
            frozenset(Language(one) for one in form.languages.data or ()),
            frozenset(Matter(one) for one in form.matters.data or ()),
            frozenset(form.sectors.data or ()),
        )
        assigning.declare_competence(edge.session(), competence=said, officer=officer())
        return redirect(url_for("cases.queue"), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("cases/desk/competence.html", form=form), status


@blueprint.route("/handover", methods=["GET", "POST"])
@desk(CasesPermission.HANDLE)
def hand_over() -> ResponseReturnValue:
    """Who has how much in hand, of what exists for whoever looks; sent, what moved and what stayed."""
    form, handed = HandoverForm(), None
    status = 422 if form.is_submitted() else 200
    _offer(form)
    if form.validate_on_submit():
        handed, status = _hand_over(form)
    stayed = [reference(one) for one in handed.stayed] if handed else []
    return render_template("cases/desk/handover.html", form=form, handed=handed, stayed=stayed), status


def _hand_over(form: HandoverForm) -> tuple[Handed | None, int]:
    try:
        handed = handover.hand_over(
            edge.session(),
            person_id=form.of.data,
            to=form.to.data or None,
            gives_up_keys=bool(form.gives_up_keys.data) and form.of.data == acting().person_id,
            officer=officer(),
            now=edge.office_now(),
        )
    except KeysNotTrusted as error:
        form.form_errors.append(say(error.message))
        return None, error.status
    _offer(form, handed)
    return handed, 200


def _said() -> dict[str, list[str]]:
    said = assigning.competence_of(edge.reader(), acting().person_id)
    return {
        "languages": sorted(said.languages),
        "matters": sorted(said.matters),
        "sectors": sorted(said.sectors),
    }


def _offer(form: HandoverForm, handed: Handed | None = None) -> None:
    """The reader knows what there was before anything moved: what moved is taken off."""
    session = edge.reader()
    having = handover.in_hand(session, officer=officer(), now=edge.office_now())
    if handed is not None:
        having[form.of.data] -= len(handed.moved)
    handlers = accounts.people_with(session, CasesPermission.HANDLE)
    form.offer(
        ((person, accounts.name_of(session, person), count) for person, count in having.items()),
        ((one.id, one.name) for one in handlers),
    )
