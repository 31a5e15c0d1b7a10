"""The promises to a reporter, attacked: by a thief of disk and database, by a log reader, by an administrator."""

import base64
import io
import logging
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.accounts.codes import new_secret
from portal.accounts.models import Credential
from portal.accounts.passwords import Stretcher
from portal.accounts.queries.keys import find_key_row
from portal.accounts.services import establish
from portal.cases import codes
from portal.cases.errors import NoSuchCase
from portal.cases.files import FileStore
from portal.cases.jobs import change_locks
from portal.cases.models import Item, ReporterSession, Wrap
from portal.cases.queries import queue, read_case
from portal.cases.services import casework, drafts, holders, inspections, intake, sessions
from portal.cases.values import Method, reference
from portal.foundation import crypto
from portal.foundation import keys as server_keys
from portal.foundation.context import Portal
from portal.foundation.phrases import new_phrase
from tests.accounts.dumping import dump
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import do
from tests.conftest import new_client
from tests.factories.accounts import Someone, _opened
from tests.factories.cases import (
    FIGURE,
    Office,
    answer,
    desk_of,
    filed_by_pages,
    filed_report,
    heard,
    officer_of,
    send,
    token_on,
)

STORY = "Zugunruhe quokka 绩效造假内情 flibbertigibbet"
KNOWN = "Kakapo 我亲眼所见"
NAMES = "Wolpertinger Xylophone\n欧阳娜娜"
FILE = ("Nachtigall账本账本.xlsx", b"Schnabeltier " * 90_000)
MESSAGE = "Pangolin 后续消息"
REPLY = "Axolotl 请问何时"
NOTE = "Narwhal 内部意见"
REASON = "Tardigrade 理由充分"
WORDS = [STORY, KNOWN, NAMES, FILE[0], MESSAGE, REPLY, NOTE, REASON]


def a_whole_case(portal: Portal, office: Office) -> Any:
    report = filed_by_pages(portal, what=STORY, how=KNOWN, names=NAMES, file=FILE)
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    answer(ada, f"{report.address}/acknowledge")
    answer(ada, f"{report.address}/assign", person=office.officer.id)
    answer(ada, f"{report.address}/message", text=REPLY)
    answer(ada, f"{report.address}/note", text=NOTE)
    answer(report.client, "/report/mailbox", code=report.code)
    answer_message(report.client, MESSAGE)
    heard(portal, office.officer, report.case_id)
    answer(ada, f"{report.address}/propose", finding="upheld", reason=REASON)
    answer(ben, f"{report.address}/send-back", reason=REASON)
    return report


def answer_message(client: Any, text: str) -> None:
    assert send(client, "/report/mailbox/message", client.get("/report/mailbox"), text=text).status_code == 303


def in_every_spelling(text: str) -> Iterator[bytes]:
    """Each word as it could lie in a dump: plain, in JSON, in hex, in base64 (three alignments).

    A piece of base64 below eight letters is passed over: random identifiers would hold it now and then.
    """
    for word in text.replace("\n", " ").split():
        raw = word.encode()
        yield raw
        yield word.encode("unicode_escape")
        yield raw.hex().encode()
        for shift in range(3):
            piece = base64.b64encode(b"\0" * shift + raw)[shift + 2 : -4]
            if len(piece) >= 8:
                yield piece


def test_dump_of_database_and_disk_holds_no_word_of_a_report(portal: Portal, office: Office) -> None:
    """Were this to fail, whoever steals a backup reads every report and finds its writer."""
    report = a_whole_case(portal, office)
    half_done = new_client(portal)
    half_done.post("/report", data=FIGURE)
    answer(half_done, "/report/what", what=STORY)
    stored = everything_stored(portal)

    code = report.code.split()
    pairs = [one + between + two for one, two in pairwise(code) for between in ("", "_")]
    for words in (*WORDS, FILE[1][:12].decode(), *pairs):
        for spelling in in_every_spelling(words):
            assert spelling not in stored, spelling


