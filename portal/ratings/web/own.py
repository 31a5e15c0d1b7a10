"""A body's own desk: the answers it owes, findings about its ratings, and its appeal."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.foundation.i18n import N_
from portal.ratings import asked, office
from portal.ratings.answers import ANSWER_WORDS
from portal.ratings.errors import NoSuchFinding
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.integrity import RULE_WORDS
from portal.ratings.services import findings
from portal.ratings.services.public_replies import shown_months
from portal.ratings.web.office import STATE_WORDS
from portal.ratings.web.office_forms import AppealForm
from portal.ratings.web.rule_words import facts_of, rule_sentence
from portal.ratings.web.services_known import own_services
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("ratings_own", __name__)


@blueprint.get("/desk/own-ratings")
@desk(RatingsPermission.ANSWER)
def own() -> ResponseReturnValue:
    services = own_services()
    found = office.findings_of(edge.session(), frozenset(services))
    return render_template(
        "ratings/desk/own.html",
        asked=asked.asked_of(edge.session(), frozenset(services)),
        answer_words=ANSWER_WORDS,
        findings=found,
        networks=sorted({str(network) for one in services.values() for network in one.networks}),
        months=shown_months(edge.session(), frozenset(services)),
        services={code: name(one.names) for code, one in services.items()},
        rules=RULE_WORDS,
        states=STATE_WORDS,
    )


@blueprint.route("/desk/own-ratings/findings/<finding_id>", methods=["GET", "POST"])
@desk(RatingsPermission.ANSWER)
def own_finding(finding_id: str) -> ResponseReturnValue:
    services, found = own_services(), office.get_finding(edge.session(), finding_id)
    if found.service not in services:
        raise NoSuchFinding(N_("There is no such finding."))
    form = AppealForm()
    if form.validate_on_submit():
        findings.appeal(
            edge.session(), finding_id=finding_id, words=form.words.data or "", actor=acting(), now=edge.now()
        )
        return redirect(url_for(".own_finding", finding_id=finding_id), 303)
    page = render_template(
        "ratings/desk/own_finding.html",
        finding=found,
        service=name(services[found.service].names),
        form=form,
        rule_sentence=rule_sentence,
        facts_of=facts_of,
        rules=RULE_WORDS,
        states=STATE_WORDS,
    )
    return page, 422 if form.is_submitted() else 200
