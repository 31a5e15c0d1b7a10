"""Early access at the desk: the list of a release, and the release as its early readers see it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import find_person_by_address, get_person
from portal.accounts.web.guard import SIGNED_IN, acting, desk, leads_on
from portal.duties.errors import AlreadyProposed
from portal.duties.queries import find_waiting
from portal.foundation.errors import Invalid, NotFound
from portal.foundation.i18n import N_, message
from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.calendar import EARLIEST_ACCESS, Reader
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import early_access as services
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.calendar_forms import AccessForm, StepForm, written
from portal.publishing.web.public.paged import page_number
from portal.registry import queries as registry
from portal.web import edge

PAGE_SIZE = 100


@desk_pages.get("/calendar/<slug>/access")
@desk(PublishingPermission.SEE)
def access(slug: str) -> ResponseReturnValue:
    return _page(slug, AccessForm(data={"readers": _current(slug)}))


@desk_pages.post("/calendar/<slug>/access")
@desk(PublishingPermission.PREPARE)
def propose_access(slug: str) -> ResponseReturnValue:
    form = AccessForm()
    if form.validate_on_submit():
        session, now = edge.session(), edge.now()
        try:
            readers = _readers(form)
            services.propose_readers(session, slug=slug, readers=readers, actor=acting(), now=now)
            return redirect(url_for("publishing_desk.access", slug=slug), 303)
        except AlreadyProposed:
            form.refuse("readers", N_("Another list is waiting for its second person."))
        except Invalid as error:
            form.refuse("readers", error.message)
    return _page(slug, form), 422


@desk_pages.post("/calendar/<slug>/access/decision")
@desk(PublishingPermission.SEE)
def decide_access(slug: str) -> ResponseReturnValue:
    waiting = find_waiting(edge.reader(), kind=services.PROPOSAL, subject=f"release:{slug}")
    if waiting is None:
        raise NotFound(N_("Nothing waits for a second person here."))
    if not StepForm().validate_on_submit():
        return _page(slug, AccessForm(formdata=None, data={"readers": _current(slug)})), 422
    act = services.approve_readers if request.form.get("act") == "approve" else services.decline_readers
    act(edge.session(), proposal_id=waiting.id, actor=acting(), now=edge.now())
    return redirect(url_for("publishing_desk.access", slug=slug), 303)


leads_on(desk_pages, "/calendar/<slug>/access/decision", "publishing_desk.access")


@desk_pages.get("/previews")
@desk(SIGNED_IN)
def previews() -> ResponseReturnValue:
    plans = queries.previews_for(edge.reader(), acting().person_id)
    return render_template("publishing/desk/previews.html", plans=plans, hours=_HOURS)


@desk_pages.get("/previews/<slug>")
@desk(SIGNED_IN)
def preview(slug: str) -> ResponseReturnValue:
    with edge.portal().database.write() as session:  # a look is kept before anything is shown, and GET only reads
        until = services.look_early(session, slug=slug, actor=acting(), now=edge.now())
    session = edge.reader()
    draft = queries.get_draft(session, slug)
    total = draft.counts["added"] + draft.counts["completed"]
    number = page_number(total, PAGE_SIZE)
    offset = (number - 1) * PAGE_SIZE
    figures = queries.drafted_figures(session, draft.act_id, limit=PAGE_SIZE, offset=offset)
    return render_template(
        "publishing/desk/preview.html",
        draft=draft,
        until=until,
        shown=Page(figures, number, PAGE_SIZE, total),
        bodies={body.code: body.names for body in registry.list_bodies(session)},
        indicators={one.code: one.names for one in registry.list_indicators(session)},
    )


_HOURS = int(EARLIEST_ACCESS.total_seconds() // 3600)


def _readers(form: AccessForm) -> list[Reader]:
    """Raises Invalid naming the first line that cannot be used."""
    session, found = edge.reader(), []
    for number, parts in enumerate(form.lines, start=1):
        if len(parts) != 3 or not all(parts):
            raise Invalid(
                message(N_("Line {n} needs an address, an office and a reason, with | between them."), n=number)
            )
        person = find_person_by_address(session, parts[0])
        if person is None:
            raise Invalid(message(N_("Nobody here has the address {address}."), address=parts[0]))
        found.append(Reader(person.id, parts[1], parts[2]))
    return found


def _current(slug: str) -> str:
    """The list in force, as the form takes it."""
    session = edge.reader()
    readers = queries.early_readers_of(session, slug)
    return written([(get_person(session, one.person_id).address, one) for one in readers])


def _page(slug: str, form: AccessForm) -> str:
    session = edge.reader()
    plan = queries.find_plan(session, slug)
    if plan is None:
        raise NotFound(N_("There is no such release in the calendar."))
    proposal = find_waiting(session, kind=services.PROPOSAL, subject=f"release:{slug}")
    pending = services.pending_readers(proposal)[1] if proposal else ()
    return render_template(
        "publishing/desk/access.html",
        plan=plan,
        form=form,
        step=StepForm(formdata=None),
        proposal=proposal,
        pending=[(get_person(session, one.person_id), one) for one in pending],
        views=queries.views_of(session, slug),
        hours=_HOURS,
        may=PublishingPermission,
    )
