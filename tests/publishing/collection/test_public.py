"""Everybody reads what is missing and what was asked for, as page, JSON and CSV, in both languages."""

import csv
import hashlib
import io
import json
import re

import pytest

from portal.publishing.collecting import Entry
from portal.publishing.services import adopt_newest, append_waiting, rounds
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.verify import verify
from tests.conftest import new_client
from tests.factories.accounts import person, sign_in
from tests.factories.rounds import BODY, CHECKED, DAYS, ROUND, Collecting
from tests.pages import PageClient

TOKEN = r'name="form_token"[^>]*value="([^"]+)"'
TEXT = "How many permits were refused, by district? 各区驳回了多少许可？"


def post(client: PageClient, path: str, **fields: str) -> tuple[int, str]:
    found = re.findall(TOKEN, client.get(path).get_data(as_text=True))
    answer = client.post(path, data={"form_token": found[0], **fields})
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_coverage_says_who_owes_what(house: Collecting, prefix: str) -> None:
    house.open()
    house.pass_days(31)
    house.write(lambda session, now: rounds.mark_overdue(session, slug=ROUND, now=now))
    house.append()
    client = new_client(house.portal)
    for path in ("/coverage", f"/coverage?body={BODY}", f"/coverage/rounds/{ROUND}", f"/bodies/{BODY}"):
        assert client.get(prefix + path).status_code == 200
    page = client.get("/coverage?state=late").get_data(as_text=True)
    assert "The body has not handed it in." in page
    assert "Owed by the body." in page
    assert f"/coverage?body={BODY}" in client.get(f"/bodies/{BODY}").get_data(as_text=True)
    house.hand_in()
    came = client.get(f"{prefix}/coverage/rounds/{ROUND}").get_data(as_text=True)
    assert ("逾期报送" if prefix else "Handed in late") in came


def test_coverage_is_a_table_for_programs(house: Collecting) -> None:
    house.open()
    client = new_client(house.portal)
    found = json.loads(client.get("/coverage.json").data)
    assert found["bodies"] == {BODY: {"asked": 2}}
    assert found["coverage"][0]["state"] == "asked"
    assert found["coverage"][0]["owes"] == "body"
    lines = client.get("/coverage.csv?bom=0").get_data(as_text=True).splitlines()
    assert lines[0].startswith("body_code,indicator_code,period,state,reason,owes,round")
    assert len(lines) == 3
    one = json.loads(client.get(f"/coverage/rounds/{ROUND}.json").data)
    assert one["round"]["due"] == "2026-03-11T09:00:00Z"
    assert client.get("/coverage/rounds/none").status_code == 404


def test_a_figure_shows_when_its_body_handed_in_what_and_never_a_name(house: Collecting) -> None:
    house.open()
    house.hand_in()
    house.settle(DAYS, Entry(actual="9.1", target="12"), "Two requests were counted twice.")
    house.release()
    client = new_client(house.portal)
    page = client.get(f"/bodies/{BODY}/indicators/{DAYS}").get_data(as_text=True)
    assert "Handed in by Body riverside on 9 February 2026" in page
    assert "the office published another value" in page
    assert "8.5" in page
    for someone in (house.editor, house.signer, house.officer):
        assert someone.name not in page
    found = json.loads(client.get(f"/bodies/{BODY}/indicators/{DAYS}.json").data)
    handin = found["figures"][0]["versions"][0]["handin"]
    assert (handin["edition"], handin["said"]["actual"], handin["changed"]) == (2, "8.5", ["actual"])
    proof = client.get(f"/verify/bodies/{BODY}/indicators/{DAYS}/2025").get_data(as_text=True)
    assert "Handed in by Body riverside on 9 February 2026" in proof
    in_api = json.loads(client.get(f"/api/v1/figures/{BODY}/{DAYS}/2025").data)["data"]
    wanted = {"handin_edition": 2, "handed_in_at": "2026-02-09T09:00:00Z"}
    for told in (in_api, in_api["versions"][0]):
        assert {name: told[name] for name in wanted} == wanted


