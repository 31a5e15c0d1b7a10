"""Catalogues of others find our data only through this description; a broken one makes the data invisible."""

import hashlib
import json
from pathlib import Path

import pytest
from html5lib import parse
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph, Namespace, URIRef
from rdflib import Literal as Words
from rdflib.compare import isomorphic

from portal.foundation.context import Portal
from portal.publishing.catalogue import Literal, Node, days_of, turtle
from portal.publishing.services.filing import make_missing
from tests.factories.publishing import append, body, figure, indicator, release
from tests.pages import SPACE, PageClient
from tests.publishing.files.made import publish

SPDX = Namespace("http://spdx.org/rdf/terms#")
SHAPES = Path(__file__).with_name("dcat_ap_3.ttl")
FORMS = {"jsonld": "json-ld", "ttl": "turtle"}


def graph_of(client: PageClient, form: str) -> Graph:
    reply = client.get(f"/catalog.{form}")
    assert reply.status_code == 200
    return Graph().parse(data=reply.data, format=FORMS[form])


@pytest.mark.parametrize("form", FORMS)
def test_the_catalogue_has_what_dcat_ap_demands(client: PageClient, portal: Portal, form: str):
    publish(portal)
    make_missing(portal)
    conforms, _, told = validate(graph_of(client, form), shacl_graph=str(SHAPES))
    assert conforms, told


def test_a_catalogue_of_nothing_is_whole_too(client: PageClient):
    conforms, _, told = validate(graph_of(client, "ttl"), shacl_graph=str(SHAPES))
    assert conforms, told


def test_the_shapes_find_what_is_missing():
    broken = Graph().parse(
        data="@prefix dcat: <http://www.w3.org/ns/dcat#> . <x:y> a dcat:Dataset .", format="ttl"
    )
    assert not validate(broken, shacl_graph=str(SHAPES))[0]


def test_both_spellings_say_the_same(client: PageClient, portal: Portal):
    publish(portal, 'a "quoted" \\ note')
    make_missing(portal)
    assert isomorphic(graph_of(client, "jsonld"), graph_of(client, "ttl"))


def test_a_distribution_has_the_digest_and_size_of_the_file_it_leads_to(client: PageClient, portal: Portal):
    publish(portal)
    make_missing(portal)
    graph = graph_of(client, "ttl")
    found = 0
    for file in graph.subjects(RDF.type, DCAT.Distribution):
        address = str(graph.value(file, DCAT.downloadURL)).removeprefix("https://portal.test")
        data = client.get(address, follow_redirects=True).data
        checksum = graph.value(file, SPDX.checksum)
        assert str(graph.value(checksum, SPDX.checksumValue)) == hashlib.sha256(data).hexdigest()
        assert int(str(graph.value(file, DCAT.byteSize))) == len(data)
        found += 1
    assert found == 20  # four tables and one release, in four forms


def test_releases_are_a_series_with_their_period_and_source(client: PageClient, portal: Portal):
    publish(portal)
    graph = graph_of(client, "jsonld")
    (one,) = graph.subjects(DCAT.inSeries, URIRef("https://portal.test/releases#dataset"))
    assert str(one) == "https://portal.test/releases/parks-2022#dataset"
    temporal = graph.value(one, DCTERMS.temporal)
    days = [str(graph.value(temporal, name)) for name in (DCAT.startDate, DCAT.endDate)]
    assert days == ["2022-01-01", "2022-12-31"]
    titles = graph.objects(one, DCTERMS.title)
    assert {literal.language for literal in titles if isinstance(literal, Words)} == {"en", "zh-Hans"}


def test_hostile_words_stay_words(client: PageClient, portal: Portal):
    nasty = 'x" . <https://evil.example/> a <https://evil.example/c> . """ \\ </script><script>alert(1)</script>'
    named = {"en": nasty, "zh_Hans": nasty}
    append(portal, body(), indicator(names=named), release(names=named, source=nasty, licence=nasty), figure())
    graph = graph_of(client, "ttl")
    assert not any("evil" in str(subject) for subject in graph.subjects())
    assert isomorphic(graph, graph_of(client, "jsonld"))
    for path in ("/releases/parks-2022", "/indicators/clean-parks", "/data"):
        facts = facts_of(client, path)
        assert facts["name"] == (nasty if path != "/data" else "Published performance figures")
        assert "<script>alert" not in client.get(path).text


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2022", ("2022-01-01", "2022-12-31")),
        ("2024-Q1", ("2024-01-01", "2024-03-31")),
        ("2024-Q4", ("2024-10-01", "2024-12-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2022-23", None),
        ("no period", None),
    ],
)
def test_the_days_of_a_period(period: str, days: tuple[str, str] | None):
    found = days_of(period)
    assert (found and (found[0].isoformat(), found[1].isoformat())) == days


def test_turtle_escapes_what_would_end_a_text():
    written = turtle([Node("urn:x:y", (), {"dct:title": (Literal('a"b\\c\nd\té'),)})])
    (found,) = Graph().parse(data=written, format="turtle").objects()
    assert str(found) == 'a"b\\c\nd\té'


def facts_of(client: PageClient, path: str) -> dict[str, object]:
    page = parse(client.get(path).text)
    (block,) = [one for one in page.iter(f"{SPACE}script") if one.get("type") == "application/ld+json"]
    found: dict[str, object] = json.loads(block.text)
    return found


@pytest.mark.parametrize("path", ["/data", "/releases/parks-2022", "/indicators/clean-parks", "/zh-Hans/data"])
def test_pages_describe_their_data_to_search_engines(client: PageClient, portal: Portal, path: str):
    publish(portal)
    facts = facts_of(client, path)
    assert (facts["@context"], facts["@type"]) == ("https://schema.org", "Dataset")
    for name in ("name", "description", "url", "license", "creator", "distribution"):
        assert facts[name], name
    for file in facts["distribution"]:  # type: ignore[attr-defined]
        address = file["contentUrl"].removeprefix("https://portal.test")
        assert client.get(address).status_code in (200, 302), address
