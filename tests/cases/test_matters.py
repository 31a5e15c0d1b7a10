"""A report says what kind of thing it speaks of, and a matter of one's own in its own words, at one address."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.cases import codes
from portal.cases.models import Case
from portal.cases.values import reference
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.conftest import new_client
from tests.factories.cases import FIGURE, Office, answer, case_ids, desk_of, filed_report, problems, send

OWN = {
    "matter": "own-matter",
    "promised": "10 working days",
    "applied": "early January",
    "done": "it is not done yet",
    "recorded": "closed on 20 January",
    "never_rated": "y",
}


def sent_by(portal: Portal, subject: dict[str, str], **answers: str) -> tuple[Any, str]:
    client: Any = new_client(portal)
    before = case_ids(portal)
    client.post("/report", data=subject)
    answer(client, "/report/what", what="They said it was done.", **answers)
    answer(client, "/report/check")
    (case_id,) = case_ids(portal) - before
    return client, case_id


def test_own_matter_reaches_the_officer_and_stands_nowhere_in_clear(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data={"body": "DPR"})
    answer(client, "/report/what", what="They said it was done.", body="DPR", **OWN)
    check = client.get("/report/check").get_data(as_text=True)
    assert "closed on 20 January" in check and "My own matter was recorded falsely" in check
    assert 'value="early January"' in client.get("/report/what").get_data(as_text=True)
    answer(client, "/report/check")
    (case_id,) = case_ids(portal)
    page = desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}").get_data(as_text=True)

    for said in ("10 working days", "early January", "closed on 20 January", "never given"):
        assert said in page
        assert said.encode() not in everything_stored(portal)


@pytest.mark.parametrize(
    ("subject", "chosen", "expected"),
    [
        (FIGURE, None, "figure"),
        (FIGURE, "pressure", "pressure"),
        ({"service": "permits"}, None, "own-matter"),
        ({}, "collusion", "collusion"),
        ({}, None, "other"),
    ],
)
def test_the_door_suggests_the_kind_and_the_reporter_decides(
    portal: Portal, office: Office, subject: dict[str, str], chosen: str | None, expected: str
) -> None:
    _, case_id = sent_by(portal, subject, **({"matter": chosen} if chosen else {}))
    with portal.database.read() as session:
        assert session.scalar(select(Case.matter).where(Case.id == case_id)) == expected


def test_every_kind_is_asked_at_the_same_address(portal: Portal, office: Office) -> None:
    """A step that only one kind of report takes would tell a browser's history what it was about."""
    for subject in (FIGURE, {"service": "permits"}, {}):
        client: Any = new_client(portal)
        assert client.post("/report", data=subject).headers["Location"] == "/report/what"
        assert answer(client, "/report/what", what="x", **OWN).headers["Location"] == "/report/how"


def test_an_unknown_kind_and_a_long_answer_are_refused_and_nothing_is_lost(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    page = answer(client, "/report/what", expect=422, what="kept", matter="theft", promised="x" * 201)
    assert len(problems(page)) == 2 and "kept" in page.get_data(as_text=True)


def test_database_itself_refuses_an_unknown_kind(portal: Portal, office: Office) -> None:
    filed_report(portal)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(Case).values(matter="theft"))


def test_a_message_that_gives_the_seven_words_away_is_refused(portal: Portal, office: Office) -> None:
    report, other = filed_report(portal), filed_report(portal)
    client: Any = new_client(portal)
    answer(client, "/report/mailbox", code=report.code)
    page = client.get("/report/mailbox")

    def write(text: str) -> Any:
        return send(client, "/report/mailbox/message", page, text=text)

    words = report.code.split()
    for text in (
        report.code,
        f"My code: {report.code.upper()}!",
        ", ".join(words),
        "".join(words),
        "-".join(words),
    ):
        refused = write(f"Hello. {text} Bye.")
        assert refused.status_code == 422 and "Take them out" in refused.get_data(as_text=True), text
    for text in (other.code, " ".join(words[:6]), " ".join(reversed(words))):
        page = client.get("/report/mailbox")
        assert write(text).status_code == 303, text


def test_looking_for_the_code_takes_no_longer_for_any_text(portal: Portal) -> None:
    """It is bounded by the length of a run, not by what the text holds."""
    asked: list[str] = []

    class Counting(frozenset[bytes]):
        def __contains__(self, one: object) -> bool:
            asked.append(str(one))
            return False

    assert not codes.stands_in("abc " * 5_000, lookups=Counting(), lookup_keys=[b"k" * 32])
    assert len(asked) <= 5_000 * 14
