"""The catalogue of the data for catalogues: /catalog.jsonld and /catalog.ttl (DCAT-AP 3.0.1)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from flask import Blueprint, Response

from portal.foundation.catalogues import translated
from portal.foundation.i18n import LOCALES
from portal.publishing import queries
from portal.publishing.catalogue import Link, Literal, Node, days_of, in_each, json_ld, turtle
from portal.publishing.files import FORMS, meanings
from portal.publishing.files.descriptions import licence_of
from portal.publishing.files.values import OWN_LICENCE, plain
from portal.publishing.queries.lines import layout_in
from portal.publishing.readings import Release
from portal.publishing.web.data.base import shelf
from portal.publishing.web.open import CHECKED_EACH_TIME, open_reply
from portal.publishing.web.public.base import edition
from portal.publishing.web.public.shapes import moment
from portal.web import edge, editions

blueprint = Blueprint("catalogue", __name__)

Values = Sequence[Link | Literal | Node]
Says = Mapping[str, Values]

_EU = "http://publications.europa.eu/resource/authority"
_LANGUAGES = {"en": f"{_EU}/language/ENG", "zh_Hans": f"{_EU}/language/ZHO"}
_STANDARDS = {
    "csv": "https://www.rfc-editor.org/rfc/rfc4180",
    "json": "https://www.rfc-editor.org/rfc/rfc8259",
    "xlsx": "https://www.iso.org/standard/71691.html",
    "parquet": "https://parquet.apache.org/docs/file-format/",
}
_KEYWORDS = (*meanings.TITLES.values(), *meanings.KEYWORDS)


@blueprint.get("/catalog.jsonld")
@editions.drawn
def as_json_ld() -> Response:
    return open_reply(json_ld(nodes()), "application/ld+json", cache=CHECKED_EACH_TIME)


@blueprint.get("/catalog.ttl")
@editions.drawn
def as_turtle() -> Response:
    return open_reply(turtle(nodes()), "text/turtle", cache=CHECKED_EACH_TIME)


def nodes() -> Iterator[Node]:
    """The whole graph: the catalogue, who publishes, each table, the series of releases, each release."""
    shown = edition()
    releases = queries.releases(edge.reader(), edition=shown.n)
    tables = tuple(layout_in(edge.reader(), shown.n).tables)
    yield _catalogue(tables, releases)
    yield Node(
        _publisher().address,
        ("foaf:Agent",),
        {"foaf:name": (Literal(edge.settings().publisher),), "foaf:homepage": (Link(_at("/")),)},
    )
    licences = {plain(one.licence) or "" for one in releases}
    for name in tables:
        rights = _rights(licences if name == "figures" else {OWN_LICENCE})
        files = _files("/data/latest", name, shown.n, rights, shown.at) if shown.n else []
        yield _table(name, files)
        yield from files
    yield _series(releases)
    for release in releases:
        rights = _rights({plain(release.licence) or ""})
        files = _files(f"/data/editions/{release.edition}", "figures", release.edition, rights, release.at)
        yield _release(release, files)
        yield from files


def _catalogue(tables: Sequence[str], releases: Sequence[Release]) -> Node:
    datasets = [*(_id(f"/data/{name}") for name in tables), *(_id(f"/releases/{one.slug}") for one in releases)]
    return Node(
        _at("/catalog"),
        ("dcat:Catalog",),
        {
            "dct:title": (Literal(edge.settings().publisher),),
            "dct:description": _said(meanings.WHOLE),
            "dct:publisher": (_publisher(),),
            "foaf:homepage": (Link(_at("/")),),
            "dct:language": tuple(Link(address) for address in _LANGUAGES.values()),
            "dct:license": (_licence(OWN_LICENCE),),
            "dct:modified": _moment(edition().at),
            "dcat:themeTaxonomy": (Link(f"{_EU}/data-theme"),),
            "dcat:dataset": tuple(Link(one) for one in [*datasets, _id("/releases")]),
        },
    )


def _table(name: str, files: Sequence[Node]) -> Node:
    says: Says = {
        "dct:title": _said(meanings.TITLES[name]),
        "dct:description": _said(meanings.ABOUT[name]),
        "dcat:landingPage": (Link(_at("/data")),),
        "dct:identifier": (Literal(_id(f"/data/{name}")),),
        "dct:modified": _moment(edition().at),
        "dcat:version": (Literal(str(edition().n)),),
    }
    return Node(_id(f"/data/{name}"), ("dcat:Dataset",), {**says, **_of_every_set(files)})


def _series(releases: Sequence[Release]) -> Node:
    return Node(
        _id("/releases"),
        ("dcat:DatasetSeries",),
        {
            "dct:title": _said(meanings.RELEASES),
            "dct:description": _said(meanings.ABOUT_RELEASES),
            "dct:publisher": (_publisher(),),
            "dcat:contactPoint": _contact(),
            "dct:accrualPeriodicity": (Link(f"{_EU}/frequency/IRREG"),),
            "dct:issued": _moment(releases[-1].at if releases else None),
            "dct:modified": _moment(releases[0].at if releases else None),
        },
    )


def _release(release: Release, files: Sequence[Node]) -> Node:
    address = f"/releases/{release.slug}"
    says: Says = {
        "dct:title": in_each(release.names),
        "dct:description": _said(meanings.OF_A_RELEASE),
        "dcat:landingPage": (Link(_at(address)),),
        "dct:identifier": (Literal(_id(address)),),
        "dct:issued": _moment(release.at),
        "dcat:version": (Literal(str(release.edition)),),
        "dcat:inSeries": (Link(_id("/releases")),),
        "dct:provenance": (Node(None, ("dct:ProvenanceStatement",), {"rdfs:label": in_each(release.source)}),),
        "dct:temporal": _temporal(release.period),
    }
    return Node(_id(address), ("dcat:Dataset",), {**says, **_of_every_set(files)})


def _of_every_set(files: Sequence[Node]) -> Says:
    return {
        "dct:publisher": (_publisher(),),
        "dct:creator": (_publisher(),),
        "dcat:contactPoint": _contact(),
        "dcat:theme": (Link(f"{_EU}/data-theme/GOVE"),),
        "dct:accessRights": (Link(f"{_EU}/access-right/PUBLIC"),),
        "dct:language": tuple(Link(address) for address in _LANGUAGES.values()),
        "dcat:keyword": tuple(word for keyword in _KEYWORDS for word in _said(keyword)),
        "dcat:distribution": tuple(Link(one.address or "") for one in files),
    }


def _files(folder: str, table: str, n: int, rights: Says, issued: datetime | None) -> list[Node]:
    """The files of a table as distributions; size and digest as soon as they are known."""
    made = shelf().made(n)
    found = []
    for form, media_type in FORMS.items():
        address = _at(f"{folder}/{table}.{form}")
        about = made.files.get(f"{table}.{form}") if made else None
        says: dict[str, Values] = {
            "dct:title": (Literal(f"{table}.{form}"),),
            "dcat:accessURL": (Link(address),),
            "dcat:downloadURL": (Link(address),),
            "dcat:mediaType": (Link(f"https://www.iana.org/assignments/media-types/{media_type}"),),
            "dct:format": (Link(f"{_EU}/file-type/{form.upper()}"),),
            "dct:conformsTo": (Link(_STANDARDS[form]),),
            "dcatap:availability": (Link(f"{_EU}/planned-availability/STABLE"),),
            "dct:issued": _moment(issued),
            **rights,
        }
        if about is not None:
            digest = Literal(about.sha256, type="xsd:hexBinary")
            algorithm = Link("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")
            says["dcat:byteSize"] = (Literal(str(about.bytes), type="xsd:nonNegativeInteger"),)
            checksum: Says = {"spdx:algorithm": (algorithm,), "spdx:checksumValue": (digest,)}
            says["spdx:checksum"] = (Node(None, ("spdx:Checksum",), checksum),)
        found.append(Node(f"{address}#file", ("dcat:Distribution",), says))
    return found


def _rights(licences: set[str]) -> Says:
    """One licence as such; of several, that each row names its own."""
    if len(licences) == 1:
        return {"dct:license": (_licence(next(iter(licences))),)}
    label: Says = {"rdfs:label": _said(meanings.LICENCE_BY_ROW)}
    return {"dct:rights": (Node(None, ("dct:RightsStatement",), label),)}


def _licence(text: str) -> Link | Node:
    found = licence_of(text)
    if "path" in found:
        return Link(found["path"])
    return Node(None, ("dct:LicenseDocument",), {"dct:title": (Literal(text),)})


def _contact() -> Values:
    contact = edge.settings().contact or _at("/")
    where = (
        {"vcard:hasEmail": (Link(f"mailto:{contact}"),)} if "@" in contact else {"vcard:hasURL": (Link(contact),)}
    )
    return (Node(None, ("vcard:Kind",), {"vcard:fn": (Literal(edge.settings().publisher),), **where}),)


def _temporal(period: str | None) -> Values:
    days = days_of(period) if period else None
    if days is None:
        return ()
    first, last = (_day(day) for day in days)
    return (Node(None, ("dct:PeriodOfTime",), {"dcat:startDate": (first,), "dcat:endDate": (last,)}),)


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), type="xsd:date")


def _moment(at: datetime | None) -> Values:
    return () if at is None else (Literal(moment(at), type="xsd:dateTime"),)


def _said(msgid: str) -> tuple[Literal, ...]:
    return in_each({locale: translated(msgid, locale) for locale in LOCALES})


def _publisher() -> Link:
    return Link(_at("/#publisher"))


def _id(path: str) -> str:
    """The address of the data set itself, as against the page about it."""
    return _at(f"{path}#dataset")


def _at(path: str) -> str:
    return edge.settings().origin.rstrip("/") + path
