"""A body's returns, and its two people who put one forward and sign it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import employers_of
from portal.accounts.web.guard import acting, desk
from portal.duties.queries import find_waiting
from portal.foundation.errors import Conflict, Forbidden, NotFound
from portal.foundation.i18n import N_
from portal.publishing.collecting import ReturnState, ValueState
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries import rounds as queries
from portal.publishing.services import returns
from portal.publishing.services.standards import with_warnings
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import SignForm
from portal.publishing.web.desk.returns.own import ENTER, require_own
from portal.registry import queries as registry
from portal.web import edge
from portal.web.words import say


@desk_pages.get("/returns")
@desk(ENTER)
def returns_page() -> ResponseReturnValue:
    session = edge.session()
    bodies = employers_of(session, person_id=acting().person_id, at=edge.now())
    return render_template(
        "publishing/desk/returns.html",
        returns=queries.returns_of_bodies(session, bodies),
        rounds={one.slug: one for one in queries.list_rounds(session)},
        bodies={one.code: one.names for one in registry.list_bodies(session) if one.code in bodies},
    )


@desk_pages.route("/returns/<slug>/<body>", methods=["GET", "POST"])
@desk(ENTER)
def return_page(slug: str, body: str) -> ResponseReturnValue:
    require_own(body)
    form = SignForm()
    if form.validate_on_submit():
        try:
            _act(slug, body, form)
            return redirect(url_for("publishing_desk.return_page", slug=slug, body=body), 303)
        except (Conflict, Forbidden) as error:
            form.form_errors.append(say(error.message))
    return _return(slug, body, form), 422 if form.is_submitted() else 200


def _act(slug: str, body: str, form: SignForm) -> None:
    session, who, now = edge.session(), acting(), edge.now()
    match request.form.get("act"):
        case "forward":
            returns.put_forward(
                session,
                slug=slug,
                body=body,
                reason=form.reason.data or "",
                jump_percent=edge.settings().jump_percent,
                actor=who,
                now=now,
            )
        case "sign":
            returns.sign_return(session, slug=slug, body=body, actor=who, now=now)
        case "back":
            returns.take_return_back(session, slug=slug, body=body, actor=who, now=now)
        case _:
            raise NotFound(N_("There is no such act."))


def _return(slug: str, body: str, form: SignForm) -> str:
    session = edge.session()
    found = queries.get_return(session, slug, body)
    proposed = found.state is ReturnState.PROPOSED
    values = queries.values_of(session, slug, body)
    return render_template(
        "publishing/desk/return.html",
        round=queries.get_round(session, slug),
        found=found,
        values=with_warnings(session, values, jump_percent=edge.settings().jump_percent),
        evidence=queries.evidence_counts(session, slug, body),
        body=registry.get_body(session, body),
        indicators={one.code: one for one in registry.list_indicators(session)},
        proposal=find_waiting(session, kind=returns.SIGN, subject=f"round:{slug}/{body}") if proposed else None,
        entered_by=queries.enterers_of(session, slug, body),
        form=form,
        may=PublishingPermission,
        states=ValueState,
        now=edge.now(),
    )
