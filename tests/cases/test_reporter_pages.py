"""What a reporter meets: one question a page, nothing typed lost, nothing that tells on them."""

import os
import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.cases.errors import NothingSaid
from portal.cases.files import FileStore
from portal.cases.jobs import clear_up
from portal.cases.models import Case, Item, ReporterSession, StoredFile
from portal.cases.services import drafts, intake, lanes, mailbox
from portal.cases.values import Subject
from portal.duties.models import DutyRow, MailedItem
from portal.duties.queries import duties_of
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.lone import numbered
from portal.publishing.shelf import Shelf
from tests.conftest import new_client
from tests.factories import publishing as published
from tests.factories.accounts import person
from tests.factories.cases import (
    FIGURE,
    Office,
    a_figure,
    answer,
    case_ids,
    filed_by_pages,
    filed_report,
    problems,
    send,
    token_on,
)
from tests.pages import NEUTRAL, PageClient

MINUTE = timedelta(minutes=1)
STEPS = ("what", "how", "files", "who", "check")


def text_of(client: PageClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_the_general_door_gives_advice_and_sets_no_cookie(client: PageClient, office: Office) -> None:
    page = client.get("/report")

    assert "Use your own device" in page.get_data(as_text=True)
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("door", [FIGURE, {"body": "DPR", "service": "permits"}, {"body": "DPR"}, {}], ids=str)
def test_advice_comes_before_anything_is_typed_by_every_door(
    client: PageClient, office: Office, door: dict[str, str]
) -> None:
    """Most come from a figure or a service, past the page that holds all of it."""
    page = client.post("/report", data=door, follow_redirects=True).text
    advice, whole = page.index("Use your own device"), page.index('href="/report">All advice')
    assert advice < whole < re.search("<(textarea|select|input(?! type=.hidden))", page).start()  # type: ignore[union-attr]


def test_report_from_a_figure_says_what_it_is_about(client: PageClient, office: Office) -> None:
    client.post("/report", data={**FIGURE, "edition": "1"})

    page = text_of(client, "/report/what")
    assert "Indicator clean-parks" in page and "91.50" in page and "edition 1" in page


def test_report_is_bound_to_the_edition_its_writer_saw(portal: Portal, office: Office) -> None:
    published.append(portal, published.figure(actual="70.0", cause="source-correction", replaces=1))
    report = filed_by_pages(portal, subject={**FIGURE, "edition": "1"})

    with portal.database.read() as session:
        assert session.get_one(Case, report.case_id).edition_seen == 1


@pytest.mark.parametrize("edition", ["999999", "-1", "1e3", "", "٣"])
def test_edition_nobody_published_is_the_newest(portal: Portal, office: Office, edition: str) -> None:
    report = filed_by_pages(portal, subject={**FIGURE, "edition": edition})

    with portal.database.read() as session:
        assert session.get_one(Case, report.case_id).edition_seen == 1


def test_report_from_a_service_is_about_that_service(portal: Portal, office: Office) -> None:
    report = filed_by_pages(portal, subject={"service": "permits"})

    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        assert (case.kind, case.body_code, case.service_code) == ("service", "DPR", "permits")


def test_hidden_fields_that_name_nothing_published_make_a_general_report(portal: Portal, office: Office) -> None:
    report = filed_by_pages(portal, subject={"body": "NOPE", "indicator": "x", "period": "1"}, what="x")

    with portal.database.read() as session:
        case = session.get_one(Case, report.case_id)
        assert (case.kind, case.body_code) == ("general", None)


def test_addresses_are_the_same_whatever_is_reported(portal: Portal, office: Office) -> None:
    seen = []
    for subject in (FIGURE, {"service": "permits"}, {}):
        client = new_client(portal)
        trail = [client.post("/report", data=subject).headers["Location"]]
        trail += [answer(client, "/report/what", what="x", body="").headers["Location"]]
        for step in STEPS[1:]:
            trail.append(answer(client, f"/report/{step}").headers["Location"])
        seen.append(trail)

    assert seen[0] == seen[1] == seen[2]
    assert all(re.fullmatch(r"/report/[a-z]+", address) for address in seen[0])


def test_no_page_runs_a_script_or_is_kept(client: PageClient, office: Office) -> None:
    client.post("/report", data=FIGURE)
    for address in ("/report", "/report/mailbox", "/report/left", *(f"/report/{step}" for step in STEPS)):
        page = client.get(address)
        assert page.status_code == 200
        assert "script-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert "<script" not in page.get_data(as_text=True)


def test_cookie_is_for_this_site_alone_and_for_this_visit(client: PageClient, office: Office) -> None:
    cookie = client.post("/report", data=FIGURE).headers["Set-Cookie"]

    for part in ("__Host-report=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert "Max-Age" not in cookie and "Expires" not in cookie


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://portal.test"])
def test_form_from_another_site_is_refused(client: PageClient, office: Office, origin: str) -> None:
    assert client.post("/report", data=FIGURE, headers={"Origin": origin}).status_code == 403


def test_browser_that_names_the_page_it_came_from_is_heard(client: PageClient, office: Office) -> None:
    headers = {"Referer": "https://portal.test/bodies/DPR", "Origin": ""}

    assert client.post("/report", data=FIGURE, headers=headers).status_code == 303


def test_answers_can_be_changed_before_sending(client: PageClient, office: Office) -> None:
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="first words")
    answer(client, "/report/how", how="by sight", then="check")
    assert "first words" in text_of(client, "/report/check")
    answer(client, "/report/what", what="second words", then="check")

    page = text_of(client, "/report/check")
    assert "second words" in page and "by sight" in page and "first words" not in page


@pytest.mark.parametrize(("step", "name", "longest"), [("what", "what", 20_000), ("who", "names", 5_000)])
def test_answer_that_is_too_long_is_shown_again_whole(
    client: PageClient, office: Office, step: str, name: str, longest: int
) -> None:
    client.post("/report", data=FIGURE)
    words = "很长 " * longest
    page = answer(client, f"/report/{step}", expect=422, **{name: words})

    assert problems(page) and words.strip() in page.get_data(as_text=True)


def test_nothing_can_be_sent_without_saying_what_happened(
    client: PageClient, office: Office, portal: Portal
) -> None:
    client.post("/report", data=FIGURE)
    assert answer(client, "/report/what", expect=422, what="").status_code == 422
    page = client.get("/report/check")
    assert "Send the report" not in page.get_data(as_text=True)
    client.post("/report/check", data={"form_token": token_on(client.get("/report/how"))})

    assert case_ids(portal) == set()


def test_doubting_another_figure_keeps_what_was_typed(client: PageClient, office: Office) -> None:
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="already typed")
    client.post("/report", data={"service": "permits"})

    page = text_of(client, "/report/what")
    assert "already typed" in page and "Service permits" in page


