"""Services that can be rated, marks as the form leaves them, and the nightly work done at once."""

import re
from collections.abc import Sequence
from typing import Any

from werkzeug.test import TestResponse

from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings import jobs, networks, queries, services
from portal.ratings.permissions import RatingsPermission
from portal.ratings.services.marks import comment_key
from portal.ratings.values import Level, month_of
from portal.registry.services import upsert_body, upsert_service
from portal.registry.values import Body, Service
from portal.registry.values import Level as Tier
from tests.factories.publishing import append
from tests.factories.publishing import body as body_statement
from tests.factories.publishing import service as service_statement
from tests.pages import PageClient

OFFICER = Actor("officer1", "O", frozenset({RatingsPermission.RECONCILE}))
MODERATOR = Actor("moderator1", "Mo", frozenset({RatingsPermission.MODERATE}))

KEEPER = Actor("registrar1", "Rui", frozenset({RatingsPermission.KEEP_OFFICE_KEYS}))


def publish_services(portal: Portal, *codes: str, body: str = "DPR", **place: Any) -> None:
    """Put services into the register and into a published act; `place` may give `place` and `windows`."""
    names = body_statement(body)["names"]
    with portal.database.write() as session:
        actor, now = Actor.system(), portal.clock.now()
        upsert_body(session, Body(body, names, None, Tier.CITY, True), actor=actor, now=now)
        session.flush()
        for code in codes:
            own = service_statement(code)["names"]
            upsert_service(session, Service(code, body, own, **place), actor=actor, now=now)
    statements = [body_statement(body), *(service_statement(code, body=body, **place) for code in codes)]
    append(portal, *statements, kind="register")


def with_permits(portal: Portal) -> None:
    publish_services(portal, "permits")


def with_permits_and_parks(portal: Portal) -> None:
    publish_services(portal, "permits", "parks")


def leave_marks(portal: Portal, service: str, levels: Sequence[int], *, comments: Sequence[str] = ()) -> None:
    """Save marks (and comments on the last of them) as the form would."""
    now = portal.clock.now()
    with portal.database.write() as session:
        for level in levels:
            key = services.mark_key(portal.keys, new_id())
            services.save_mark(session, key=key, mark=services.Mark(service, Level(level)), receipt=None, now=now)
        for text in comments:
            services.add_to_mark(
                session,
                key=comment_key(portal.keys, new_id()),
                mark=services.Mark(service, Level(levels[-1])),
                period=month_of(now),
                text=text,
            )


def issue(portal: Portal, service: str, count: int = 1) -> list[str]:
    with portal.database.write() as session:
        return list(
            services.issue_receipts(
                session, service=service, count=count, keys=portal.keys, now=portal.clock.now()
            )
        )


def state_network(portal: Portal, body: str, *ranges: str) -> None:
    with portal.database.write() as session:
        text, now = "\n".join(ranges), portal.clock.now()
        networks.state_networks(session, body=body, text=text, actor=OFFICER, now=now)


def fold(portal: Portal) -> int:
    return jobs.run_fold(portal)


def rate(client: PageClient, address: str, **fields: str) -> TestResponse:
    """Open the question at `address` and send its form with `fields`, as a browser would."""
    page = client.get(address).get_data(as_text=True)
    return client.post(form_action(page), data=hidden_fields(page) | fields)


def form_action(page: str) -> str:
    found = re.search(r'<form method="post"[^>]* action="([^"]+)"', page)
    assert found, page
    return found[1]


def hidden_fields(page: str) -> dict[str, str]:
    """What the page's form sends besides what is typed."""
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found


def held(portal: Portal) -> int:
    """How many marks and comments wait for the fold."""
    with portal.database.read() as session:
        return queries.count_held(session)
