"""Deny by default: every desk route asks who is there and what they may do."""

import re
from collections.abc import Iterator, Set
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from portal.accounts.web.guard import MARK, SETTING_UP, SIGNED_IN
from portal.accounts.web.permission_names import NAMES as PERMISSIONS
from portal.accounts.web.role_names import NAMES
from portal.app import create_app
from portal.foundation.context import Portal
from portal.roles import INCOMPATIBLE, ROLES
from tests.factories.accounts import person, sign_in
from tests.pages import PageClient

OPEN = {"accounts.sign_in_page"}


@pytest.fixture
def app(portal: Portal) -> Flask:
    return create_app(portal)


def desk_rules(app: Flask) -> list[tuple[str, str]]:
    return [
        (rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.rule == "/desk" or rule.rule.startswith("/desk/")
    ]


def test_every_desk_route_is_guarded(app: Flask) -> None:
    unguarded = [
        rule
        for rule, endpoint in desk_rules(app)
        if endpoint not in OPEN and getattr(app.view_functions[endpoint], MARK, None) is None
    ]
    assert unguarded == [], "wrap these views in portal.accounts.web.guard.desk(permission)"


def test_every_guard_names_a_permission_that_some_role_gives(app: Flask) -> None:
    given = {permission for permissions in ROLES.values() for permission in permissions}
    asked = {getattr(app.view_functions[endpoint], MARK, SIGNED_IN) for _, endpoint in desk_rules(app)}
    assert asked - given - {SIGNED_IN, SETTING_UP} == set(), "no role in portal/roles.py gives these"


def test_stranger_is_sent_to_the_sign_in_page_from_everywhere(app: Flask, client: PageClient) -> None:
    for rule, endpoint in desk_rules(app):
        if endpoint in OPEN:
            continue
        path = rule.replace("<int:", "<").replace("<", "").replace(">", "")
        path = "/".join("1" if part in {"number", "n"} else part for part in path.split("/"))
        for reply in (client.get(path), client.post(path)):
            assert reply.status_code in {303, 404, 405}, (path, reply.status_code)
            if reply.status_code == 303:
                assert "/desk/sign-in" in reply.headers["Location"], path


LEAD_ON_BY_THEMSELVES = {
    "/desk/sign-out",
    "/desk/cases/enter/leave",
    "/desk/cases/views/<view_id>",
    "/desk/cases/replies/<reply_id>/drop",
}
"""They answer every form by leading on, whatever is in it."""


def test_every_desk_address_that_takes_a_form_has_a_page_or_leads_on_to_one(app: Flask) -> None:
    """Else whoever loads the page of a refused form again, or in the other language, learns that there is none."""
    adapter, without = app.url_map.bind(""), set()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/desk/") or "POST" not in (rule.methods or ()):
            continue
        for path in addresses(rule.rule):
            if not is_met(adapter, path, rule.arguments):
                without.add(rule.rule)

    assert without == LEAD_ON_BY_THEMSELVES


def is_met(adapter: MapAdapter, path: str, variables: Set[str]) -> bool:
    """Whether something is to be read at this address, that is not met by chance, by a view of other things."""
    try:
        met, _ = adapter.match(path, "GET", return_rule=True)
    except HTTPException:
        return False
    return met.arguments - set(re.findall(r"<any[^>]*:(\w+)>", met.rule)) <= variables


def addresses(rule: str) -> Iterator[str]:
    """An address for each of the words among which a rule lets choose, with something for its variables."""
    chosen = re.search(r"<any\(([^)]*)\):[^>]*>", rule)
    if chosen is None:
        yield re.sub(r"<int:[^>]*>", "1", rule) if "<int:" in rule else re.sub(r"<[^>]*>", "x", rule)
        return
    for word in chosen[1].split(","):
        yield from addresses(rule.replace(chosen[0], word.strip()))


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/desk/evaluation/2026/weights/sign", "/desk/evaluation/2026"),
        ("/desk/evaluation/2026/DPR/sign", "/desk/evaluation/2026/DPR"),
        ("/desk/appeals/x/propose", "/desk/appeals/x"),
        ("/desk/answers/x/send-back", "/desk/answers/x"),
        ("/desk/findings/x/sign/y", "/desk/findings/x"),
        ("/desk/replies/x", "/desk/replies"),
        ("/desk/sessions/x/end", "/desk/sessions"),
    ],
)
def test_a_refused_form_is_loaded_again_as_its_page(
    portal: Portal, client: PageClient, address: str, page: str
) -> None:
    sign_in(client, person(portal))
    for language in ("", "/zh-Hans"):
        reply = client.get(language + address)
        assert (reply.status_code, reply.headers["Location"]) == (303, language + page)