def test_words_typed_after_the_draft_ended_are_given_back(
    client: PageClient, office: Office, clock: FixedClock
) -> None:
    client.post("/report", data=FIGURE)
    page = client.get("/report/what")
    clock.at += timedelta(hours=25)
    response = send(client, "/report/what", page, what="<b>my long story</b>")

    assert response.status_code == 410
    assert "&lt;b&gt;my long story&lt;/b&gt;" in response.get_data(as_text=True)


def test_blank_words_typed_after_the_draft_ended_are_no_words(
    client: PageClient, office: Office, clock: FixedClock
) -> None:
    """An empty box under "What you typed" would look as if we had lost it."""
    client.post("/report", data=FIGURE)
    page = client.get("/report/what")
    clock.at += timedelta(hours=25)
    response = send(client, "/report/what", page, what=" \r\n ")

    assert response.status_code == 410
    assert "What you typed on this page" not in response.get_data(as_text=True)


def test_form_taken_from_one_draft_does_not_work_in_another(
    client: PageClient, office: Office, portal: Portal
) -> None:
    client.post("/report", data=FIGURE)
    other = new_client(portal)
    other.post("/report", data=FIGURE)
    response = send(other, "/report/what", client.get("/report/what"), what="kept on the page")

    assert response.status_code == 422
    assert "kept on the page" in response.get_data(as_text=True)


