"""A report says what kind of thing it speaks of, and a matter of one's own in its own words, at one address."""

from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.cases import codes, masking
from portal.cases.files import FileStore
from portal.cases.models import Case
from portal.cases.services import drafts
from portal.cases.values import QUESTIONS, Details, Matter, Question, Report, Wrong, reference
from portal.foundation.context import Portal
from portal.foundation.personal import MASK
from tests.cases.conftest import everything_stored
from tests.conftest import new_client
from tests.factories.cases import FIGURE, Office, answer, case_ids, desk_of, filed_report, problems, send

OWN = {
    "matter": "own-matter",
    "promised": "10 working days",
    "applied": "early January",
    "done": "it is not done yet",
    "recorded": "closed on 20 January",
    "evidence": "the letter of completion",
    "wrongs": ["closed-early", "rating"],
}
ANSWERS = {
    "figure": {"true_value": "about 40", "changed": "in the last week of March", "records": "the blue register"},
    "ratings": {"rated": "permits, counter three", "rated_days": "every Friday", "seen": "one tablet, many marks"},
    "pressure": {
        "pressed": "the head, of every client",
        "in_words": "give five or wait",
        "message": "a group chat",
    },
    "collusion": {"together": "the unit and its checker", "agreed": "never above ten", "shown": "a shared table"},
}


def sent_by(portal: Portal, subject: dict[str, str], **answers: Any) -> tuple[Any, str]:
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

    stored = everything_stored(portal)
    for said in ("10 working days", "early January", "closed on 20 January", "the letter of completion"):
        assert said in page
        assert said.encode() not in stored
    assert "It was closed before it was done" in page and "that I never gave" in page
    assert "Its dates were changed" not in page


@pytest.mark.parametrize("kind", ANSWERS)
def test_answers_to_the_questions_of_a_kind_reach_the_officer_sealed(
    portal: Portal, office: Office, kind: str
) -> None:
    _, case_id = sent_by(portal, {"body": "DPR"}, body="DPR", matter=kind, **ANSWERS[kind])
    page = desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}").text
    stored = everything_stored(portal)
    for said in ANSWERS[kind].values():
        assert said in page
        assert said.encode() not in stored


@pytest.mark.parametrize("kind", [one for one in Matter if QUESTIONS[one]])
def test_the_kind_is_asked_first_and_its_questions_before_the_text(
    portal: Portal, office: Office, kind: Matter
) -> None:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="x", matter=kind)
    page = client.get("/report/what").text
    places = [page.index(f'name="{name}"') for name in ("matter", *QUESTIONS[kind], "what")]

    assert places == sorted(places)
    others = {one for questions in QUESTIONS.values() for one in questions} - set(QUESTIONS[kind])
    assert not any(f'name="{one}"' in page for one in others)
    assert ('name="wrongs"' in page) is (kind is Matter.OWN)


def test_who_chooses_another_kind_sees_its_questions_before_going_on(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    page = client.get("/report/what")
    assert 'name="asked" value="figure"' in page.text
    chosen = send(client, "/report/what", page, asked="figure", matter="pressure", what="typed", true_value="40")

    assert chosen.status_code == 303, "an answer to the form itself would have the browser keep what was typed"
    chosen = client.get("/report/what")
    assert 'name="pressed"' in chosen.text
    assert "typed" in chosen.text and "have come onto this page" in chosen.text
    assert "typed" in client.get("/report/check").text, "what was typed is kept"
    again = send(client, "/report/what", chosen, asked="pressure", matter="pressure", what="typed", pressed="all")
    assert again.headers["Location"] == "/report/how"
    check = client.get("/report/check").text
    assert "Who asked what of whom?" in check and "What should the number be?" in check


def test_an_answer_of_another_kind_stays_in_sight_until_it_is_taken_out(portal: Portal, office: Office) -> None:
    """What is sent is what was seen: nothing goes along hidden."""
    client: Any = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="x", matter="pressure", **ANSWERS["pressure"])
    answer(client, "/report/what", what="x", matter="collusion", asked="collusion")
    assert "give five or wait" in client.get("/report/what").text
    answer(client, "/report/what", what="x", matter="collusion", asked="collusion", in_words="")

    assert "give five or wait" not in client.get("/report/check").text
    assert 'name="in_words"' not in client.get("/report/what").text


