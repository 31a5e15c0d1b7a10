"""A feed held against RFC 4287, by its own rules: what a reader program would stumble over."""

import re
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_IRI = re.compile(r"(https?|tag|urn):[^\s<>]+")


def read_atom(document: bytes) -> list[dict[str, str]]:
    """The entries of a valid feed: id, title, updated, link and summary of each."""
    feed = ElementTree.fromstring(document)  # noqa: S314 - our own document
    assert feed.tag == f"{ATOM}feed"
    _require_one_each(feed, "id", "title", "updated")
    assert feed.findall(f"{ATOM}author/{ATOM}name"), "a feed without authors in its entries names one itself"
    links = [(link.get("rel", "alternate"), link.get("href", "")) for link in feed.findall(f"{ATOM}link")]
    assert [rel for rel, _ in links].count("self") == 1
    bad = [href for _, href in links if not _IRI.fullmatch(href)]
    assert not bad, bad
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids), "each entry has an id of its own"
    return [_entry(entry) for entry in entries]


def _entry(entry: ElementTree.Element) -> dict[str, str]:
    _require_one_each(entry, "id", "title", "updated")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert _IRI.fullmatch(link.get("href", ""))
    found = {name: entry.findtext(f"{ATOM}{name}") or "" for name in ("id", "title", "updated", "summary")}
    return found | {"link": link.get("href", "")}


def _require_one_each(element: ElementTree.Element, *names: str) -> None:
    for name in names:
        assert len(element.findall(f"{ATOM}{name}")) == 1, name
    assert _DATE.fullmatch(element.findtext(f"{ATOM}updated") or "")
    assert _IRI.fullmatch(element.findtext(f"{ATOM}id") or "")