def test_sending_twice_files_one_report_and_shows_one_code(portal: Portal, office: Office) -> None:
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="twice")
    page = client.get("/report/check")
    first = send(client, "/report/check", page)
    second = send(client, "/report/check", page)

    assert first.headers["Location"] == second.headers["Location"] == "/report/done"
    assert len(case_ids(portal)) == 1


def test_report_filed_before_flask_gets_the_answer_of_the_view(portal: Portal, office: Office) -> None:
    answers = []
    for more in ({}, {"said": "something the form does not ask"}):
        client = new_client(portal)
        client.post("/report", data=FIGURE)
        answer(client, "/report/what", what="in two ways")
        answers.append(send(client, "/report/check", client.get("/report/check"), **more))

    plain, viewed = ((one.status_code, dict(one.headers) | {"Content-Length": ""}) for one in answers)
    assert plain == viewed == (303, plain[1] | {"Location": "/report/done"})
    assert len(case_ids(portal)) == 2


def test_nothing_said_is_nothing_to_send(portal: Portal, office: Office) -> None:
    now, settings = portal.clock.now(), portal.settings
    with portal.database.write() as session:
        subject = Subject(**FIGURE, edition=1)
        secret = drafts.start(session, subject=subject, secret=None, settings=settings, now=now)

    with pytest.raises(NothingSaid):
        intake.send_by_itself(portal.database, secret=secret, keys=portal.keys, settings=settings, now=now)
    assert not case_ids(portal)


def test_draft_that_was_sent_meanwhile_is_not_filed_again(
    portal: Portal, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, settings = portal.clock.now(), portal.settings
    with portal.database.write() as session:
        subject = Subject(**FIGURE, edition=1)
        secret = drafts.start(session, subject=subject, secret=None, settings=settings, now=now)
        drafts.save(session, secret=secret, settings=settings, now=now, what="twice at once")

    def file() -> bool:
        return intake.send_by_itself(portal.database, secret=secret, keys=portal.keys, settings=settings, now=now)

    sealing, others = intake._sending, []

    def sent_by_another_thread(*args: Any, **kwargs: Any) -> Any:
        made = sealing(*args, **kwargs)
        if not others:
            others.append(None)
            others[0] = file()
        return made

    monkeypatch.setattr(intake, "_sending", sent_by_another_thread)
    assert file() and others == [True]
    assert len(case_ids(portal)) == 1


def test_code_is_shown_once_and_gone_when_written_down(portal: Portal, office: Office, clock: FixedClock) -> None:
    report = filed_by_pages(portal)
    assert report.code in text_of(report.client, "/report/done")
    left = report.client.post("/report/leave")

    assert "cookies" in left.headers["Clear-Site-Data"]
    assert report.client.get("/report/done").status_code == 404
    other = filed_by_pages(portal)
    clock.at += timedelta(minutes=16)
    assert other.client.get("/report/done").status_code == 404


def test_wrong_words_and_no_words_open_nothing(client: PageClient, portal: Portal, office: Office) -> None:
    filed_report(portal)
    for code in ("", "correct horse battery staple", "abacus " * 7, "a" * 400, "七个词"):
        page = answer(client, "/report/mailbox", expect=422, code=code)
        assert "Set-Cookie" not in page.headers
    assert client.get("/report/mailbox?code=abacus").status_code == 200


def test_a_slip_in_the_seven_words_is_told_whatever_reports_there_are(client: PageClient, office: Office) -> None:
    """Whoever copied one letter wrongly would else believe that the report is lost."""
    for code, said in (
        ("abacus " * 6 + "abakus", "“abakus” is none of the words"),
        ("ABACUS, abacus", "there are seven, and you entered 2"),
        ("abacus " * 7, "Check their spelling and their order"),
        ("abacus abakus", "Check their spelling and their order"),
        ("abacus " * 6 + "a" * 300, "Check their spelling and their order"),
    ):
        page = answer(client, "/report/mailbox", expect=422, code=code)
        assert said in page.text


def test_mailbox_shuts_after_a_quarter_of_an_hour(portal: Portal, office: Office, clock: FixedClock) -> None:
    report = filed_report(portal)
    answer(report.client, "/report/mailbox", code=report.code)
    assert "Your report" in text_of(report.client, "/report/mailbox")
    clock.at += timedelta(minutes=15)

    assert "Open your mailbox" in text_of(report.client, "/report/mailbox")


def test_message_sent_twice_is_kept_once(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    answer(report.client, "/report/mailbox", code=report.code)
    page = report.client.get("/report/mailbox")
    for _ in range(2):
        assert send(report.client, "/report/mailbox/message", page, text="one more thing").status_code == 303

    with portal.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.kind == "from-reporter")) == 1


