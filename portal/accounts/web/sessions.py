"""One's own sessions, listed and ended."""

from datetime import timedelta

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import alarms_of, sessions_of
from portal.accounts.services import dismiss_alarms, end_session, sign_out_everywhere
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import EndSessionForm
from portal.accounts.web.guard import SIGNED_IN, acting, current, desk, drop_session, leads_on
from portal.foundation.errors import Conflict
from portal.foundation.i18n import N_
from portal.web import edge


@blueprint.get("/desk/sessions")
@desk(SIGNED_IN)
def sessions_page() -> ResponseReturnValue:
    opened = current()
    idle = edge.settings().desk_idle_minutes
    found = sessions_of(
        edge.session(),
        opened.person.id,
        current_ref=opened.ref,
        now=edge.now(),
        idle=timedelta(minutes=idle),
    )
    return render_template(
        "accounts/sessions.html",
        sessions=found,
        form=EndSessionForm(),
        idle=idle,
        alarms=alarms_of(edge.session(), opened.person.id),
        done=request.args.get("done", ""),
    )


@blueprint.post("/desk/sessions/read")
@desk(SIGNED_IN)
def dismiss_alarms_page() -> ResponseReturnValue:
    _require_own_form()
    dismiss_alarms(edge.session(), person_id=current().person.id)
    return redirect(url_for("accounts.sessions_page"), 303)


@blueprint.post("/desk/sessions/end-all")
@desk(SIGNED_IN)
def end_all_page() -> ResponseReturnValue:
    _require_own_form()
    sign_out_everywhere(edge.session(), person_id=current().person.id, actor=acting(), now=edge.now())
    reply = make_response(redirect(url_for("accounts.sign_in_page", done="everywhere"), 303))
    drop_session(reply)
    return reply


@blueprint.post("/desk/sessions/<ref>/end")
@desk(SIGNED_IN)
def end_session_page(ref: str) -> ResponseReturnValue:
    _require_own_form()
    end_session(edge.session(), ref=ref, actor=acting(), now=edge.now())
    return redirect(url_for("accounts.sessions_page", done="ended"), 303)


for _address in ("read", "end-all", "<ref>/end"):
    leads_on(blueprint, f"/desk/sessions/{_address}", "accounts.sessions_page")


def _require_own_form() -> None:
    if not EndSessionForm().validate_on_submit():
        raise Conflict(N_("This page was open for too long, or belongs to another session. Open it again."))
