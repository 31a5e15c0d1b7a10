"""What pages say about themselves to search engines: schema.org Dataset, as JSON-LD in a data block.

`<script type="application/ld+json">` is no script: browsers never execute it, so the page's policy, which
forbids inline script, does not concern it. The same facts are in the catalogue.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from portal.foundation.i18n import Names
from portal.publishing.files import FORMS
from portal.publishing.files.descriptions import licence_of
from portal.publishing.files.values import OWN_LICENCE, plain
from portal.publishing.queries.lines import layout_in
from portal.publishing.readings import PublishedIndicator, Release
from portal.publishing.values import Edition
from portal.publishing.web.public.shapes import moment
from portal.web import edge
from portal.web.words import name, site

_write = json.JSONEncoder(sort_keys=True).encode


def written(facts: Mapping[str, Any]) -> Markup:
    """Facts as a data block holds them; what `tojson` gives, which makes itself a writer for each page."""
    return htmlsafe_json_dumps(facts, dumps=_write)


def of_all(shown: Edition, title: str, about: str) -> dict[str, Any]:
    """All data, on the data page."""
    tables = layout_in(edge.reader(), shown.n).tables
    files = [f"/data/latest/{table}.{form}" for table in tables for form in FORMS] if shown.n else []
    return _dataset(title, about, "/data", OWN_LICENCE, files) | {
        "version": str(shown.n),
        "dateModified": moment(shown.at) if shown.at else None,
    }


def of_release(release: Release, about: str) -> dict[str, Any]:
    """The figures of a release, on its page."""
    files = [f"/data/editions/{release.edition}/figures.{form}" for form in FORMS]
    path = f"/releases/{release.slug}"
    return _dataset(name(release.names), about, path, plain(release.licence) or "", files) | {
        "version": str(release.edition),
        "datePublished": moment(release.at),
        "temporalCoverage": release.period,
        "isBasedOn": plain(release.source),
    }


def of_indicator(indicator: PublishedIndicator, sources: Iterable[Release]) -> dict[str, Any]:
    """An indicator at every body, on its page."""
    path = f"/indicators/{indicator.code}"
    about = _text(indicator.definition) or name(indicator.names)
    licences = {plain(one.licence) or "" for one in sources}
    licence = next(iter(licences)) if len(licences) == 1 else ""
    return _dataset(name(indicator.names), about, path, licence, [f"{path}.csv", f"{path}.json"]) | {
        "variableMeasured": {
            "@type": "PropertyValue",
            "name": name(indicator.names),
            "propertyID": indicator.code,
            "unitText": indicator.unit if isinstance(indicator.unit, str) else name(indicator.unit),
        },
    }


def _dataset(title: str, about: str, path: str, licence: str, files: list[str]) -> dict[str, Any]:
    found = licence_of(licence) if licence else {}
    publisher = edge.settings().publisher
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": _at(f"{path}#dataset"),
        "name": title,
        "description": about,
        "url": _at(site(path)),
        "isAccessibleForFree": True,
        "inLanguage": ["en", "zh-Hans"],
        "license": found.get("path") or found.get("title"),
        "creator": {"@type": "GovernmentOrganization", "name": publisher, "url": _at("/")},
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": publisher,
            "url": _at("/data"),
        },
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": FORMS[file.rpartition(".")[2]], "contentUrl": _at(file)}
            for file in files
        ],
    }


def _text(names: Names) -> str:
    return name(names) if names else ""


def _at(path: str) -> str:
    return edge.settings().origin.rstrip("/") + path