def test_message_to_a_mailbox_that_has_shut_is_given_back(
    portal: Portal, office: Office, clock: FixedClock
) -> None:
    report = filed_report(portal)
    answer(report.client, "/report/mailbox", code=report.code)
    page = report.client.get("/report/mailbox")
    clock.at += timedelta(minutes=16)
    response = send(report.client, "/report/mailbox/message", page, text="too late?")

    assert response.status_code == 410 and "too late?" in response.get_data(as_text=True)


def test_a_copied_cookie_keeps_no_mailbox_open_beyond_eight_hours(
    portal: Portal, office: Office, clock: FixedClock
) -> None:
    """However busily somebody writes with it: the code is not in it, and without the code there is no way back."""
    report = filed_report(portal)
    answer(report.client, "/report/mailbox", code=report.code)
    secret = report.client.get_cookie("__Host-mailbox", domain="portal.test").value
    given: dict[str, Any] = {"secret": secret, "settings": portal.settings}
    for number in range(8 * 60 // 14):
        clock.at += timedelta(minutes=14)
        with portal.database.write() as session:
            assert mailbox.write(session, text="still here", submission=str(number), now=clock.now(), **given)
    clock.at += timedelta(minutes=5)
    with portal.database.read() as session:
        assert mailbox.look(session, now=clock.now(), **given) is None


def test_leaving_the_mailbox_shuts_it_for_whoever_copied_the_cookie(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    answer(report.client, "/report/mailbox", code=report.code)
    secret = report.client.get_cookie("__Host-mailbox", domain="portal.test").value
    report.client.post("/report/mailbox/leave")
    thief = new_client(portal)
    thief.set_cookie("__Host-mailbox", secret, domain="portal.test", secure=True, path="/")
    assert "Open your mailbox" in text_of(thief, "/report/mailbox")


def test_leaving_the_mailbox_clears_the_browser(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    answer(report.client, "/report/mailbox", code=report.code)
    left = report.client.post("/report/mailbox/leave")

    assert "cache" in left.headers["Clear-Site-Data"]
    assert "Open your mailbox" in text_of(report.client, "/report/mailbox")


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_neither_title_nor_address_tells_a_browsers_history_what_was_done(
    portal: Portal, office: Office, prefix: str
) -> None:
    report = filed_report(portal)
    client = new_client(portal)
    answer(client, f"{prefix}/report/mailbox", code=report.code)
    pages = [client.get(f"{prefix}/report/mailbox")]
    links = re.findall(r'href="(/[^"]*report/mailbox/[^"]+)"', pages[0].text)
    pages += [client.get(link) for link in links]
    client.post(f"{prefix}/report", data=FIGURE)
    pages += [
        client.get(f"{prefix}/report/{step}") for step in ("what", "figures", "how", "files", "who", "check")
    ]
    answer(client, f"{prefix}/report/what", what="x")
    answer(client, f"{prefix}/report/check")
    pages += [client.get(f"{prefix}/report/{step}") for step in ("done", "left", "mailbox/5")]
    pages += [new_client(portal).get(f"{prefix}/report/{step}") for step in ("what", "mailbox")]

    titles = {re.search("<title>(.*?)</title>", page.text)[1] for page in pages}  # type: ignore[index]
    assert len(titles) == 1 and titles < NEUTRAL
    assert len(links) > 2 and all(re.fullmatch(prefix + r"/report/mailbox/\d", link) for link in links)
    assert client.get(f"{prefix}/report").text.count("<title>Form") == 0, "the door is as public as any page"


@pytest.mark.parametrize("path", ["/report/leave", "/report/mailbox/leave"])
@pytest.mark.parametrize(
    "sent", [{"Origin": "https://evil.example"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}], ids=str
)
def test_only_our_own_button_has_a_browser_forget_anything(
    client: PageClient, office: Office, path: str, sent: dict[str, str]
) -> None:
    """Else a picture on any page of a body signs its officers out, and loses the reports under way."""
    client.post("/report", data=FIGURE)
    refused = client.post(path, headers=sent)
    assert refused.status_code == 403 and "Clear-Site-Data" not in refused.headers
    assert client.get("/report/what").status_code == 200

    assert "cookies" in client.post(path, headers={"Origin": "https://portal.test"}).headers["Clear-Site-Data"]


def test_no_address_that_is_only_looked_at_has_a_browser_forget_anything(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    inside, outside = new_client(portal), new_client(portal)
    inside.post("/report", data=FIGURE)
    answer(inside, "/report/mailbox", code=report.code)
    for rule in inside.application.url_map.iter_rules():
        if (
            "GET" in (rule.methods or ())
            and rule.rule.startswith(("/report", "/desk/sign"))
            and not rule.arguments
        ):
            for browser in (inside, outside):
                assert "Clear-Site-Data" not in browser.get(rule.rule).headers, rule.rule


def test_files_are_added_and_removed(portal: Portal, office: Office) -> None:
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/files", file=(BytesIO(b"x" * 1_200_000), "真实数据.xlsx"), then="add")
    answer(client, "/report/files", file=(BytesIO(b"y"), "b.txt"), then="add")
    page = client.get("/report/files")
    assert "真实数据.xlsx" in page.get_data(as_text=True)
    removed = re.findall(r'name="remove" value="(\w+)"', page.get_data(as_text=True))
    send(client, "/report/files", page, remove=removed[0])

    page_now = client.get("/report/files").get_data(as_text=True)
    assert "真实数据.xlsx" not in page_now and "b.txt" in page_now
    with portal.database.read() as session:
        assert list(session.scalars(select(StoredFile.id))) == [removed[1]]


def test_empty_file_and_no_file_say_what_to_do(client: PageClient, office: Office, portal: Portal) -> None:
    client.post("/report", data=FIGURE)
    page = answer(client, "/report/files", expect=422, file=(BytesIO(b""), "empty.txt"), then="add")

    assert problems(page) == ["Choose a file first. Empty files cannot be added."]
    assert not FileStore(portal.settings.var).folder.exists()


def test_file_beyond_the_limit_gets_a_page_and_leaves_nothing(
    client: PageClient, office: Office, portal: Portal
) -> None:
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="still here")
    data = BytesIO(b"x" * (portal.settings.upload_limit_mb * 1024 * 1024 + 1))
    page = send(client, "/report/files", client.get("/report/files"), file=(data, "big.bin"), then="add")

    assert page.status_code == 413 and "20 MB" in page.get_data(as_text=True)
    assert not FileStore(portal.settings.var).folder.exists() or not list(
        FileStore(portal.settings.var).folder.iterdir()
    )
    assert "still here" in text_of(client, "/report/check")


@pytest.mark.parametrize("began", ["00:00", "00:05", "12:00", "23:59"])
def test_what_is_not_sent_opens_for_a_day_and_is_deleted_within_two(
    portal: Portal, office: Office, clock: FixedClock, began: str
) -> None:
    """The pages promise it, whatever the hour; rows say no more than a day, so none goes earlier than it must."""
    clock.at = start = datetime.fromisoformat(f"2026-02-09T{began}+00:00")
    client, sent = new_client(portal), filed_by_pages(portal)
    answer(sent.client, "/report/mailbox", code=sent.code)
    client.post("/report", data=FIGURE)
    day = timedelta(hours=portal.settings.draft_hours)
    for moment, opens, rows in ((day - MINUTE, 200, 3), (day, 404, 3), (2 * day, 404, 0)):
        clock.at = start + moment
        assert client.get("/report/what").status_code == opens
        if moment != day:
            clear_up(portal)
            with portal.database.read() as session:
                assert session.scalar(select(func.count()).select_from(ReporterSession)) == rows


def test_abandoned_draft_is_forgotten_with_its_files(portal: Portal, office: Office, clock: FixedClock) -> None:
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/files", file=(BytesIO(b"x" * 900_000), "a.bin"), then="add")
    clock.at += timedelta(days=3)
    clear_up(portal)

    with portal.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ReporterSession)) == 0
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
    assert list(FileStore(portal.settings.var).folder.iterdir()) == []


def test_what_is_over_goes_also_where_data_files_are_kept(
    portal: Portal, office: Office, clock: FixedClock
) -> None:
    """They lie in the same folder, older than any draft; an upload whose draft was lost still goes."""
    edition = Shelf(portal.settings.var).of(1)
    edition.mkdir(parents=True)
    os.utime(edition, (0, 0))
    store = FileStore(portal.settings.var)
    lost = store.sink(limit=1000)
    lost.write(b"x")
    lost.keep(clock.at.date())
    clock.at += timedelta(days=3)
    clear_up(portal)
    assert edition.is_dir() and not store.path(lost.id).exists()


def test_report_in_chinese_keeps_its_language_all_the_way(client: PageClient, office: Office) -> None:
    assert client.post("/zh-Hans/report", data=FIGURE).headers["Location"] == "/zh-Hans/report/what"
    page = client.get("/zh-Hans/report/what").get_data(as_text=True)

    assert 'lang="zh-Hans"' in page and "指标 clean-parks" in page


def test_body_that_too_few_unconnected_officers_serve_is_not_open(client: PageClient, portal: Portal) -> None:
    a_figure(portal)
    person(portal, roles=["case-officer"])
    person(portal, roles=["case-officer"], connected_to=["DPR"])
    person(portal, roles=["case-officer"], trusted=False)
    client.post("/report", data=FIGURE)
    page = text_of(client, "/report/what")

    assert "Reporting here is not open" in page and "supervisory authority" in page


def test_leaving_too_few_officers_keeps_the_words_and_says_so(client: PageClient, portal: Portal) -> None:
    a_figure(portal)
    person(portal, roles=["case-officer"], name="Ada Adams")
    person(portal, roles=["case-officer"], name="Ben Brown")
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="about Ben")
    answer(client, "/report/who", names="Brown")
    page = text_of(client, "/report/check")
    assert "too few officers remain" in page and "about Ben" in page and "Send the report" not in page
    answer(client, "/report/who", names="")

    assert "Send the report" in text_of(client, "/report/check")


