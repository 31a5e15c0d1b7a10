"""Opening a page and sending its form, as a person does."""

from typing import Any

from werkzeug.test import TestResponse

from tests.factories.accounts import Someone
from tests.pages import PageClient


def token_in(page: str) -> str:
    """The form token of the page's own form (the header's sign-out button has none)."""
    return page.split('name="form_token"')[1].split('value="')[1].split('"')[0]


def send(client: PageClient, path: str, action: str | None = None, **fields: Any) -> TestResponse:
    page = client.get(path)
    assert page.status_code == 200, page.status
    fields.setdefault("form_token", token_in(page.get_data(as_text=True)))
    return client.post(action or path, data=fields)


def try_sign_in(client: PageClient, someone: Someone, **changed: Any) -> TestResponse:
    fields = {"address": someone.address, "phrase": someone.phrase, "code": someone.code} | changed
    return send(client, "/desk/sign-in", **fields)


def is_signed_in(client: PageClient) -> bool:
    return client.get("/desk").status_code == 200
