"""A body's page says what it was called, what went before it and what follows it; old addresses lead on."""

from portal.foundation.context import Portal
from tests.factories.publishing import append, body, figure, indicator, release
from tests.pages import PageClient

USCC = "11110000000013127D"


def ended(how: str, *into: str) -> dict[str, object]:
    return {"on": "2018-03-21", "how": how, "into": list(into)}


def published(portal: Portal, how: str) -> None:
    append(portal, body("OLD"), indicator(), release(), figure(body="OLD"))
    append(portal, body("NEW"), body("OLD", ended=ended(how, "NEW")), release("r2"), kind="register")


def test_outside_codes_and_former_names_stand_on_the_page(portal: Portal, client: PageClient) -> None:
    former = [{"names": {"en": "Parks Board"}, "until": "2010-01-01"}]
    codes = {"uscc": USCC, "gbt2260": "110000", "org-id": "7"}
    append(portal, body("NEW", codes=codes, valid_from="2001-05-01", former=former), kind="register")
    page = client.get("/bodies/NEW").text
    for text in (USCC, "110000", "org-id", "Parks Board", "Exists since"):
        assert text in page
    told = client.get("/bodies/NEW.json").get_json()["body"]
    assert (told["codes"], told["valid_from"]) == (codes, "2001-05-01")
    assert told["former"] == [{"names": {"en": "Parks Board"}, "until": "2010-01-01"}]


def test_a_merged_body_keeps_its_page_and_says_where_it_went(portal: Portal, client: PageClient) -> None:
    published(portal, "merged")
    page = client.get("/bodies/OLD").text
    assert "Merged into" in page
    assert 'href="/bodies/NEW"' in page
    successor = client.get("/bodies/NEW").text
    assert 'href="/bodies/OLD"' in successor
    assert "/bodies/OLD/indicators/clean-parks" in successor
    assert "Merged into" not in client.get("/bodies/OLD?edition=1").text


def test_the_address_of_a_renamed_body_leads_to_its_successor(portal: Portal, client: PageClient) -> None:
    published(portal, "renamed")
    moved = client.get("/bodies/OLD")
    assert (moved.status_code, moved.location) == (302, "/bodies/NEW")
    assert client.get("/zh-Hans/bodies/OLD").location == "/zh-Hans/bodies/NEW"
    assert client.get("/bodies/OLD?edition=1").status_code == 200
    assert "/bodies/OLD/indicators/clean-parks" in client.get("/bodies/NEW").text
    assert client.get("/bodies/OLD/indicators/clean-parks").status_code == 200
    assert client.get("/bodies/OLD.json").get_json()["body"]["ended"]["into"] == ["NEW"]


def test_old_statements_without_these_fields_still_read(portal: Portal, client: PageClient) -> None:
    append(portal, body("OLD"), kind="register")
    told = client.get("/bodies/OLD.json").get_json()["body"]
    assert (told["codes"], told["ended"], told["former"], told["valid_from"]) == ({}, None, [], None)


def test_a_target_of_zero_is_never_silently_met(portal: Portal, client: PageClient) -> None:
    append(portal, body(), indicator(), release(), figure(target="0", actual="0.0"))
    down = figure(indicator="down", target="0", actual="0")
    append(portal, indicator("down", direction="down"), release("b"), down)
    for path in ("/bodies/DPR/indicators/clean-parks", "/indicators/clean-parks"):
        assert "The target is zero" in client.get(path).text
    assert "The target is zero" not in client.get("/bodies/DPR/indicators/down").text