def test_report_without_a_known_body_needs_an_outside_recipient(client: PageClient, portal: Portal) -> None:
    a_figure(portal)
    person(portal, roles=["case-officer"])
    person(portal, roles=["case-decider"])
    client.post("/report")
    answer(client, "/report/what", what="somewhere", body="")
    assert "Nobody here can receive it" in text_of(client, "/report/check")
    answer(client, "/report/what", what="somewhere", body="DPR")

    assert "2 officers of this office" in text_of(client, "/report/check")


def test_flood_is_set_aside_and_never_refused(portal: Portal, office: Office) -> None:
    flooded = portal.settings.model_copy(update={"report_lane_subject": 2})
    object.__setattr__(portal, "settings", flooded)
    for _ in range(4):
        filed_report(portal)

    with portal.database.read() as session:
        assert sorted(session.scalars(select(Case.lane))) == ["main", "main", "quarantine", "quarantine"]
        waiting = duties_of(session, office.officer.actor, now=portal.clock.now())
        told = [duty.title.msgid for duty in waiting]
    assert sorted(told) == ["Acknowledge a report"] * 2 + ["Look through the reports set aside in a flood"]


def lanes_of(portal: Portal, *, body: str | None) -> list[str]:
    with portal.database.read() as session:
        return sorted(session.scalars(select(Case.lane).where(Case.body_code.is_not_distinct_from(body))))


