"""What stands beside the data: a Data Package 2.0, CSVW metadata for each CSV, and the list of digests.

All are written once for an edition, after its files, and kept as they are.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.foundation.catalogues import translated
from portal.foundation.i18n import LOCALES, URL_PREFIX
from portal.publishing.files import meanings
from portal.publishing.files.forms import FORMS
from portal.publishing.files.layouts import layout_of
from portal.publishing.files.tables import ColumnType, Table
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, plain
from portal.publishing.log.entries import moment

_PROFILES = "https://datapackage.org/profiles/2.0"
_CC_BY = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": OWN_LICENCE}
_ADDRESS = re.compile(r"https?://[^\s<>\"'）)]+")
_PACKAGE_TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.NUMBER: "number",
    ColumnType.INTEGER: "integer",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.MOMENT: "datetime",
}
_CSVW_TYPES = {
    ColumnType.TEXT: "string",
    ColumnType.NUMBER: "decimal",
    ColumnType.INTEGER: "integer",
    ColumnType.BOOLEAN: {"base": "boolean", "format": "true|false"},
    ColumnType.MOMENT: "dateTime",
}
_MAY_BE_EMPTY = frozenset({"corrections"})
"""Tables of which a column of the key can be empty: a key that is not asked of them as a primary key."""


@dataclass(frozen=True)
class Written:
    """A file as it was written: its size, its SHA-256 in hex and, for tables, how many rows it has."""

    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True)
class Publisher:
    """Who publishes, and where: `origin` is the address of the portal, without a slash at its end."""

    name: str
    origin: str


def data_package(head: FileHead, context: Context, files: Mapping[str, Written], publisher: Publisher) -> bytes:
    """The Data Package: a resource for each table, with its schema, and the other forms as its alternates.

    `files` are those that stay: a package is kept for good, and names nothing that will not be there.
    """
    here = f"{publisher.origin}/data/editions/{head.edition}"
    licences = _licences(context)
    return _document(
        {
            "$schema": f"{_PROFILES}/datapackage.json",
            "name": f"gongping-edition-{head.edition}",
            "id": f"{here}/datapackage.json",
            "title": f"{publisher.name}: {' · '.join(_texts(meanings.WHOLE))}",
            "description": "Every column is described in the schema of its resource.",
            "homepage": f"{publisher.origin}/data",
            "version": str(head.edition),
            "created": moment(head.at),
            "licenses": licences,
            "sources": [{"title": source} for source in _sources(context)],
            "contributors": [{"title": publisher.name, "path": publisher.origin, "roles": ["publisher"]}],
            "log": {"origin": head.origin, "entry": head.edition, "verify": f"{publisher.origin}/verify"},
            "resources": [_resource(table, files) for table in layout_of(context).tables.values()],
        }
    )


def csvw_metadata(table: Table, head: FileHead, context: Context, publisher: Publisher) -> bytes:
    """The metadata of the table's CSV (CSV on the Web), with meanings in every language."""
    schema: dict[str, Any] = {
        "columns": [
            {
                "name": column.name,
                "titles": column.name,
                "datatype": _CSVW_TYPES[column.type],
                "dc:description": _in_each(meanings.meaning(table.name, column.name)),
            }
            for column in table.columns
        ]
    }
    if table.name not in _MAY_BE_EMPTY:
        schema["primaryKey"] = list(table.key)
    return _document(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"language": "en"}],
            "url": f"{table.name}.csv",
            "dc:title": _in_each(meanings.TITLES[table.name]),
            "dc:description": _in_each(meanings.ABOUT[table.name]),
            "dc:publisher": publisher.name,
            "dc:issued": {"@value": moment(head.at), "@type": "dateTime"},
            "dc:license": [licence.get("path") or licence["title"] for licence in _licences(context)],
            "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "doubleQuote": True},
            "null": "",
            "tableSchema": schema,
        }
    )


def sums(head: FileHead, files: Mapping[str, Written]) -> str:
    """The text of SHA256SUMS, as `sha256sum --check` reads it; the first line binds it to log and edition."""
    lines = [f"# {head.origin} edition {head.edition} {moment(head.at)}"]
    lines += [f"{files[name].sha256}  {name}" for name in sorted(files)]
    return "\n".join(lines) + "\n"


def written(document: bytes) -> Written:
    return Written(len(document), hashlib.sha256(document).hexdigest())


def _resource(table: Table, files: Mapping[str, Written]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [
            {
                "name": column.name,
                "type": _PACKAGE_TYPES[column.type],
                "description": " · ".join(_texts(meanings.meaning(table.name, column.name))),
            }
            for column in table.columns
        ],
        "missingValues": [""],
    }
    if table.name not in _MAY_BE_EMPTY:
        schema["primaryKey"] = list(table.key)
    others = (f"{table.name}.{form}" for form in FORMS if form != "csv")
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": table.name,
        "type": "table",
        "title": " · ".join(_texts(meanings.TITLES[table.name])),
        "description": " · ".join(_texts(meanings.ABOUT[table.name])),
        **_described(f"{table.name}.csv", files),
        "encoding": "utf-8",
        "schema": schema,
        "alternates": [_described(name, files) for name in others if name in files],
    }


def _described(name: str, files: Mapping[str, Written]) -> dict[str, Any]:
    form = name.rpartition(".")[2]
    found = files[name]
    about: dict[str, Any] = {
        "path": name,
        "format": form,
        "mediatype": FORMS[form],
        "bytes": found.bytes,
        "hash": f"sha256:{found.sha256}",
    }
    return about if found.rows is None else about | {"rows": found.rows}


def _licences(context: Context) -> list[dict[str, str]]:
    """Those of the releases and our own, each once; a stated licence keeps its words as title."""
    stated = dict.fromkeys(plain(release.get("licence")) for release in context.releases.values())
    return [*(licence_of(text) for text in stated if text and text != OWN_LICENCE), _CC_BY]


def licence_of(text: str) -> dict[str, str]:
    """A stated licence as descriptions give it: its address where it names one, its words as title."""
    if text == OWN_LICENCE:
        return _CC_BY
    address = _ADDRESS.search(text)
    if address:
        return {"path": address[0].rstrip(".,;"), "title": text}
    return {"name": "other-pd" if "public domain" in text.casefold() else "other", "title": text}


def _sources(context: Context) -> Iterable[str]:
    found = dict.fromkeys(plain(release.get("source")) for release in context.releases.values())
    return [source for source in found if source]


def _texts(msgid: str) -> list[str]:
    return list(dict.fromkeys(translated(msgid, locale) for locale in LOCALES))


def _in_each(msgid: str) -> list[dict[str, str]]:
    return [
        {"@value": translated(msgid, locale), "@language": URL_PREFIX.get(locale, locale)} for locale in LOCALES
    ]


def _document(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