def test_dump_holds_no_time_of_day_of_a_reporter(portal: Portal, office: Office) -> None:
    portal.clock.at += timedelta(hours=4, minutes=17, seconds=39, microseconds=123457)  # type: ignore[attr-defined]
    before = everything_stored(portal)
    report = filed_by_pages(portal, what="x", file=("a.txt", b"x"))
    answer(report.client, "/report/mailbox", code=report.code)
    answer_message(report.client, "y")
    report.client.post("/report/mailbox/leave")
    stored = everything_stored(portal)

    for moment in (b"13:17", b"123457", str(portal.clock.now().timestamp()).split(".")[0].encode()):
        assert stored.count(moment) == before.count(moment), moment
    for path in FileStore(portal.settings.var).folder.iterdir():
        assert path.stat().st_mtime % 86400 == 0


def test_sizes_of_short_reports_are_alike(portal: Portal, office: Office) -> None:
    for what in ("x", "y" * 400):
        filed_report(portal, what=what)
    with portal.database.read() as session:
        sealed = session.scalars(select(Item.sealed).where(Item.kind == "report")).all()

    assert len({len(one) for one in sealed}) == 1


class Watched(io.RawIOBase):
    """A request body that looks, before each bite, at every file this process has open and at the temp folder."""

    def __init__(self, data: bytes, mark: bytes, var: Path) -> None:
        self.data, self.mark, self.var = io.BytesIO(data), mark, var
        self.looked, self.found = 0, []  # type: ignore[var-annotated]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.data.seek(offset, whence)

    def tell(self) -> int:
        return self.data.tell()

    def readinto(self, buffer: Any) -> int:
        self.look()
        return self.data.readinto(buffer)

    def look(self) -> None:
        self.looked += 1
        places = [*self.var.rglob("*"), *Path(tempfile.gettempdir()).glob("tmp*")]
        places += [Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd")]
        for place in places:
            try:
                if place.is_file() and self.mark in place.read_bytes():
                    self.found.append(os.path.realpath(place))
            except OSError:
                continue


@pytest.mark.parametrize(
    ("address", "mark"),  # a mark is in no other file here: a client's own copy of what it sent may still be open
    [
        ("/report/files", b"Schnabeligel"),
        ("/desk/cases/enter/files", b"Beutelwolf-1"),
        ("/desk/cases/{ref}/inspected-file", b"Nasenbeutler"),
        ("/zh-Hans/desk/cases/{ref}/inspected-file", b"Kurzschnabel"),
    ],
)
def test_upload_of_five_megabytes_never_lies_on_the_disk_in_plain(
    portal: Portal, office: Office, address: str, mark: bytes
) -> None:
    """Werkzeug alone would spool it into an unlinked temporary file: plain text for whoever images the disk."""
    client: Any = new_client(portal) if address.startswith("/report") else desk_of(portal, office.officer)
    if address.startswith("/report"):
        client.post("/report", data=FIGURE)
    elif "{ref}" in address:
        address = address.format(ref=to_be_inspected(portal, office.officer))
    else:
        answer(client, "/desk/cases/enter", channel="visit", body="DPR", matter="other", what="They brought it.")
    page = client.get(address)
    parts = [
        b'--B\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n' + token_on(page).encode(),
        b'--B\r\nContent-Disposition: form-data; name="then"\r\n\r\nadd',
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' + mark * 437_000,
        b"--B--\r\n",
    ]
    body = b"\r\n".join(parts)
    watched = Watched(body, mark, portal.settings.var)
    response = client.post(
        address,
        input_stream=watched,
        content_type="multipart/form-data; boundary=B",
    )
    watched.look()

    assert response.status_code == 303
    assert watched.looked > 50 and watched.found == []
    assert "a.bin" in client.get(address).get_data(as_text=True)


def to_be_inspected(portal: Portal, someone: Someone) -> str:
    """The reference of a case in which this officer is to inspect what it is about."""
    case_id = filed_report(portal).case_id
    do(portal, casework.acknowledge, someone, case_id)
    do(portal, casework.assign, someone, case_id, person_id=someone.id)
    order: dict[str, Any] = {
        "method": Method.FIELD,
        "day": portal.clock.now().date(),
        "text": "look",
        "submission": "i",
    }
    do(portal, inspections.order, someone, case_id, team=[someone.id], **order)
    return reference(case_id)


class BreaksOff(io.RawIOBase):
    """A request body whose sender goes away in the middle."""

    def __init__(self, data: bytes, how: Exception | None) -> None:
        self.data, self.how, self.end = io.BytesIO(data), how, False

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.end = whence == os.SEEK_END
        return offset

    def tell(self) -> int:
        return 2_000_000 if self.end else 0  # as long as was announced

    def readinto(self, buffer: Any) -> int:
        found = self.data.readinto(buffer)
        if not found and self.how is not None:
            raise self.how
        return found


@pytest.mark.parametrize("how", [None, ConnectionResetError()], ids=["ends", "fails"])
@pytest.mark.parametrize("address", ["/report/files", "/report/mailbox/1"])
def test_an_upload_that_breaks_off_leaves_no_file(
    portal: Portal, office: Office, address: str, how: Exception | None
) -> None:
    """Its date would be the time of day at which somebody stood there and lost the line."""
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/mailbox", code=filed_report(portal).code)
    begun = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n' + bytes(900_000)
    kind = "multipart/form-data; boundary=B"
    page = client.post(address, content_type=kind, input_stream=BreaksOff(begun, how))

    assert page.status_code >= 400
    folder = FileStore(portal.settings.var).folder
    assert folder.exists() and list(folder.iterdir()) == []


ADDRESS, AGENT, CAME_FROM = "203.0.113.77", "Quokkabrowser/9.1", "https://portal.test/bodies/QUOKKAREF"
SENT = {
    "environ_base": {"REMOTE_ADDR": ADDRESS},
    "headers": {
        "User-Agent": AGENT,
        "Referer": CAME_FROM,
        "X-Forwarded-For": ADDRESS,
        "Origin": "https://portal.test",
    },
}


STEPS = ("what", "figures", "how", "files", "who", "check", "done", "left", "leave")
FOLLOW_UPS = ("message", "1", "2", "3", "4", "5", "5/a", "leave")
USED = [
    (sessions, "find_session"),
    (sessions, "open_session"),
    (sessions, "read_sealed"),
    (sessions, "_seal"),
    (sessions, "_sealed"),
    (crypto, "aead_open"),
    (codes, "new_code"),
    (codes, "lookup"),
    (holders, "receivers_known"),
    (intake, "filing"),
    (drafts, "_from_content"),
]
"""What reporting uses on its way, and can break."""


@pytest.mark.parametrize(("module", "broken"), USED, ids=lambda one: one if isinstance(one, str) else "")
def test_error_in_any_step_leaves_no_trace(
    portal: Portal,
    office: Office,
    module: ModuleType,
    broken: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not an address, a browser, a page they came from, a word they typed, not even a line with a time."""
    caplog.set_level(logging.DEBUG)
    report = filed_report(portal)
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what=STORY)
    answer(client, "/report/mailbox", code=report.code)
    draft, mailbox = token_on(client.get("/report/check")), token_on(client.get("/report/mailbox"))
    door = token_on(new_client(portal).get("/report/mailbox"))
    capfd.readouterr()
    caplog.clear()

    def fail(*_args: object, **kwargs: object) -> None:
        raise RuntimeError(f"{STORY} {kwargs}")

    monkeypatch.setattr(module, broken, fail)
    typed = dict.fromkeys(("what", "how", "names", "text", "q"), STORY) | {"sure": "y", "level": "well"}
    statuses = [client.post("/report", data={**FIGURE, "what": STORY}, **SENT).status_code]
    statuses.append(client.post("/report/check", data={"form_token": draft}, **SENT).status_code)
    statuses.append(
        client.post("/report/mailbox", data={"form_token": door, "code": report.code}, **SENT).status_code
    )
    for token, steps in ((draft, STEPS), (mailbox, [f"mailbox/{step}" for step in FOLLOW_UPS])):
        for step in steps:
            data: dict[str, Any] = {"form_token": token, **typed}
            if step in ("files", "mailbox/1"):
                data = {"form_token": token, "file": (io.BytesIO(STORY.encode()), FILE[0]), "then": "add"}
            statuses.append(client.get(f"/report/{step}", **SENT).status_code)
            statuses.append(client.post(f"/report/{step}", data=data, **SENT).status_code)
    out, err = capfd.readouterr()

    assert 500 in statuses
    assert out == err == "" and caplog.text == ""
    stored = everything_stored(portal)
    for trace in (ADDRESS, AGENT, "QUOKKAREF", "Quokka"):
        assert trace.encode() not in stored


def test_database_that_is_gone_leaves_no_trace_either(
    portal: Portal, office: Office, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    page = client.get("/report/what")
    with portal.database.write() as session:
        session.execute(text("DROP TABLE case_file"))
        session.execute(text("DROP TABLE reporter_session"))
    capfd.readouterr()
    responses = [send(client, "/report/what", page, what=STORY), client.get("/report/what", **SENT)]

    assert all(response.status_code in (500, 503) for response in responses)
    assert capfd.readouterr() == ("", "") and caplog.text == ""


def test_metrics_count_neither_a_report_that_is_filed_nor_a_mailbox_that_is_opened(
    portal: Portal, office: Office
) -> None:
    """Not even by side: a number that grows by one is a time at which somebody reported."""
    from prometheus_client import generate_latest

    portal.settings.__dict__["metrics_port"] = 9999  # counting is on; nothing is served here
    reader: Any = new_client(portal)

    def counted() -> list[str]:
        lines = generate_latest().decode().splitlines()
        return [line for line in lines if line.startswith("portal_") and "_created" not in line]

    reader.get("/nowhere")
    before = counted()
    report = filed_by_pages(portal, file=FILE)
    answer(report.client, "/report/mailbox", code=report.code)
    answer_message(report.client, MESSAGE)
    for address in ("/report/mailbox/1", "/zh-Hans/report/mailbox/3", "/report/done", "/report/check"):
        report.client.get(address)
    report.client.post("/report/leave")
    report.client.post("/report/mailbox/leave")
    assert before and counted() == before
    assert not any(word in line for line in before for word in ("report", "mailbox", "/"))

    reader.get("/nowhere")
    assert counted() != before, "others are counted"


def test_sessions_in_a_stolen_dump_open_nothing(portal: Portal, office: Office) -> None:
    """The row keeps the hash of the cookie's secret and what that secret seals: neither is the secret."""
    report = filed_report(portal, what=STORY)
    draft = new_client(portal)
    draft.post("/report", data=FIGURE)
    answer(draft, "/report/what", what=STORY)
    answer(report.client, "/report/mailbox", code=report.code)
    with portal.database.read() as session:
        rows = session.scalars(select(ReporterSession)).all()
        found = [value for row in rows for value in (row.secret_hash, row.sealed, row.id.encode())]
        found += [portal.keys.get(name) for name in ("lookup", "form-token", "opener")]
        found += session.scalars(select(Wrap.sealed)).all()
    thief: Any = new_client(portal)
    for value in found:
        for guess in (value.hex(), base64.urlsafe_b64encode(value).decode().rstrip("="), value.decode("latin-1")):
            if any(ord(c) < 33 or ord(c) > 126 or c in '";,\\' for c in guess):
                continue
            thief.set_cookie("__Host-report", guess[:4000], domain="portal.test", secure=True, path="/")
            thief.set_cookie("__Host-mailbox", guess[:4000], domain="portal.test", secure=True, path="/")
            assert thief.get("/report/what").status_code == 404
            assert "Open your mailbox" in thief.get("/report/mailbox").get_data(as_text=True)
        for row in rows:
            key = crypto.hkdf(value, "gongping reporter session 1")
            for attempt in (key, value[:32].ljust(32, b"\0")):
                with pytest.raises(crypto.CannotOpen):
                    crypto.aead_open(
                        attempt, row.sealed, f"gongping reporter session 1|{row.purpose}|{row.id}".encode()
                    )


def test_the_code_alone_is_not_in_the_dump_and_a_guess_tests_one_mailbox(portal: Portal, office: Office) -> None:
    first, second = filed_report(portal), filed_report(portal)
    client: Any = new_client(portal)
    mixed = " ".join([*first.code.split()[:4], *second.code.split()[4:]])

    assert answer(client, "/report/mailbox", expect=422, code=mixed).status_code == 422
    assert answer(client, "/report/mailbox", expect=422, code=first.code + " abacus").status_code == 422
    assert answer(client, "/report/mailbox", code=first.code).status_code == 303


@pytest.mark.parametrize("name", sorted(server_keys.NAMES))
def test_changing_a_server_key_never_locks_a_mailbox(portal: Portal, office: Office, name: str) -> None:
    report = filed_report(portal)
    portal.keys.rotate(name)
    client: Any = new_client(portal)

    answer(client, "/report/mailbox", code=report.code)
    assert "Your report" in client.get("/report/mailbox").get_data(as_text=True)


def test_administrator_who_resets_a_password_opens_nothing(portal: Portal, office: Office) -> None:
    """A reset makes a new key that no colleague has signed: the case does not even exist for it."""
    report = filed_report(portal, what=STORY)
    stolen = taken_over(portal, office.officer)
    client = desk_of(portal, stolen)

    assert client.get(report.address).status_code == 404
    assert "There is nothing here" in client.get("/desk/cases").get_data(as_text=True)
    with portal.database.read() as session:
        assert queue(session, officer=officer_of(stolen), now=portal.clock.now()).cases == ()
        with pytest.raises(NoSuchCase):
            read_case(session, case_id=report.case_id, officer=officer_of(stolen), now=portal.clock.now())
    change_locks(portal)
    assert "Acknowledge a report" not in client.get("/desk").get_data(as_text=True)


def test_nobody_gives_a_case_to_a_key_that_is_not_signed(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    stolen = taken_over(portal, office.decider)
    ada = desk_of(portal, office.officer)
    answer(ada, f"{report.address}/acknowledge")

    assert office.decider.name not in ada.get(f"{report.address}/assign").get_data(as_text=True)
    with pytest.raises(Exception, match="cannot receive"), portal.database.write() as session:
        casework.share(
            session,
            case_id=report.case_id,
            person_id=stolen.id,
            officer=officer_of(office.officer),
            now=portal.clock.now(),
        )


def taken_over(portal: Portal, victim: Someone) -> Someone:
    """The account after somebody else set a new phrase and code for it."""
    phrase, totp = new_phrase(), new_secret()
    with portal.database.write() as session:
        establish(
            session,
            person_id=victim.id,
            phrase=phrase,
            totp_secret=totp,
            keys=portal.keys,
            stretcher=Stretcher.of(portal.settings),
            now=portal.clock.now(),
        )
        row, credential = find_key_row(session, victim.id), session.get(Credential, victim.id)
        assert row is not None and credential is not None
        private = _opened(portal, row, credential, phrase)
    return replace(victim, phrase=phrase, totp_secret=totp, private=private)


def test_dump_without_server_keys_does_not_confirm_a_guessed_code(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    stored = dump(portal)

    for digest in (crypto.sha256, lambda data: crypto.hmac_digest(bytes(32), data)):
        assert digest(report.code.replace(" ", "").encode()) not in stored
        assert digest(report.code.encode()) not in stored
