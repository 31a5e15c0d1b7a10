"""Corrections at the desk: put one forward, approve or decline what a colleague put forward."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.duties.errors import AlreadyProposed
from portal.duties.queries import get_proposal, proposed_by, signatures_waiting_for
from portal.foundation.errors import Conflict, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing import queries, services
from portal.publishing.permissions import PublishingPermission
from portal.publishing.readings import Figure
from portal.publishing.services import CORRECTION
from portal.publishing.services.corrections import PendingCorrection
from portal.publishing.values import Cause, FigureKey
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.forms import CorrectionActForm, CorrectionForm
from portal.web import edge


@desk_pages.get("/corrections")
@desk(PublishingPermission.SEE_CORRECTIONS)
def corrections() -> ResponseReturnValue:
    session, who, now = edge.session(), acting(), edge.now()
    waiting = [one for one in signatures_waiting_for(session, who, now=now) if one.kind == CORRECTION]
    own = [one for one in proposed_by(session, who, now=now) if one.kind == CORRECTION]
    return render_template(
        "publishing/desk/corrections.html",
        waiting=[(services.pending_correction(one), one) for one in waiting],
        own=[(services.pending_correction(one), one) for one in own],
    )


@desk_pages.get("/corrections/new")
@desk(PublishingPermission.PROPOSE_CORRECTION)
def correction_form() -> ResponseReturnValue:
    form = CorrectionForm(data={"figure": request.args.get("figure", "")[:200]})
    return _form_page(form, _find(form.figure.data))


@desk_pages.post("/corrections/new")
@desk(PublishingPermission.PROPOSE_CORRECTION)
def propose_correction() -> ResponseReturnValue:
    form = CorrectionForm()
    figure = _find(form.figure.data)
    if form.validate_on_submit():
        try:
            if figure is None:
                raise Invalid(N_("No such figure."), {"figure": NotFound(N_("There is no such figure.")).message})
            proposal = services.propose_correction(
                edge.session(),
                figure=figure.key,
                cause=Cause(form.cause.data),
                new_target=form.value(form.new_target),
                new_actual=form.value(form.new_actual),
                reason=form.reason.data or "",
                note=form.note.data or None,
                actor=acting(),
                now=edge.now(),
            )
            return redirect(url_for("publishing_desk.correction", proposal_id=proposal.id), 303)
        except Invalid as error:
            form.take(error)
        except AlreadyProposed:
            form.refuse("figure", N_("Another correction of this figure is waiting for its second person."))
        except Conflict as error:
            form.refuse("figure", error.message)
    return _form_page(form, figure), 422


@desk_pages.get("/corrections/<proposal_id>")
@desk(PublishingPermission.SEE_CORRECTIONS)
def correction(proposal_id: str) -> ResponseReturnValue:
    return _page(proposal_id, CorrectionActForm())


@desk_pages.post("/corrections/<proposal_id>")
@desk(PublishingPermission.SEE_CORRECTIONS)
def decide_correction(proposal_id: str) -> ResponseReturnValue:
    form = CorrectionActForm()
    if not form.validate_on_submit():
        return _page(proposal_id, form), 422
    _pending(proposal_id)
    if request.form.get("act") == "approve":
        services.approve_correction(edge.session(), proposal_id=proposal_id, actor=acting(), now=edge.now())
    else:
        services.decline_correction(edge.session(), proposal_id=proposal_id, actor=acting(), now=edge.now())
    return redirect(url_for("publishing_desk.corrections"), 303)


def _form_page(form: CorrectionForm, figure: Figure | None) -> str:
    about = _about(figure.key) if figure else None
    return render_template("publishing/desk/correct.html", form=form, figure=figure, about=about)


def _page(proposal_id: str, form: CorrectionActForm) -> str:
    proposal = get_proposal(edge.reader(), proposal_id, actor=acting(), now=edge.now())
    return render_template(
        "publishing/desk/correction.html",
        correction=(pending := _pending(proposal_id)),
        about=_about(pending.figure),
        proposal=proposal,
        form=form,
        may=PublishingPermission,
    )


def _pending(proposal_id: str) -> PendingCorrection:
    """The correction of this proposal; one of another kind is none. Raises NotFound."""
    proposal = get_proposal(edge.reader(), proposal_id, actor=acting(), now=edge.now())
    if proposal.kind != CORRECTION:
        raise NotFound(N_("There is no such correction."))
    return services.pending_correction(proposal)


def _about(key: FigureKey) -> dict[str, Any]:
    """The names a figure's key stands for."""
    session = edge.reader()
    edition = queries.current_edition(session).n
    body = queries.find_body(session, key.body, edition=edition)
    indicator = queries.find_indicator(session, key.indicator, edition=edition)
    return {
        "body": body.names if body else {"en": key.body},
        "indicator": indicator.names if indicator else {"en": key.indicator},
        "period": key.period,
    }


def _find(text: str | None) -> Figure | None:
    """The published figure a key names, None when it names none."""
    try:
        key = FigureKey.parse(text or "")
    except ValueError:
        return None
    session = edge.reader()
    return queries.find_figure(session, key, edition=queries.current_edition(session).n)
