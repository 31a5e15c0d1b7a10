"""office.json: the OpenAPI 3.1 document of the calls for bodies' own systems, apart from the open read API."""

import json
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from portal.ratings.web.office_shapes import RatingSent, Receipts, ReceiptsAsked, Saved
from portal.web.problems import TYPE

_PROBLEMS = {
    "400": "No idempotency key, or one that is too long.",
    "401": "No key, or one that opens nothing (any more).",
    "403": "The service belongs to another body than the key, or the key is not good for this call.",
    "404": "There is no such service.",
    "413": "More than 20,000 bytes.",
    "415": "Not application/json.",
    "422": "A value is not of its form, or the idempotency key was used for something else.",
    "429": "Too many requests, or the key was used as often as it may on a day; `Retry-After` says when to go on.",
    "503": "Cannot be answered right now; `Retry-After` says when to try again.",
}
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each request, the same when it is sent again: then nothing is made twice. Two days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_SERVICE = {
    "name": "service",
    "in": "path",
    "required": True,
    "description": "Code of a service of the key's body.",
    "schema": {"type": "string"},
}


@cache
def specification(server: str) -> str:
    """The document, as JSON."""
    shapes = (RatingSent, Receipts, ReceiptsAsked, Saved)
    _, schemas = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )
    paths = {
        "/services/{service}/receipts": _call(
            "order_receipts", "Make receipts for people who were just served.", ReceiptsAsked, Receipts
        ),
        "/services/{service}/ratings": _call(
            "send_rating", "Send one rating that your own device collected.", RatingSent, Saved
        ),
    }
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Gongping 公评: for offices' own systems",
            "version": "1.0.0",
            "description": "Closed to scripts of other sites; every call needs the office's own key.",
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": server}],
        "security": [{"office": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"office": {"type": "http", "scheme": "bearer"}},
            "schemas": schemas["$defs"],
        },
    }
    return json.dumps(document, ensure_ascii=False) + "\n"


def _call(name: str, summary: str, asked: type[BaseModel], given: type[BaseModel]) -> dict[str, Any]:
    problems = {status: {"description": text, "content": {TYPE: {}}} for status, text in _PROBLEMS.items()}
    created = {"description": "Done, now or by the same request before.", "content": _json(given)}
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "parameters": [_SERVICE, _IDEMPOTENCY],
            "requestBody": {"required": True, "content": _json(asked)},
            "responses": {"201": created} | problems,
        }
    }


def _json(shape: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}
