"""Signing in: the colleague gets in, the guesser does not, and nobody is locked out."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.accounts.codes import current_code
from portal.foundation.context import Portal
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.pages import PageClient


def token_in(page: str) -> str:
    return page.split('name="form_token"')[1].split('value="')[1].split('"')[0]


def send(client: PageClient, path: str, action: str | None = None, **fields: Any) -> TestResponse:
    page = client.get(path)
    assert page.status_code == 200, page.status
    fields["form_token"] = token_in(page.get_data(as_text=True))
    return client.post(action or path, data=fields)


def try_sign_in(client: PageClient, someone: Someone, **changed: Any) -> TestResponse:
    fields = {"address": someone.address, "phrase": someone.phrase, "code": someone.code} | changed
    return send(client, "/desk/sign-in", **fields)


def test_sign_in(portal: Portal, client: PageClient) -> None:
    someone = person(portal)
    reply = try_sign_in(client, someone)
    assert reply.status_code == 303, reply.get_data(as_text=True)
    assert reply.headers["Location"] == "/desk"
    assert client.get("/desk").status_code == 200
    for page in ("sessions", "keys", "connections", "phrase"):
        assert client.get(f"/desk/{page}").status_code == 200