@pytest.mark.parametrize("address", ["/desk/notices", "/desk/appeals/x/propose", "/desk/comments/x"])
def test_who_was_signed_out_is_led_back_to_the_page_of_the_form(client: PageClient, address: str) -> None:
    reply = client.post(address, data={"reason": "Typed.", "names": "Typed."})
    assert f'href="/desk/sign-in?next={address}"' in reply.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["", "Typed for a long while."])
def test_who_was_signed_out_with_a_file_is_told_to_choose_it_again(client: PageClient, typed: str) -> None:
    form = {"file": (BytesIO(b"period,value"), "values.csv"), "text": typed}
    reply = client.post("/zh-Hans/desk/returns/r/DPR/parks/evidence", data=form)
    page = reply.get_data(as_text=True)

    assert reply.status_code == 403 and "文件未被接收，也未保存：请重新选择文件。" in page
    assert typed in page and ("您填写的内容" in page) is bool(typed)
    assert "values.csv" not in page and "no-store" in reply.headers["Cache-Control"]


def test_who_was_signed_out_and_chose_no_file_is_not_told_of_one(client: PageClient) -> None:
    form = {"file": (BytesIO(), ""), "text": "Typed."}
    page = client.post("/desk/returns/r/DPR/parks/evidence", data=form).get_data(as_text=True)

    assert "Typed." in page and "choose it again" not in page


def test_right_is_asked_for(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal))
    assert client.get("/desk/audit").status_code == 403
    assert client.get("/desk/roles").status_code == 403


def test_auditor_reads_the_record_and_the_roles(portal: Portal, client: PageClient) -> None:
    auditor = person(portal, roles=["auditor"])
    from portal.app import create_runner

    create_runner(portal).step()
    sign_in(client, auditor)
    assert "accounts.create-person" in client.get("/desk/audit").get_data(as_text=True)
    table = client.get("/desk/roles").get_data(as_text=True)
    assert all(role in table for role in ROLES)


@pytest.mark.parametrize("address", ["/desk/roles", "/desk/people", "/desk/training"])
def test_people_read_the_names_of_roles_in_their_language(
    portal: Portal, client: PageClient, address: str
) -> None:
    someone = person(portal, roles=["administrator", "evaluator"])
    person(portal, roles=["evaluator"])
    sign_in(client, someone)
    for place, name in (("", "Evaluator"), ("/zh-Hans", "评估人")):
        page = client.get(place + address).get_data(as_text=True)
        assert name in page
        assert address == "/desk/roles" or ">evaluator<" not in page


def test_every_role_has_a_name() -> None:
    assert NAMES.keys() == ROLES.keys()


def test_every_permission_is_said_in_words(portal: Portal, client: PageClient) -> None:
    assert PERMISSIONS.keys() == {str(one) for permissions in ROLES.values() for one in permissions}
    sign_in(client, person(portal, roles=["administrator"]))
    for place, words in (("", "Approve corrections that somebody else"), ("/zh-Hans", "批准他人提出的更正")):
        assert words in client.get(f"{place}/desk/roles").get_data(as_text=True)


def test_administrator_can_be_given_no_role_on_reports() -> None:
    touching_cases = {
        role
        for role, permissions in ROLES.items()
        if any(permission.startswith("cases.") for permission in permissions) and role != "outside-recipient"
    }
    assert {frozenset({"administrator", role}) for role in touching_cases} <= INCOMPATIBLE
    assert not any(permission.startswith("cases.") for permission in ROLES["administrator"])


def test_administrator_sees_people_and_no_cases(portal: Portal, client: PageClient) -> None:
    administrator, other = person(portal, roles=["administrator"]), person(portal, roles=["moderator"])
    sign_in(client, administrator)
    assert other.address in client.get("/desk/people").get_data(as_text=True)
    assert client.get("/desk/cases").status_code == 403


def test_no_flask_session_cookie_is_ever_set(portal: Portal, client: PageClient) -> None:
    sign_in(client, person(portal))
    for path in ("/desk", "/desk/keys", "/desk/phrase", "/desk/sign-in"):
        assert "Set-Cookie" not in client.get(path).headers, path
