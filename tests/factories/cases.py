"""Reports as their writers file them, through the pages over HTTPS or straight through the services.

office = an_office(portal)                      two officers, a decider, an outside recipient, one connected
report = filed_report(portal, what="…")          a report about the figure DPR/clean-parks/2022
report.code, report.case_id
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.cases.files import FileStore
from portal.cases.models import Case
from portal.cases.services import drafts, former, intake, letters
from portal.cases.services.access import Officer
from portal.cases.values import Matter, SentFile, Subject, reference
from portal.foundation.context import Portal
from portal.foundation.migrate import upgrade
from tests import conftest
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person, sign_in

FIGURE = {"body": "DPR", "indicator": "clean-parks", "period": "2022"}

UNWRITTEN = {"unwritten": "They asked on the telephone that nothing be written."}
"""What closes a case whose reporter nobody wrote to, in tests that are about something else."""


@dataclass(frozen=True)
class Office:
    officer: Someone
    decider: Someone
    connected: Someone
    outside: Someone | None


@dataclass(frozen=True)
class Filed:
    """A report that was sent, and what its writer was given."""

    case_id: str
    code: str
    portal: Portal = field(repr=False)
    browser: FlaskClient | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"/desk/cases/{reference(self.case_id)}"

    @cached_property
    def client(self) -> Any:
        """The browser it was sent from."""
        return self.browser or conftest.new_client(self.portal)


def a_figure(portal: Portal, **fields: Any) -> int:
    """The figure that reports are about, published with its body, indicator and service."""
    return published.append(
        portal, published.body(), published.service(), published.indicator(), published.figure(**fields)
    )


def an_office(portal: Portal, *, outside: bool = True) -> Office:
    """People with signed keys; the connected officer is employed by the body that reports are about."""
    return Office(
        officer=person(portal, roles=["case-officer"], name="Ada Officer"),
        decider=person(portal, roles=["case-decider"], name="Ben Decider"),
        connected=person(portal, roles=["case-decider"], name="Cleo Connected", connected_to=["DPR"]),
        outside=person(portal, roles=["outside-recipient"], name="Olga Outside") if outside else None,
    )


def officer_of(someone: Someone) -> Officer:
    """Who acts in services, with their opened key."""
    return Officer(someone.actor, someone.private, someone.portal.settings)


def filed_report(
    portal: Portal,
    *,
    subject: dict[str, str] | None = None,
    more: tuple[Subject, ...] = (),
    matter: Matter | None = None,
    what: str = "The parks were never inspected.",
    how: str = "",
    names: str = "",
    bodies: tuple[str, ...] = (),
    outside_only: bool = False,
    identity: str = "",
    file: tuple[str, bytes] | None = None,
    files: Iterable[tuple[str, bytes]] = (),
) -> Filed:
    """A report filed by the services that the pages call, for tests that are about something else."""
    now, settings, before = portal.clock.now(), portal.settings, case_ids(portal)
    about = dict(FIGURE) if subject is None else dict(subject)
    edition = about.pop("edition", 1)
    with portal.database.write() as session:
        meant = Subject(**about, edition=int(edition), more=more)
        secret = drafts.start(session, subject=meant, secret=None, settings=settings, now=now)
        answers = {"what": what, "how": how, "names": names, "bodies": bodies, "outside_only": outside_only}
        answers |= {"identity": identity, "matter": matter}
        drafts.save(session, secret=secret, settings=settings, now=now, **answers)
        for name, data in (*files, *([file] if file else [])):
            kept = sealed_file(portal, name, data)
            intake.keep_file(session, secret=secret, file=kept, settings=settings, now=now)
        intake.send(session, secret=secret, keys=portal.keys, settings=settings, now=now)
        draft = drafts.find(session, secret=secret, now=now)
    (case_id,) = case_ids(portal) - before
    assert draft is not None and draft.code is not None
    return Filed(case_id, draft.code, portal)


def sealed_file(portal: Portal, name: str, data: bytes) -> SentFile:
    """A file in the store, as an upload leaves it there; no row knows it yet."""
    sink = FileStore(portal.settings.var).sink(limit=10**9)
    sink.write(data)
    sink.keep(portal.clock.now().date())
    return SentFile(sink.id, name, sink.size, sink.key, sink.sha256)


def filed_by_pages(
    portal: Portal,
    *,
    subject: dict[str, str] | None = None,
    what: str = "The parks were never inspected.",
    how: str = "",
    names: str = "",
    file: tuple[str, bytes] | None = None,
) -> Filed:
    """A report sent page by page, as a browser without script sends it."""
    client = conftest.new_client(portal)
    before = case_ids(portal)
    assert client.post("/report", data=FIGURE if subject is None else subject).status_code == 303
    answer(client, "/report/what", what=what)
    answer(client, "/report/how", how=how)
    if file is not None:
        answer(client, "/report/files", file=(BytesIO(file[1]), file[0]), then="add")
    answer(client, "/report/files", then="on")
    answer(client, "/report/who", names=names)
    sent = answer(client, "/report/check")
    assert sent.headers["Location"] == "/report/done", sent.get_data(as_text=True)
    (case_id,) = case_ids(portal) - before
    return Filed(case_id, code_on(client.get("/report/done")), portal, client)


def heard(portal: Portal, someone: Someone, case_id: str) -> None:
    """The body is asked by letter and answers at once, so that something can be found against it.

    Whoever tests the hearing itself does otherwise; everybody else holds it here.
    """
    given: dict[str, Any] = {"case_id": case_id, "officer": officer_of(someone), "now": portal.clock.now()}
    with portal.database.write() as session:
        letters.write_letter(session, text="Please show your sheets.", submission="ask", **given)
        letters.enter_answer(session, text="Here they are.", submission="answer", **given)


def bring_up(portal: Portal) -> None:
    """Bring a house of an older schema to this one, as `db upgrade` does."""
    former.begin(portal)
    upgrade(portal.database)
    former.finish(portal)


def case_ids(portal: Portal) -> set[str]:
    with portal.database.read() as session:
        return set(session.scalars(select(Case.id)))


def answer(client: FlaskClient, address: str, *, expect: int = 303, **fields: Any) -> TestResponse:
    """Fill in the page's form and send it; what is not given is sent as the page has it."""
    page = client.get(address)
    assert page.status_code in (200, 422), (address, page.status_code)  # 422: as it was refused before
    response = send(client, address, page, **fields)
    assert response.status_code == expect, (response.status_code, problems(response))
    return response


