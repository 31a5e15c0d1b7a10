"""The catalogue of the data as a graph: DCAT-AP 3.0.1, written as JSON-LD and as Turtle.

One description, two spellings, no library. A catalogue holds the data set of all figures, with the files of
the newest edition, a series, and in the series one data set for each release, with the files of its edition.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.foundation.i18n import URL_PREFIX
from portal.registry.values import Period, PeriodType

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "dcatap": "http://data.europa.eu/r5r/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Link:
    """A value that is a thing with an address of its own."""

    address: str


@dataclass(frozen=True)
class Literal:
    """A value that is a text in a language, or of a type such as xsd:date."""

    text: str
    type: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Node:
    """A thing: its address (None for one only mentioned here), its kinds and what is said of it."""

    address: str | None
    types: tuple[str, ...]
    says: Mapping[str, Sequence["Link | Literal | Node"]]


def in_each(names: str | Mapping[str, str]) -> tuple[Literal, ...]:
    """A text in every language it is stated in."""
    if isinstance(names, str):
        return (Literal(names),)
    return tuple(Literal(text, language=URL_PREFIX.get(locale, locale)) for locale, text in names.items())


def days_of(text: str) -> tuple[date, date] | None:
    """The first and last day of a period; None for a fiscal year, whose days differ from place to place."""
    try:
        period = Period.parse(text)
    except ValueError:
        return None
    match period.type:
        case PeriodType.YEAR:
            first, months = date(period.year, 1, 1), 12
        case PeriodType.QUARTER:
            first, months = date(period.year, period.part * 3 - 2, 1), 3
        case PeriodType.MONTH:
            first, months = date(period.year, period.part, 1), 1
        case _:
            return None
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def json_ld(nodes: Iterable[Node]) -> str:
    """The graph as JSON-LD 1.1."""
    document = {"@context": PREFIXES, "@graph": [_as_object(node) for node in nodes]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def turtle(nodes: Iterable[Node]) -> str:
    """The same graph as Turtle 1.1."""
    heads = [f"@prefix {name}: <{address}> ." for name, address in PREFIXES.items()]
    return "\n".join(heads) + "\n\n" + "\n".join(f"{_subject(node)}{_said(node, 1)} .\n" for node in nodes)


def _as_object(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {} if node.address is None else {"@id": node.address}
    if node.types:
        made["@type"] = list(node.types)
    return made | {name: [_as_value(value) for value in values] for name, values in node.says.items() if values}


def _as_value(value: Link | Literal | Node) -> Any:
    match value:
        case Link(address):
            return {"@id": address}
        case Literal(text, type, language):
            extra = {"@type": type, "@language": language}
            return {"@value": text} | {name: said for name, said in extra.items() if said}
    return _as_object(value)


def _subject(node: Node) -> str:
    return f"<{_address(node.address)}>" if node.address else "[]"


def _said(node: Node, depth: int) -> str:
    inside = "\n" + "  " * depth
    parts = [f"{inside}a {', '.join(node.types)}"] if node.types else []
    for name, values in node.says.items():
        if values:
            parts.append(f"{inside}{name} {', '.join(_turtle(value, depth) for value in values)}")
    return " ;".join(parts)


def _turtle(value: Link | Literal | Node, depth: int) -> str:
    match value:
        case Link(address):
            return f"<{_address(address)}>"
        case Literal(text, type, language):
            quoted = json.dumps(text, ensure_ascii=False)
            return quoted + (f"@{language}" if language else f"^^{type}" if type else "")
    return f"[{_said(value, depth + 1)} ]"


_NOT_IN_ADDRESSES = {ord(c): f"%{ord(c):02X}" for c in '<>"{}|^`\\ \t\r\n'}


def _address(address: str | None) -> str:
    """An IRI as Turtle writes it: nothing in it ends it early."""
    return (address or "").translate(_NOT_IN_ADDRESSES)
