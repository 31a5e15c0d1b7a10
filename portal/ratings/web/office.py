"""The office's desk for ratings: what there was to rate, call-backs, and ratings that were set aside."""

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from wtforms.fields import SelectChoice

from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties import services as signing
from portal.duties.queries import find_waiting
from portal.foundation.clock import months_after
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_
from portal.foundation.tables import ImportRefused, parse_table
from portal.ratings import office, sampling
from portal.ratings.matters import import_matters
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.integrity import RULE_WORDS
from portal.ratings.services import findings
from portal.ratings.values import LEVEL_WORDS, Level, month_of
from portal.ratings.web.office_forms import AnswersForm, MattersForm, SampleForm, SettleForm
from portal.ratings.web.rule_words import facts_of, rule_sentence
from portal.ratings.web.services_known import named_services
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("ratings_office", __name__)

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
STATE_WORDS = {
    "set-aside": N_("Set aside, waits for two people"),
    "kept-out": N_("Kept out"),
    "let-in": N_("Let in again"),
}


@blueprint.get("/desk/ratings")
@desk(RatingsPermission.RECONCILE)
def served() -> ResponseReturnValue:
    return _served_page(MattersForm(), _sample_form())


@blueprint.post("/desk/ratings")
@desk(RatingsPermission.RECONCILE)
def tell_matters() -> ResponseReturnValue:
    form = MattersForm()
    if not form.validate_on_submit():
        return _served_page(form, _sample_form()), 422
    sent, refusal = form.file.data, None
    if not isinstance(sent, FileStorage) or not sent.filename:
        form.refuse("file", N_("Choose the table."))
        return _served_page(form, _sample_form()), 422
    try:
        table = parse_table(sent.filename, sent.stream.read())
        read = import_matters(edge.session(), table, source=form.source.data or "", actor=acting(), now=edge.now())
    except ImportRefused as error:
        refusal = error
        form.refuse("file", N_("Nothing was taken. What is wrong in the table is listed below."))
        return _served_page(form, _sample_form(), refusal), 422
    return redirect(url_for(".served", period=read.periods[-1] if read.periods else _period()), 303)


@blueprint.post("/desk/ratings/samples")
@desk(RatingsPermission.RECONCILE)
def draw() -> ResponseReturnValue:
    form = _sample_form()
    if form.validate_on_submit():
        try:
            sample = sampling.draw_sample(
                edge.session(),
                service=form.service.data,
                period=_period(),
                size=form.size.data or 0,
                actor=acting(),
                now=edge.now(),
            )
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for(".sample", sample_id=sample), 303)
    return _served_page(MattersForm(), form), 422


leads_on(blueprint, "/desk/ratings/samples", "ratings_office.served")


@blueprint.route("/desk/ratings/samples/<sample_id>", methods=["GET", "POST"])
@desk(RatingsPermission.RECONCILE)
def sample(sample_id: str) -> ResponseReturnValue:
    form = AnswersForm()
    if form.validate_on_submit():
        answers = {field: getattr(form, field).data or 0 for field in ("reached", "offered", "pressed")}
        try:
            sampling.tell_answers(edge.session(), sample_id=sample_id, actor=acting(), now=edge.now(), **answers)
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for(".sample", sample_id=sample_id), 303)
    found = sampling.get_sample(edge.session(), sample_id)
    page = render_template("ratings/desk/sample.html", sample=found, form=form, services=_names())
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/desk/findings")
@desk(RatingsPermission.RECONCILE)
def list_findings() -> ResponseReturnValue:
    found = office.list_findings(edge.session(), after=request.args.get("after", "")[:40])
    after = f"{found[-1].period}/{found[-1].id}" if len(found) == 50 else None
    return render_template("ratings/desk/findings.html", findings=found, after=after, **_words())


@blueprint.route("/desk/findings/<finding_id>", methods=["GET", "POST"])
@desk(RatingsPermission.RECONCILE)
def finding(finding_id: str) -> ResponseReturnValue:
    form = SettleForm()
    if form.validate_on_submit():
        findings.propose_settlement(
            edge.session(),
            finding_id=finding_id,
            let_in=form.let_in.data == "yes",
            reason=form.reason.data or "",
            actor=acting(),
            now=edge.now(),
        )
        return redirect(url_for(".finding", finding_id=finding_id), 303)
    page = render_template(
        "ratings/desk/finding.html",
        finding=office.get_finding(edge.session(), finding_id),
        proposal=find_waiting(edge.session(), kind=findings.SETTLE, subject=finding_id),
        may_sign=acting().may(RatingsPermission.SETTLE),
        sample=office.sample_of(edge.session(), finding_id),
        apart=findings.why_apart(edge.session(), finding_id, acting(), edge.now()),
        me=acting().person_id,
        form=form,
        **_words(),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/desk/findings/<finding_id>/sign/<proposal_id>")
@desk(RatingsPermission.SETTLE)
def sign(finding_id: str, proposal_id: str) -> ResponseReturnValue:
    findings.settle(edge.session(), proposal_id=proposal_id, actor=acting(), now=edge.now())
    return redirect(url_for(".finding", finding_id=finding_id), 303)


@blueprint.post("/desk/findings/<finding_id>/decline/<proposal_id>")
@desk(RatingsPermission.RECONCILE)
def decline(finding_id: str, proposal_id: str) -> ResponseReturnValue:
    signing.decline(edge.session(), proposal_id=proposal_id, actor=acting(), now=edge.now())
    return redirect(url_for(".finding", finding_id=finding_id), 303)


for _act in ("sign", "decline"):
    leads_on(blueprint, f"/desk/findings/<finding_id>/{_act}/<proposal_id>", "ratings_office.finding")


def _period() -> str:
    asked = request.args.get("period", "")
    return asked if _MONTH.fullmatch(asked) else months_after(month_of(edge.local_now()), -1)


def _served_page(form: MattersForm, sample_form: SampleForm, refusal: ImportRefused | None = None) -> str:
    period = _period()
    return render_template(
        "ratings/desk/served.html",
        period=period,
        before=months_after(period, -1),
        following=months_after(period, 1) if period < month_of(edge.local_now()) else None,
        months=office.served_months(edge.session(), period),
        samples=sampling.samples_of(edge.session(), period),
        form=form,
        sample_form=sample_form,
        refusal=refusal,
        keeps_keys=acting().may(RatingsPermission.KEEP_OFFICE_KEYS),
        services=_names(),
    )


def _sample_form() -> SampleForm:
    form = SampleForm()
    form.service.choices = [SelectChoice(code, words) for code, words in _names().items()]
    return form


def _names() -> dict[str, str]:
    return {code: name(names) for code, names in named_services().items()}


def _words() -> dict[str, Any]:
    return {
        "services": _names(),
        "rules": RULE_WORDS,
        "rule_sentence": rule_sentence,
        "facts_of": facts_of,
        "states": STATE_WORDS,
        "levels": {int(level): LEVEL_WORDS[level] for level in Level},
    }