def test_a_flood_about_one_body_leaves_reports_about_another_on_the_list(portal: Portal, office: Office) -> None:
    """Else whoever has something to hide would send junk about anything on the day others report it."""
    limits = {"report_lane_subject": 2, "report_lane_body": 3, "report_lane_daily": 3}
    object.__setattr__(portal, "settings", portal.settings.model_copy(update=limits))
    published.append(portal, published.body("DOT"))
    for about in ({**FIGURE}, {**FIGURE}, {**FIGURE}, {"body": "DPR"}, {"body": "DPR"}, {}):
        filed_report(portal, subject=about)
    assert lanes_of(portal, body="DPR") == ["main"] * 3 + ["quarantine"] * 2
    assert lanes_of(portal, body=None) == ["main"], "the list is full, but nothing came yet about no body"

    for _ in range(3):
        filed_report(portal, subject={"body": "DOT"})
    assert lanes_of(portal, body="DOT") == ["main", "main", "quarantine"]


@pytest.mark.parametrize("about", sorted(lanes.COUNTS))
def test_how_many_reports_came_is_read_off_one_index(portal: Portal, office: Office, about: str) -> None:
    """Else a flood would make each further report of the day slower to send than the one before."""
    day = portal.clock.now().date().isoformat()
    codes = {"body": "DPR", "indicator": "clean-parks", "period": "2022", "kind": "cases-aside", "subject": "it"}
    given = {"day": day, "every": 9, "of_body": 9} | codes
    with portal.database.read() as session:
        plan = plan_of(session, lanes.COUNTS[about], given)
    index = "ix_report_case_received_on_lane_body_code_indicator_code_period"
    assert len(plan) == 2
    assert all(index in line and " USING " in line.upper() for line in plan), plan


