"""What the addresses under /data share: their blueprint, and how long a file may be kept by caches."""

from flask import Blueprint, Response

from portal.publishing.shelf import Shelf
from portal.publishing.values import ActKind
from portal.web import edge
from portal.web.wording import lazy_gettext as _l

blueprint = Blueprint("data", __name__)

# An edition's bytes change only when a text in it is withdrawn; a day later no cache gives the old ones.
EDITION_SECONDS = 86400
NO_EDITION = "There is no such edition."
N = "<int(max=999999999):n>"

ACTS = {
    ActKind.REGISTER: _l("Change of the register"),
    ActKind.RELEASE: _l("Release"),
    ActKind.CORRECTION: _l("Correction"),
    ActKind.NOTICE: _l("Notice"),
    ActKind.RATINGS: _l("Summary of ratings"),
    ActKind.EVALUATION: _l("Result of an evaluation"),
    ActKind.WITHDRAWAL: _l("Withdrawal of a text"),
    ActKind.HANDIN: _l("Values handed in by a body"),
    ActKind.LAYOUT: _l("New layout of the data files"),
    ActKind.FILINGS: _l("Proof of filing of reports"),
    ActKind.CASES: _l("What became of reports"),
}
"""What an edition was published for; other acts are called by their kind."""


def shelf() -> Shelf:
    return Shelf(edge.settings().var)


def kept_for_a_day(reply: Response) -> Response:
    reply.headers["Cache-Control"] = f"public, max-age={EDITION_SECONDS}, immutable"
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply
