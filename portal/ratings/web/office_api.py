"""The door for bodies' own systems: orders of receipts, and ratings that a kiosk collected.

Each call carries the body's key and an idempotency key. Nothing here is open to other sites' scripts (no CORS;
a browser's Origin of another site is refused at the edge), and nothing of a rating comes back.
"""

import json
from typing import TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from portal.ratings import printing, services
from portal.ratings.values import Office
from portal.ratings.web.office_document import specification
from portal.ratings.web.office_shapes import RatingSent, ReceiptsAsked
from portal.web import edge, limits
from portal.web.problems import Fault, problem

blueprint = Blueprint("office_api", __name__, url_prefix="/api/v1")

MOST_BYTES = 20_000
LONGEST_KEY = 200
Shape = TypeVar("Shape", bound=BaseModel)


class Refused(Exception):
    """What is answered instead."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> Response:
    return error.answer


@blueprint.get("/office.json")
def description() -> Response:
    """The OpenAPI document of these calls."""
    return Response(specification(edge.settings().origin.rstrip("/") + "/api/v1"), mimetype="application/json")


@blueprint.post("/services/<service>/receipts")
def order_receipts(service: str) -> Response:
    """Single-use codes for people who were just served; the same idempotency key gives the same codes."""
    office, key, asked = _office(), _idempotency_key(), _read(ReceiptsAsked)
    issued = services.issue_to_office(
        edge.session(),
        office=office,
        service=service,
        count=asked.count,
        idempotency_key=key,
        keys=edge.keys(),
        now=edge.local_now(),
    )
    origin = edge.settings().origin
    receipts = [
        {
            "code": code,
            "link": printing.receipt_address(origin, code),
            "qr": printing.receipt_address(origin, code, by="q"),
        }
        for code in issued.codes
    ]
    return _created({"service": issued.service, "expires": issued.expires, "receipts": receipts})


@blueprint.post("/services/<service>/ratings")
def send_rating(service: str) -> Response:
    """One mark with what came with it. It is counted apart, as sent by the body itself, and never verified."""
    office, key, sent = _office(), _idempotency_key(), _read(RatingSent)
    services.require_own_service(edge.reader(), service, (office.body,))
    services.save_from_office(
        edge.session(),
        office=office,
        idempotency_key=f"{service}|{key}",
        mark=services.Mark(service, sent.mark),
        details=sent.details,
        text=sent.words,
        keys=edge.keys(),
        now=edge.local_now(),
    )
    return _created({"saved": True})


def _office() -> Office:
    """Whose key came with the request. A wrong key counts against its address like a wrong code."""
    wait = limits.check("office-key")
    if wait is None:
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        found = services.find_office(edge.reader(), key.strip()) if kind.lower() == "bearer" else None
        if found is not None:
            wait = limits.hit("office")
            if wait is None:
                return found
        else:
            limits.hit("office-key")
            answer = problem(401, "Send the key of your office as: Authorization: Bearer KEY.")
            answer.headers["WWW-Authenticate"] = "Bearer"
            raise Refused(answer)
    raise Refused(problem(429, retry_after=wait))


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= LONGEST_KEY:
        detail = "Send a key of your own of at most 200 characters, a new one for each request."
        raise Refused(problem(400, detail, faults=[Fault("Idempotency-Key", detail)]))
    return key


def _read(shape: type[Shape]) -> Shape:
    """The body of the request in its shape, or every fault in it."""
    if request.mimetype != "application/json":
        raise Refused(problem(415, "Send application/json."))
    if request.content_length is None or request.content_length > MOST_BYTES:
        raise Refused(problem(413))
    try:
        return shape.model_validate_json(request.get_data())
    except ValidationError as error:
        faults = [
            Fault(".".join(str(part) for part in one["loc"]) or "body", one["msg"]) for one in error.errors()
        ]
        raise Refused(problem(422, "A part of what was sent cannot be used.", faults=faults)) from None


def _created(content: object) -> Response:
    made = Response(json.dumps(content, ensure_ascii=False) + "\n", status=201, mimetype="application/json")
    made.headers["Cache-Control"] = "no-store"
    return made
