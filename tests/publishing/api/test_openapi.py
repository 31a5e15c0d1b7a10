"""The description of the API is valid, and says all that can be asked."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.pages import PageClient


def test_description_is_valid_openapi(client: PageClient) -> None:
    specification = json.loads(client.get("/api/v1/openapi.json").text)
    assert specification["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(specification).validate()


def test_every_address_of_the_api_is_described(client: PageClient) -> None:
    specification = json.loads(client.get("/api/v1/openapi.json").text)
    described = {("/api/v1" + path).rstrip("/") for path in specification["paths"]}
    rules = client.application.url_map.iter_rules()
    served = {
        rule.rule.replace("<", "{").replace(">", "}").rstrip("/")
        for rule in rules
        if rule.rule.startswith("/api/v1")
    }
    assert served - {"/api/v1/openapi.json"} == described