def test_the_files_say_of_every_hand_in_who_when_and_what_came_of_it_with_the_proof(house: Collecting) -> None:
    house.open()
    house.hand_in(
        review_days=Entry(actual="8.53"), unsafe_checked=Entry(target="90", actual="3.21", obs_status="Q")
    )
    house.settle(DAYS, Entry(actual="9.1", target="12"), "Two requests were counted twice.")
    adopt_newest(house.portal)
    append_waiting(house.portal)
    client = new_client(house.portal)

    def handins(edition: int) -> dict[str, dict[str, str]]:
        text = client.get(f"/data/editions/{edition}/handins.csv").data.decode("utf-8-sig")
        return {row["indicator_code"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}

    assert {row["state"] for row in handins(3).values()} == {"waiting"}
    assert {row["salt"] + row["said"] + row["actual"] for row in handins(3).values()} == {""}
    house.accept(CHECKED)
    edition = house.release()
    opened, closed = handins(edition)[DAYS], handins(edition)[CHECKED]
    wanted = {"body_code": BODY, "handed_in_at": "2026-02-09T09:00:00Z", "handin_edition": "2", "number": "1"}
    assert {name: opened[name] for name in wanted} == wanted == {name: closed[name] for name in wanted}
    assert (opened["state"], opened["actual"], opened["changed"]) == ("opened", "8.53", "actual")
    assert (opened["published_edition"], opened["published_at"]) == (str(edition), "2026-02-09T09:00:00Z")
    committed = hashlib.sha256(bytes.fromhex(opened["salt"]) + opened["said"].encode()).hexdigest()
    assert opened["commitment"] == committed
    assert (closed["state"], closed["actual"], closed["salt"]) == ("closed", "", "")
    with house.portal.database.read() as session:
        found = verify(OwnSource(session, LogStore(house.portal.settings.var)))
    assert "handins.csv" in found.files


def test_a_request_goes_from_the_form_to_its_answer(house: Collecting) -> None:
    reader, moderator = new_client(house.portal), person(house.portal, roles=["moderator"])
    status, page = post(reader, "/requests/new", text=TEXT, body=BODY)
    code = re.search(r'id="code">([^<]+)<', page)
    reference = re.search(r"R-[0-9a-z]{6}", page)
    assert status == 200
    assert code is not None
    assert reference is not None
    assert "To be read" in post(reader, "/requests/follow", code=code[1])[1]
    assert post(reader, "/requests/follow", code="nothing-at-all")[0] == 422
    append_waiting(house.portal)
    assert reference[0] not in reader.get("/requests").get_data(as_text=True)
    assert reader.get(f"/requests/r/{reference[0]}").status_code == 404

    def desk(someone: object, **fields: str) -> int:
        client = new_client(house.portal)
        sign_in(client, someone)  # type: ignore[arg-type]
        assert client.get("/desk/requests").status_code == 200
        return post(client, f"/desk/requests/{reference[0]}", **fields)[0]  # type: ignore[index]

    assert desk(moderator, act="publish") == 303
    append_waiting(house.portal)
    listed = new_client(house.portal).get("/requests").get_data(as_text=True)
    assert TEXT in listed
    assert "Waits for an answer" in listed
    assert desk(house.officer, act="answer", answer="no", reason="", words="") == 422
    assert desk(house.officer, act="answer", answer="no", reason="not-measured", words="No body counts it.") == 303
    assert desk(house.publisher, act="approve") == 303
    append_waiting(house.portal)
    client = new_client(house.portal)
    shown = client.get(f"/requests/r/{reference[0]}").get_data(as_text=True)
    assert "It is not measured." in shown
    assert "No body counts it." in shown
    assert client.get(f"/requests/{reference[0]}").status_code == 302
    row = json.loads(client.get("/requests.json").data)["requests"][0]
    assert (row["state"], row["reason"], row["working_days"]) == ("answered", "not-measured", 0)
    assert client.get("/requests.csv").status_code == 200
    assert client.get("/zh-Hans/requests").status_code == 200


def test_asking_leaves_no_trace_of_who_asked_and_a_short_text_is_not_lost(house: Collecting) -> None:
    client = new_client(house.portal)
    status, page = post(client, "/requests/new", text="How?")
    assert status == 422
    assert "How?" in page
    assert client.get("/requests/new").headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in client.get("/requests/new").headers


def test_a_flood_from_one_address_is_slowed_and_keeps_what_was_typed(house: Collecting) -> None:
    client = new_client(house.portal)
    found = re.findall(TOKEN, client.get("/requests/new").get_data(as_text=True))[0]
    sent = {"form_token": found, "text": "short", "body": ""}
    answers = [
        client.post("/requests/new", data=sent, environ_base={"REMOTE_ADDR": "203.0.113.9"}) for _ in range(21)
    ]
    assert [one.status_code for one in answers[-2:]] == [422, 429]
    assert "short" in answers[-1].get_data(as_text=True)
