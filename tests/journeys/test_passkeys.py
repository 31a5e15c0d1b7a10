"""The script of the passkey pages, in a real browser with an authenticator that the browser itself plays."""

from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Route

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from tests.accounts.browsing import try_sign_in
from tests.conftest import ORIGIN, new_client
from tests.factories.accounts import person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_name", ["sqlite"]),
]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_made_by_a_browser_signs_in_with_the_phrase(
    portal: Portal, clock: FixedClock, browser: Browser
) -> None:
    someone, client = person(portal), new_client(portal)

    def serve(route: Route) -> None:
        """The portal answers at its https origin, without a network."""
        asked = route.request
        parts = urlsplit(asked.url)
        kind, data = asked.headers.get("content-type"), asked.post_data_buffer or b""
        reply = client.open(f"{parts.path}?{parts.query}", method=asked.method, data=data, content_type=kind)
        if reply.location and asked.is_navigation_request():  # where a redirect leads, the browser asks past this
            on = f'<meta http-equiv="refresh" content="0;url={urljoin(ORIGIN, reply.location)}">'
            route.fulfill(content_type="text/html", body=on)
            return
        headers = {name: value for name, value in reply.headers if name != "Set-Cookie"}  # the client keeps them
        route.fulfill(status=reply.status_code, headers=headers, body=reply.get_data())

    context = browser.new_context()
    context.route(f"{ORIGIN}/**", serve)
    page = context.new_page()
    tool = context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    assert try_sign_in(client, someone).status_code == 303
    page.goto(f"{ORIGIN}/desk/passkeys")
    page.fill("[name=name]", "Made here")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("rowheader", name="Made here").wait_for()
    client.post("/desk/sign-out")
    clock.at += timedelta(seconds=1)
    page.goto(f"{ORIGIN}/desk/sign-in")
    page.fill("[name=address]", someone.address)
    page.fill("[name=phrase]", someone.phrase)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{ORIGIN}/desk")
    context.close()
    assert client.get("/desk/keys").status_code == 200
