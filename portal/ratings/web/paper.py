"""Paper slips at the desk: entering a batch, and entering a colleague's sample again."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.foundation.clock import months_after
from portal.foundation.i18n import N_
from portal.ratings import services
from portal.ratings.details import CAPACITY_WORDS, DIMENSION_WORDS, REASON_WORDS
from portal.ratings.errors import NoSuchBatch
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.slips import CAPACITIES, POINTS, REASONS
from portal.ratings.services.paper import PaperBatch
from portal.ratings.values import month_of
from portal.ratings.web.paper_forms import CheckForm, PaperForm
from portal.ratings.web.services_known import employers, named_services, own_services
from portal.web import edge

_LETTERS: dict[str, Any] = {
    "points": [DIMENSION_WORDS[one] for one in POINTS],
    "reason_letters": {letter: REASON_WORDS[one] for letter, one in REASONS.items()},
    "capacity_letters": {letter: CAPACITY_WORDS[one] for letter, one in CAPACITIES.items()},
}

blueprint = Blueprint("ratings_paper", __name__)


@blueprint.get("/desk/paper")
@desk(RatingsPermission.ENTER_PAPER)
def paper() -> ResponseReturnValue:
    return _page(_form())


@blueprint.post("/desk/paper")
@desk(RatingsPermission.ENTER_PAPER)
def enter() -> ResponseReturnValue:
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    services.enter_paper(
        edge.session(),
        service=form.service.data,
        period=form.month.data,
        slips=form.slips,
        bodies=employers(),
        batch_id=form.submission_id,
        actor=acting(),
        now=edge.now(),
    )
    return redirect(url_for("ratings_paper.paper"), 303)


@blueprint.get("/desk/paper/<batch_id>")
@desk(RatingsPermission.ENTER_PAPER)
def ask_check(batch_id: str) -> ResponseReturnValue:
    return _check_page(_batch(batch_id), CheckForm())


@blueprint.post("/desk/paper/<batch_id>")
@desk(RatingsPermission.ENTER_PAPER)
def check(batch_id: str) -> ResponseReturnValue:
    batch, form = _batch(batch_id), CheckForm()
    form.require(len(batch.sample), words=bool(batch.words))
    if not form.validate_on_submit():
        return _check_page(batch, form), 422
    counted = services.check_paper(
        edge.session(),
        batch_id=batch_id,
        again=dict(zip(batch.sample, form.slips, strict=True)),
        words_right=bool(form.words_right.data) or not batch.words,
        bodies=employers(),
        actor=acting(),
        now=edge.now(),
    )
    return render_template("ratings/paper_checked.html", counted=counted, batch=batch)


def _form() -> PaperForm:
    form = PaperForm()
    month = month_of(edge.local_now())
    form.offer(list(own_services().values()), [month, months_after(month, -1)])
    return form


def _page(form: PaperForm) -> str:
    waiting = services.list_paper(edge.reader(), bodies=employers(), actor=acting())
    return render_template("ratings/paper.html", form=form, waiting=waiting, names=named_services(), **_LETTERS)


def _check_page(batch: PaperBatch, form: CheckForm) -> str:
    service = named_services()[batch.service]
    return render_template("ratings/paper_check.html", batch=batch, form=form, service=service, **_LETTERS)


def _batch(batch_id: str) -> PaperBatch:
    waiting = services.list_paper(edge.reader(), bodies=employers(), actor=acting())
    found = next((batch for batch in waiting if batch.id == batch_id and not batch.own), None)
    if found is None:
        raise NoSuchBatch(N_("This batch has been checked already, or there was none."))
    return found