def test_what_was_ticked_can_be_unticked(portal: Portal, office: Office) -> None:
    client: Any = new_client(portal)
    client.post("/report", data={"service": "permits"})
    answer(client, "/report/what", what="x", wrongs=["", "dates", "theft"])
    assert "Its dates were changed" in client.get("/report/check").text
    answer(client, "/report/what", what="x", wrongs=[""])
    assert "Its dates were changed" not in client.get("/report/check").text


def test_answers_of_a_report_from_before_there_were_questions_are_still_read() -> None:
    own = {"promised": "ten days", "applied": "", "done": "never", "recorded": "", "never_rated": True}
    said = ((Question.PROMISED, "ten days"), (Question.DONE, "never"))
    assert drafts.to_details({"own": own}) == Details(said, (Wrong.RATING,))
    assert not drafts.to_details({})


def test_answers_are_masked_as_the_rest_is() -> None:
    details = Details(((Question.PROMISED, "Wang said ten days"), (Question.PRESSED, "Wang asked all")), ())
    report = Report(details, "Wang did", "", "", (), False)
    hidden = masking.masked_report(report, masking.mask_for(["Wang"])).details
    assert hidden.texts == (f"{MASK} said ten days", f"{MASK} asked all")


def test_days_of_ones_own_matter_are_not_put_to_the_body() -> None:
    """Whoever has the records knows from them whose matter it is."""
    details = Details(((Question.APPLIED, "3 March"), (Question.PRESSED, "the head asked all")), ())
    assert details.not_of_oneself == ("the head asked all",)


def test_search_finds_what_was_answered(portal: Portal, office: Office) -> None:
    sent_by(portal, {"body": "DPR"}, body="DPR", matter="pressure", **ANSWERS["pressure"])
    ada = desk_of(portal, office.officer)
    assert "There is nothing here" not in ada.get("/desk/cases?q=give+five+or&inside=y").text
    assert "There is nothing here" in ada.get("/desk/cases?q=give+six+or&inside=y").text


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
    refused = write(f"Another report of mine: {other.code}")
    assert refused.status_code == 422, "whoever reads it could open that mailbox"
    for text in (" ".join(words[:6]), " ".join(reversed(words))):
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


@pytest.mark.parametrize("written", ["{}", "Mine: {}!", "1. {} 二"], ids=["alone", "in a line", "between"])
def test_a_second_report_takes_no_text_that_gives_the_words_of_the_first_away(
    portal: Portal, office: Office, written: str
) -> None:
    first, client = filed_report(portal), new_client(portal)
    text = written.format(first.code.replace(" ", ", ").upper())
    client.post("/report", data=FIGURE)
    for step, name in (("what", "what"), ("what", "records"), ("how", "how"), ("who", "names")):
        page = answer(client, f"/report/{step}", expect=422, **({"what": "x"} | {name: text}))
        assert "Seven words of a report" in problems(page)[0], name
        assert first.code.split()[0].upper() in page.text, "what was typed stays"
    assert "Still needed" in client.get("/report/check").text
    answer(client, "/report/what", what=" ".join(first.code.split()[:6]), matter="figure")


def test_no_name_of_a_file_gives_the_words_away(portal: Portal, office: Office) -> None:
    report, client = filed_report(portal), new_client(portal)
    file = (BytesIO(b"x"), f"{report.code.replace(' ', '-')}.txt")
    client.post("/report", data=FIGURE)
    answer(client, "/report/mailbox", code=report.code)
    assert "Rename it" in problems(answer(client, "/report/files", expect=422, file=file, then="add"))[0]
    file = (BytesIO(b"x"), f"{report.code.replace(' ', '_')}.txt")
    assert "Rename it" in problems(answer(client, "/report/mailbox/1", expect=422, file=file))[0]
    assert list(FileStore(portal.settings.var).folder.iterdir()) == []


def test_a_text_that_can_hold_no_words_costs_no_digest() -> None:
    prose = "The inspections of every park were written down in March, before anybody had been there. " * 200
    assert codes.possible_in(prose) == frozenset()
    code = codes.new_code()
    assert codes.possible_in(f"My words are {code}.") == {"".join(code.split())}
    assert codes.possible_in("".join(code.split()).upper()) == {"".join(code.split())}