def plan_of(session: Session, query: Select[Any], given: dict[str, Any]) -> list[str]:
    """How cases are looked for. PostgreSQL is asked for the plan it keeps, made while it knows nothing of them."""
    compiled: Any = query.compile(session.get_bind())
    connection = session.connection()
    if compiled.positional:
        values = {**compiled.params, **given}
        words = f"EXPLAIN QUERY PLAN {compiled.string}"
        rows = connection.exec_driver_sql(words, tuple(values[name] for name in compiled.positiontup))
        return [row[-1] for row in rows if "report_case" in row[-1]]
    words = numbered(compiled.string)[0].decode()
    rows = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN) {words}")
    return [row[0] for row in rows if "report_case" in row[0].split(" on ")[-1]]


def test_officers_are_told_anew_of_a_flood_that_goes_on_after_they_were_told(
    portal: Portal, office: Office
) -> None:
    object.__setattr__(portal, "settings", portal.settings.model_copy(update={"report_lane_subject": 1}))

    def duty_after_one_more() -> str:
        filed_report(portal)
        with portal.database.read() as session:
            return session.scalars(select(DutyRow.id).where(DutyRow.kind == "cases-aside")).one()

    filed_report(portal)
    first = duty_after_one_more()
    assert duty_after_one_more() == first, "nobody knows of it yet"
    with portal.database.write() as session:
        session.add(MailedItem(person_id=office.officer.id, item_id=first, urgency="open"))
    assert duty_after_one_more() != first
    with portal.database.read() as session:
        assert not session.scalars(select(MailedItem)).all()


def test_browsers_are_asked_to_write_down_nothing_of_what_is_typed(portal: Portal, office: Office) -> None:
    """They keep it in clear on their disk otherwise, where no-store and Clear-Site-Data do not reach."""
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    for path in (*(f"/report/{step}" for step in (*STEPS[:-1], "figures")), "/report/mailbox"):
        forms = re.findall(r"<form[^>]*>", text_of(client, path).split("<main", 1)[1])
        asking = [form for form in forms if "/leave" not in form]
        assert asking and all('autocomplete="off"' in form for form in asking), path
