"""openapi.json: written from the same tables that route, check and answer."""

from functools import cache
from typing import Any

from flask import Response, request
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from portal.publishing.web.api import shapes
from portal.publishing.web.api.asked import CODE, PERIOD, Parameter, read
from portal.publishing.web.api.base import OPERATIONS, ROOT, Operation, address, blueprint, encode, reply
from portal.web.cache import published
from portal.web.problems import TYPE

VERSION = "1.0.0"
_DESCRIPTION = (
    "Published performance figures of public bodies, read from an append-only log of editions. "
    "Every answer names the edition it was drawn from; `?edition=n` gives the state after edition n, for ever. "
    "Fields and parameters are only ever added within v1; see the documentation for the whole promise."
)
_TAGS = {
    "about": "The index, the editions, and what codes mean.",
    "register": "Bodies, services and indicators.",
    "figures": "Figures with their history.",
    "releases": "Releases and corrections.",
    "ratings": "Published summaries of ratings, and approved comments.",
    "search": "Finding things by words.",
}
_PROBLEMS = {
    "400": "An unknown or repeated parameter.",
    "404": "Nothing is published under that code; there is no such edition, period or place in a list.",
    "406": "Only `application/json` can be had.",
    "422": "A parameter's value is not of its form.",
    "429": "Too many questions from one address; `Retry-After` says when to go on.",
    "503": "Cannot be answered right now; `Retry-After` says when to try again.",
}
_HEADERS = {
    "ETag": {"description": "Send it back in `If-None-Match`.", "schema": {"type": "string"}},
    "Access-Control-Allow-Origin": {"description": "Always `*`.", "schema": {"type": "string"}},
}


@blueprint.get("/openapi.json")
@published()
def openapi() -> Response:
    """This description."""
    read((), request.args)
    return reply(_written(address(ROOT), address("/api")), bound=False)


@cache
def _written(server: str, documentation: str) -> str:
    return encode(specification(server, documentation)) + "\n"


def specification(server: str, documentation: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    models = {one.model for one in OPERATIONS} | {shapes.Problem}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "validation") for model in ordered], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gongping 公评",
            "version": VERSION,
            "summary": "Published figures.",
            "description": _DESCRIPTION,
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "externalDocs": {"url": documentation, "description": "Documentation with examples."},
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": {one.path or "/": {"get": _operation(one)} for one in OPERATIONS},
        "components": {"schemas": schemas["$defs"], "responses": _problems()},
    }


def _operation(one: Operation) -> dict[str, Any]:
    parameters = [_query(each) for each in one.parameters]
    parts = [_part(name, text) for name, text in one.known.items()]
    return {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": [*parts, *parameters],
        "responses": {
            "200": {
                "description": "What was asked for.",
                "headers": _HEADERS,
                "content": {"application/json": {"schema": _answer(one)}},
            },
            **{status: {"$ref": f"#/components/responses/Problem{status}"} for status in _PROBLEMS},
        },
    }


def _query(one: Parameter) -> dict[str, Any]:
    described = {"name": one.name, "in": "query", "description": one.meaning, "schema": dict(one.schema)}
    return described | ({"required": True} if one.required else {})


def _part(name: str, text: str) -> dict[str, Any]:
    pattern = PERIOD if name == "period" else CODE
    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def _answer(one: Operation) -> dict[str, Any]:
    ref = _ref(one.model)
    if not one.parameters:
        return ref
    properties: dict[str, Any] = {
        "origin": {"type": "string", "description": "The name of the log that the edition is of."},
        "edition": {"type": "integer", "minimum": 0, "description": "The edition this was drawn from."},
        "edition_at": {"type": ["string", "null"], "format": "date-time", "description": "When it became public."},
    }
    if one.many:
        text = "The address of the next page; null at the end."
        properties["next"] = {"type": ["string", "null"], "format": "uri", "description": text}
    properties["data"] = {"type": "array", "items": ref} if one.many else ref
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _problems() -> dict[str, Any]:
    problem = {"schema": _ref(shapes.Problem)}
    return {
        f"Problem{status}": {"description": text, "content": {TYPE: problem}} for status, text in _PROBLEMS.items()
    }
