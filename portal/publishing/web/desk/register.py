"""The published entries of indicators at the desk: changed by two people, with a cause and a reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties.errors import AlreadyProposed
from portal.duties.queries import proposed_by, signatures_waiting_for
from portal.duties.values import Proposal
from portal.foundation.errors import Conflict, Invalid
from portal.foundation.i18n import N_
from portal.publishing.changes import between
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import redefining as services
from portal.publishing.values import Cause
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.saying_forms import EntryForm, SayingActForm
from portal.registry import queries as registry
from portal.registry.permissions import RegistryPermission
from portal.registry.values import Direction, Indicator
from portal.web import edge


@desk_pages.get("/register")
@desk(PublishingPermission.SEE_CORRECTIONS)
def register() -> ResponseReturnValue:
    return _page()


@desk_pages.post("/register/<proposal_id>")
@desk(PublishingPermission.SEE_CORRECTIONS)
def decide_redefinition(proposal_id: str) -> ResponseReturnValue:
    if not SayingActForm().validate_on_submit():
        return _page(), 422
    approve = request.form.get("act") == "approve"
    act = services.approve_redefinition if approve else services.decline_redefinition
    act(edge.session(), proposal_id=proposal_id, actor=acting(), now=edge.now())
    return redirect(url_for("publishing_desk.register"), 303)


leads_on(desk_pages, "/register/<proposal_id>", "publishing_desk.register")


@desk_pages.route("/register/indicators/<code>", methods=["GET", "POST"])
@desk(RegistryPermission.MAINTAIN)
def redefine(code: str) -> ResponseReturnValue:
    kept = registry.get_indicator(edge.reader(), code)
    form = EntryForm(data=_typed(kept))
    if form.validate_on_submit():
        session, now = edge.session(), edge.now()
        try:
            cause, reason = Cause(form.cause.data), form.reason.data
            services.propose_redefinition(
                session, indicator=_entered(form, kept), cause=cause, reason=reason, actor=acting(), now=now
            )
            return redirect(url_for("publishing_desk.register"), 303)
        except Invalid as error:
            form.take(error)
        except AlreadyProposed:
            form.refuse("reason", N_("Another change of this entry is waiting for its second person."))
        except Conflict as error:
            form.refuse("reason", error.message)
    status = 422 if request.method == "POST" else 200
    return render_template("publishing/desk/entry.html", form=form, indicator=kept), status


def _page() -> str:
    session, who, now = edge.reader(), acting(), edge.now()
    waiting = [one for one in signatures_waiting_for(session, who, now=now) if one.kind == services.PROPOSAL]
    own = [one for one in proposed_by(session, who, now=now) if one.kind == services.PROPOSAL]
    return render_template(
        "publishing/desk/register.html",
        waiting=[(one, *_change(one)) for one in waiting],
        own=[(one, *_change(one)) for one in own],
        unpublished=services.unpublished_changes(session),
        indicators=registry.list_indicators(session) if who.may(RegistryPermission.MAINTAIN) else (),
        step=SayingActForm(formdata=None),
    )


def _change(proposal: Proposal) -> tuple[object, ...]:
    before, after, cause = services.pending_redefinition(proposal)
    return after, between(before, after), cause


def _entered(form: EntryForm, kept: Indicator) -> Indicator:
    return replace(
        kept,
        names=form.texts("name"),
        definition=form.texts("definition"),
        unit=form.texts("unit"),
        direction=Direction(form.direction.data),
        weight=Decimal(form.weight.data) if form.weight.data else None,
        criteria=form.texts("criteria"),
    )


def _typed(kept: Indicator) -> dict[str, object]:
    texts = {"name": kept.names, "definition": kept.definition, "unit": kept.unit, "criteria": kept.criteria}
    languages = {"en": "en", "zh": "zh_Hans"}
    typed: dict[str, object] = {
        f"{name}_{short}": said.get(locale) for name, said in texts.items() for short, locale in languages.items()
    }
    weight = None if kept.weight is None else format(kept.weight, "f")
    return {**typed, "direction": kept.direction.value, "weight": weight}
