"""Releases at the desk: upload a file, look at the draft, put it forward, publish what a colleague put forward."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.duties.queries import find_waiting
from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_
from portal.publishing import queries, services
from portal.publishing.imports.concerns import KIND_WORDS
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import uploads
from portal.publishing.services.releases import PROPOSAL
from portal.publishing.services.reviews import find_review
from portal.publishing.values import ReleaseState
from portal.publishing.web.desk.base import STATE_WORDS, desk_pages
from portal.publishing.web.desk.forms import ReleaseActForm
from portal.publishing.web.words import CAUSE
from portal.registry import queries as registry
from portal.web import edge

SHOWN = 50


@desk_pages.get("/releases")
@desk(PublishingPermission.SEE)
def overview() -> ResponseReturnValue:
    drafts, waiting = queries.list_drafts(edge.session()), uploads.list_uploads(edge.session())
    return render_template("publishing/desk/overview.html", drafts=drafts, states=STATE_WORDS, uploads=waiting)


@desk_pages.get("/releases/<slug>")
@desk(PublishingPermission.SEE)
def release(slug: str) -> ResponseReturnValue:
    return _page(slug, ReleaseActForm())


@desk_pages.post("/releases/<slug>")
@desk(PublishingPermission.SEE)
def act_on_release(slug: str) -> ResponseReturnValue:
    form = ReleaseActForm()
    if not form.validate_on_submit():
        return _page(slug, form), 422
    session, who, now = edge.session(), acting(), edge.now()
    match request.form.get("act"):
        case "prepare":
            reason = form.reason.data or ""
            services.prepare_release(session, slug=slug, reason=reason, actor=who, now=now)
        case "publish":
            services.publish_release(session, slug=slug, actor=who, now=now)
        case "stop":
            services.stop_release(session, slug=slug, actor=who, now=now)
        case "return":
            services.return_release(session, slug=slug, actor=who, now=now)
        case "discard":
            services.discard_release(session, slug=slug, actor=who, now=now)
            return redirect(url_for("publishing_desk.overview"), 303)
        case _:
            raise NotFound(N_("There is no such act."))
    return redirect(url_for("publishing_desk.release", slug=slug), 303)


def _page(slug: str, form: ReleaseActForm) -> str:
    session = edge.reader()
    draft = queries.get_draft(session, slug)
    proposed = draft.state is ReleaseState.PROPOSED
    return render_template(
        "publishing/desk/release.html",
        draft=draft,
        form=form,
        states=STATE_WORDS,
        figures=queries.drafted_figures(session, draft.act_id, limit=SHOWN),
        changes=queries.drafted_changes(session, draft.act_id, limit=SHOWN),
        total=sum(draft.counts.get(kind, 0) for kind in ("added", "completed", "corrected", "withdrawn")),
        review=find_review(session, slug),
        kind_words=KIND_WORDS,
        causes=CAUSE,
        bodies={body.code: body.names for body in registry.list_bodies(session)},
        indicators={one.code: one.names for one in registry.list_indicators(session)},
        plan=queries.find_plan(session, slug),
        proposal=find_waiting(session, kind=PROPOSAL, subject=f"release:{slug}") if proposed else None,
        may=PublishingPermission,
    )
