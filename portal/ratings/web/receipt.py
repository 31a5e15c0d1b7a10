"""Rating with a receipt's link. Opening it redeems nothing: messengers open links before people do."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.ratings import queries, services, tickets
from portal.ratings.errors import NoSuchService
from portal.ratings.register import RatedService
from portal.ratings.values import Channel
from portal.ratings.web import cookies
from portal.ratings.web.forms import RatingForm
from portal.ratings.web.saving import question, save
from portal.ratings.web.services_known import get_service
from portal.web import edge, limits

blueprint = Blueprint("ratings_receipt", __name__)


@blueprint.get("/rate/r/<path:code>")
def open_link(code: str) -> ResponseReturnValue:
    return carry_on(code, Channel.WEB)


@blueprint.get("/rate/q/<path:code>")
def open_picture(code: str) -> ResponseReturnValue:
    """The link that a receipt's QR code holds."""
    return carry_on(code, Channel.QR)


def carry_on(code: str, channel: Channel) -> ResponseReturnValue:
    """Carry the receipt on in a sealed ticket, to an address that is the same for every code."""
    response = make_response(redirect(url_for("ratings_receipt.ask"), 303))
    visit = _visit_of(code, channel)
    if visit is None:
        cookies.drop(response, cookies.VISIT)
    else:
        cookies.keep(response, cookies.VISIT, tickets.seal_visit(edge.keys(), visit, edge.now()))
    return response


@blueprint.get("/rate/visit")
def ask() -> ResponseReturnValue:
    ticket = cookies.visit_ticket()
    service = _service_of(ticket)
    if service is None:
        return render_template("ratings/no_visit.html")
    form = RatingForm()
    form.visit.data = ticket
    return question(form, service, visit=True)


@blueprint.post("/rate/visit")
def answer() -> ResponseReturnValue:
    """Save with the ticket of the very page that was sent, so that two open receipts never mix."""
    ticket = request.form.get("visit", "")
    visit, service = tickets.open_visit(edge.keys(), ticket, edge.now()), _service_of(ticket)
    if visit is None or service is None:
        return render_template("ratings/no_visit.html"), 422
    return save(service, visit)


def _visit_of(code: str, channel: Channel) -> tickets.Visit | None:
    """The visit a code is good for; one None for all that are not, and for those who try too many."""
    key = services.known_receipt(edge.reader(), edge.keys(), code)
    service = None
    if key is not None and limits.check("rate-code") is None:
        service = queries.find_service_of_receipt(edge.session(), key=key, now=edge.local_now())
    if key is None or service is None:
        limits.hit("rate-code")
        return None
    return tickets.Visit(key, service, channel)


def _service_of(ticket: str) -> RatedService | None:
    visit = tickets.open_visit(edge.keys(), ticket, edge.now())
    try:
        return get_service(visit.service) if visit else None
    except NoSuchService:
        return None
