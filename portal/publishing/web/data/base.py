"""What the addresses under /data share: their blueprint, and how long a file may be kept by caches."""

from flask import Blueprint, Response

from portal.publishing.shelf import Shelf
from portal.web import edge

blueprint = Blueprint("data", __name__)

# An edition's bytes change only when a text in it is withdrawn; a day later no cache gives the old ones.
EDITION_SECONDS = 86400
NO_EDITION = "There is no such edition."
N = "<int(max=999999999):n>"


def shelf() -> Shelf:
    return Shelf(edge.settings().var)


def kept_for_a_day(reply: Response) -> Response:
    reply.headers["Cache-Control"] = f"public, max-age={EDITION_SECONDS}, immutable"
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply
