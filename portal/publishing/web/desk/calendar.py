"""The release calendar at the desk: announce, confirm, move and cancel."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.duties.errors import AlreadyProposed
from portal.duties.queries import find_waiting
from portal.foundation.errors import Conflict, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.calendar import NOTICE, CalendarState, Plan, When
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import calendar as services
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.calendar_forms import DateForm, PlanForm
from portal.publishing.web.words import CALENDAR
from portal.web import edge


@desk_pages.get("/calendar")
@desk(PublishingPermission.SEE)
def calendar() -> ResponseReturnValue:
    plans = queries.list_plans(edge.session())
    return render_template("publishing/desk/calendar.html", plans=plans, states=CALENDAR)


@desk_pages.route("/calendar/new", methods=["GET", "POST"])
@desk(PublishingPermission.PREPARE)
def announce() -> ResponseReturnValue:
    form = PlanForm()
    if form.validate_on_submit():
        slug, now = form.slug.data, edge.now()
        try:
            when = When.parse(form.when.data)
            services.announce(edge.session(), slug=slug, facts=form.facts, when=when, actor=acting(), now=now)
            return redirect(url_for("publishing_desk.planned", slug=slug), 303)
        except Conflict as error:
            form.refuse("slug", error.message)
        except Invalid as error:
            form.take(error)
    status = 422 if request.method == "POST" else 200
    return render_template("publishing/desk/plan.html", form=form, plan=None), status


@desk_pages.route("/calendar/<slug>/edit", methods=["GET", "POST"])
@desk(PublishingPermission.PREPARE)
def revise(slug: str) -> ResponseReturnValue:
    plan = _plan(slug)
    form = PlanForm(data=_typed(plan))
    if form.validate_on_submit():
        try:
            when, now = When.parse(form.when.data), edge.now()
            services.revise(edge.session(), slug=slug, facts=form.facts, when=when, actor=acting(), now=now)
            return redirect(url_for("publishing_desk.planned", slug=slug), 303)
        except Conflict as error:
            form.refuse("when", error.message)
        except Invalid as error:
            form.take(error)
    status = 422 if request.method == "POST" else 200
    return render_template("publishing/desk/plan.html", form=form, plan=plan), status


@desk_pages.get("/calendar/<slug>")
@desk(PublishingPermission.SEE)
def planned(slug: str) -> ResponseReturnValue:
    return _page(_plan(slug), DateForm())


@desk_pages.post("/calendar/<slug>")
@desk(PublishingPermission.SEE)
def act_on_plan(slug: str) -> ResponseReturnValue:
    plan, form = _plan(slug), DateForm()
    if not form.validate_on_submit():
        return _page(plan, form), 422
    try:
        _act(plan, form)
    except AlreadyProposed:
        form.refuse("reason", N_("Another change of this date is waiting for its second person."))
        return _page(plan, form), 422
    except Invalid as error:
        form.take(error)
        if "at" in error.fields:
            form.refuse("hour", error.fields["at"])
        return _page(plan, form), 422
    return redirect(url_for("publishing_desk.planned", slug=slug), 303)


def _act(plan: Plan, form: DateForm) -> None:
    session, who, now, slug = edge.session(), acting(), edge.now(), plan.slug
    reason = form.reason.data or ""
    match request.form.get("act"):
        case "confirm":
            state = CalendarState.CONFIRMED
            services.propose_date(session, slug=slug, state=state, at=form.at, reason=reason, actor=who, now=now)
        case "cancel":
            state = CalendarState.CANCELLED
            services.propose_date(session, slug=slug, state=state, at=None, reason=reason, actor=who, now=now)
        case "approve":
            services.approve_date(session, proposal_id=_waiting(slug), actor=who, now=now)
        case "decline":
            services.decline_date(session, proposal_id=_waiting(slug), actor=who, now=now)
        case _:
            raise NotFound(N_("There is no such act."))


def _waiting(slug: str) -> str:
    """The id of the change that waits. Raises NotFound."""
    proposal = find_waiting(edge.reader(), kind=services.PROPOSAL, subject=f"release:{slug}")
    if proposal is None:
        raise NotFound(N_("Nothing waits for a second person here."))
    return proposal.id


def _plan(slug: str) -> Plan:
    plan = queries.find_plan(edge.reader(), slug)
    if plan is None:
        raise NotFound(N_("There is no such release in the calendar."))
    return plan


def _page(plan: Plan, form: DateForm) -> str:
    session = edge.reader()
    proposal = find_waiting(session, kind=services.PROPOSAL, subject=f"release:{plan.slug}")
    return render_template(
        "publishing/desk/planned.html",
        plan=plan,
        draft=queries.find_draft(session, plan.slug),
        readers=len(queries.early_readers(session, plan.slug)),
        proposal=proposal,
        pending=services.pending_date(proposal) if proposal else None,
        form=form,
        states=CALENDAR,
        weeks=NOTICE.days // 7,
        zone=edge.settings().time_zone,
        may=PublishingPermission,
    )


def _typed(plan: Plan) -> dict[str, object]:
    return {
        "slug": plan.slug,
        "title_en": plan.names.get("en"),
        "title_zh": plan.names.get("zh_Hans"),
        "when": plan.day,
        "period": plan.period,
        "holds_en": plan.holds.get("en"),
        "holds_zh": plan.holds.get("zh_Hans"),
        "contact": plan.contact,
        "follows": plan.follows,
    }
