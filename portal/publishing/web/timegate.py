"""From a moment to the page as it was then: Memento's time gate (RFC 7089), and the same for people by date."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, request
from werkzeug.http import parse_date

from portal.foundation.errors import Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.values import Edition
from portal.web import edge, editions

blueprint = Blueprint("timegate", __name__)


@blueprint.get("/timegate/<path:page>")
def timegate(page: str) -> Response:
    """Redirect to the page in the edition that was the newest at `Accept-Datetime`, or at the end of ?date=."""
    if not editions.has_editions("/" + page):
        raise NotFound(N_("There is no page of published facts at that address."))
    others = [(key, value) for key, value in request.args.items(multi=True) if key not in ("date", editions.KEY)]
    address = editions.absolute("/" + page, [*others, (editions.KEY, str(_then().n))])
    reply = Response(status=302, headers={"Location": address, "Vary": "Accept-Datetime"})
    reply.headers["Link"] = f'<{editions.absolute("/" + page, others)}>; rel="original"'
    reply.headers["Cache-Control"] = "public, no-cache"
    return reply


def _then() -> Edition:
    """The edition of the moment asked for; before the first, the first, as Memento wants it."""
    session = edge.reader()
    found = queries.edition_at(session, _moment())
    return found or queries.edition_as_of(session, 1)


def _moment() -> datetime:
    """Raises Invalid."""
    date, accepted = request.args.get("date"), request.headers.get("Accept-Datetime")
    if date:
        try:
            return datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1, microseconds=-1)
        except (ValueError, OverflowError):
            raise Invalid(N_("The date is not of the form 2026-02-03.")) from None
    if accepted is None:
        return edge.now()
    found = parse_date(accepted)
    if found is None:
        raise Invalid(N_("The date is not of the form 2026-02-03."))
    return found