def send(client: FlaskClient, address: str, page: TestResponse, **fields: Any) -> TestResponse:
    data = {"form_token": token_on(page), **fields}
    multipart = any(isinstance(value, tuple) for value in fields.values())
    kind = "multipart/form-data" if multipart else "application/x-www-form-urlencoded"
    return client.post(address, data=data, content_type=kind)


def token_on(page: TestResponse) -> str:
    found = re.search(r'name="form_token"[^>]*value="([^"]*)"', page.get_data(as_text=True))
    assert found is not None, "the page has no form of its own"
    return unescape(found[1])


def code_on(page: TestResponse) -> str:
    found = re.search(r'<p class="gp-words"[^>]*>([^<]*)</p>', page.get_data(as_text=True))
    assert found is not None, "the page shows no code"
    return found[1].strip()


def problems(page: TestResponse) -> list[str]:
    """What the page says is wrong."""
    text = page.get_data(as_text=True)
    found = re.search(r'govuk-error-summary__list">(.*?)</ul>', text, re.DOTALL)
    return [one for one in re.findall(r">\s*([^<>]+?)\s*<", found[1]) if one.strip()] if found else []


def desk_of(portal: Portal, someone: Someone) -> FlaskClient:
    """A browser in which this person is signed in."""
    client = conftest.new_client(portal)
    sign_in(client, someone)
    return client
