"""The description of the API is valid, and says all that can be asked."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.pages import PageClient


def test_description_is_valid_openapi(client: PageClient) -> None:
    specification = json.loads(client.get("/api/v1/openapi.json").text)
    assert specification["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(specification).validate()


DOCUMENTS = ("/api/v1/openapi.json", "/api/v1/office.json")


def paths(client: PageClient, document: str) -> set[str]:
    return set(json.loads(client.get(document).text)["paths"])


def test_the_calls_of_offices_are_described_in_a_valid_document_of_their_own(client: PageClient) -> None:
    OpenAPIV31SpecValidator(json.loads(client.get("/api/v1/office.json").text)).validate()
    open_to_all, closed = (paths(client, document) for document in DOCUMENTS)
    assert open_to_all.isdisjoint(closed)


def test_every_address_of_the_api_is_described(client: PageClient) -> None:
    described = {("/api/v1" + path).rstrip("/") for document in DOCUMENTS for path in paths(client, document)}
    rules = client.application.url_map.iter_rules()
    served = {
        rule.rule.replace("<", "{").replace(">", "}").rstrip("/")
        for rule in rules
        if rule.rule.startswith("/api/v1")
    }
    assert served - set(DOCUMENTS) == described
