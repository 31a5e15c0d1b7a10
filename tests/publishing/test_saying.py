"""What is said about figures: marks, replies, withdrawn words, changed entries. Two people each time, and the
figure itself stays what it was."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.foundation.context import Portal
from portal.foundation.db import metadata
from portal.foundation.json_words import written
from portal.foundation.tables import ImportRefused
from portal.publishing import queries
from portal.publishing.models import SaltedText
from portal.publishing.services import append_waiting, approve_correction, propose_correction
from portal.publishing.values import Cause, FigureKey
from portal.registry.queries import get_indicator
from portal.registry.services import upsert_indicator
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.releases import figures_csv, line, plan, publish
from tests.pages import PageClient
from tests.publishing.test_desk import submit

KEY = FigureKey("riverside", "review-days", "2022")
FIGURE = "/bodies/riverside/indicators/review-days"


@pytest.fixture
def people(portal: Portal) -> dict[str, Someone]:
    found = {
        "registrar": person(portal, roles=["registrar"], name="Rita Registrar"),
        "publisher": person(portal, roles=["publisher"], name="Paul Publisher"),
    }
    csv = figures_csv(line("2021", actual="7.9"), line(obs_note="Counted by hand."))
    publish(portal, csv, registrar=found["registrar"], publisher=found["publisher"])
    for key, role in (("writer", "body-editor"), ("signer", "body-signer"), ("other", "body-signer")):
        found[key] = person(portal, roles=[role], name=f"Body {key}")
    for key in ("writer", "signer"):
        with portal.database.write() as session:
            connect(
                session,
                person_id=found[key].id,
                body_code="riverside",
                kind=ConnectionKind.EMPLOYED,
                now=portal.clock.now(),
            )
    return found


@pytest.fixture
def desks(portal: Portal, people: dict[str, Someone]) -> dict[str, PageClient]:
    clients = {}
    for key, someone in people.items():
        clients[key] = new_client(portal)
        sign_in(clients[key], someone)
    return clients


def decide(client: PageClient, page: str, act: str = "approve") -> Any:
    """Press the first button of the page on what waits there."""
    text = client.get(page).text
    found = re.search(rf'action="({page}/[^"]+)".*?name="form_token"[^>]*value="([^"]+)"', text, re.DOTALL)
    assert found, text
    return client.post(found[1], data={"form_token": found[2], "act": act})


def public(portal: Portal) -> PageClient:
    append_waiting(portal)
    return new_client(portal)


def test_a_withdrawn_figure_stays_readable_under_its_banner(portal: Portal, desks: dict[str, PageClient]) -> None:
    given = {"figure": str(KEY), "state": "withdrawn", "reason": "The count was never made."}
    assert submit(desks["registrar"], "/desk/notices", **given).status_code == 303
    assert "8.5" in public(portal).get(FIGURE).text
    assert "Withdrawn" not in public(portal).get(FIGURE).text
    assert decide(desks["publisher"], "/desk/notices").status_code == 303
    page = public(portal).get(FIGURE).text
    assert "The figure of 2022 is withdrawn" in page
    assert "The count was never made." in page
    assert "8.5" in page
    figure = json.loads(public(portal).get(f"{FIGURE}.json").text)["figures"][-1]
    assert (figure["notice"], figure["versions"][-1]["actual"]) == ("withdrawn", "8.5")
    assert (
        "withdrawn"
        not in public(portal).get(f"{FIGURE}?edition=1").text.partition("<h1")[2].partition("</main")[0]
    )
    submit(desks["registrar"], "/desk/notices", figure=str(KEY), state="lifted", reason="Found the count.")
    decide(desks["publisher"], "/desk/notices")
    assert "is withdrawn" not in public(portal).get(FIGURE).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": ""}, "Say why nobody vouches for the value any more"),
        ({"figure": "riverside/review-days/1999"}, "There is no published figure"),
        ({"figure": "riverside"}, "Enter body, indicator and period"),
        ({"state": "lifted"}, "The figure is already marked so."),
    ],
)
def test_a_mark_that_cannot_be_is_said_in_words(
    desks: dict[str, PageClient], wrong: dict[str, str], said: str
) -> None:
    given = {"figure": str(KEY), "state": "withdrawn", "reason": "Because."} | wrong
    answer = submit(desks["registrar"], "/desk/notices", **given)
    assert answer.status_code == 422
    assert said in answer.text


def test_nobody_marks_a_figure_alone(portal: Portal) -> None:
    publish(portal, figures_csv(line()))
    both = new_client(portal)
    sign_in(both, person(portal, roles=["registrar", "publisher"]))
    submit(both, "/desk/notices", figure=str(KEY), state="withdrawn", reason="Because.")
    assert "Take it back" in both.get("/desk/notices").text
    assert decide(both, "/desk/notices").status_code in {403, 409}


def test_a_body_replies_beside_its_figure_and_cannot_change_it(
    portal: Portal, desks: dict[str, PageClient]
) -> None:
    given = {"figure": str(KEY), "text": "Two offices were <b>merged</b> that year.", "signed_by": "body"}
    assert submit(desks["writer"], "/desk/replies", **given).status_code == 303
    assert "Two offices were" in desks["signer"].get("/desk/replies").text
    assert "Two offices were" not in desks["other"].get("/desk/replies").text
    assert "Two offices were" not in desks["publisher"].get("/desk/replies").text
    assert "merged" not in public(portal).get(FIGURE).text
    decide(desks["signer"], "/desk/replies")
    page = public(portal).get(FIGURE).text
    assert "Two offices were &lt;b&gt;merged" in page
    assert "signed by a second person of the body" in page
    (reply,) = json.loads(public(portal).get(f"{FIGURE}.json").text)["replies"]
    assert (reply["period"], reply["signed_by"], reply["about_edition"]) == ("2022", "body", 1)
    with portal.database.read() as session:
        figure = queries.get_figure(session, KEY, edition=queries.current_edition(session).n)
    assert len(figure.versions) == 1
    submit(desks["writer"], "/desk/replies", **{**given, "text": "Three were.", "signed_by": "office"})
    decide(desks["publisher"], "/desk/replies")
    page = public(portal).get(FIGURE).text
    assert "Three were." in page
    assert "Earlier:" in page
    assert "the office checked its form only" in page
    submit(desks["writer"], "/desk/replies", **{**given, "text": ""})
    decide(desks["signer"], "/desk/replies")
    assert "It took its reply back." in public(portal).get(FIGURE).text


def test_only_people_of_the_body_reply(desks: dict[str, PageClient]) -> None:
    given = {"figure": str(KEY), "text": "Ours!", "signed_by": "body"}
    refused = submit(desks["other"], "/desk/replies", **given)
    assert refused.status_code == 422
    assert "Only people of the body reply to its figures." in refused.text
    assert "Ours!" in refused.text
    assert desks["registrar"].post("/desk/replies", data=given).status_code == 403


def test_a_declined_reply_leaves_no_words_behind(portal: Portal, desks: dict[str, PageClient]) -> None:
    submit(desks["writer"], "/desk/replies", figure=str(KEY), text="Nonsense.", signed_by="body")
    decide(desks["signer"], "/desk/replies", act="decline")
    with portal.database.read() as session:
        assert session.scalar(select(SaltedText.digest).where(SaltedText.text == "Nonsense.")) is None


def test_nothing_of_withdrawn_words_stays_in_any_table(
    portal: Portal, people: dict[str, Someone], desks: dict[str, PageClient]
) -> None:
    words = 'Counted again by "Wang" – 王.'
    with portal.database.write() as session:
        proposal = propose_correction(
            session,
            figure=KEY,
            cause=Cause.SOURCE_CORRECTION,
            new_actual="8.7",
            note=words,
            reason=words,
            actor=people["registrar"].actor,
            now=portal.clock.now(),
        )
    with portal.database.write() as session:
        approve_correction(
            session, proposal_id=proposal.id, actor=people["publisher"].actor, now=portal.clock.now()
        )
    append_waiting(portal)
    digest = digest_of(portal, words)
    assert tables_holding(portal, words) == {"proposal", "salted_text"}
    given = {"digest": digest, "ground": "personal-data", "reason": "It names a person."}
    assert submit(desks["registrar"], "/desk/withdrawals", **given).status_code == 303
    decide(desks["publisher"], "/desk/withdrawals")
    append_waiting(portal)
    assert tables_holding(portal, words) == set()


def digest_of(portal: Portal, words: str) -> str:
    with portal.database.read() as session:
        return session.scalars(select(SaltedText.digest).where(SaltedText.text == words)).one()


def tables_holding(portal: Portal, words: str) -> set[str]:
    """The tables of which any cell holds the words, as they are or as JSON writes them."""
    found = set()
    with portal.database.read() as session:
        for table in metadata.tables.values():
            rows = session.execute(text(f'SELECT * FROM "{table.name}"'))
            cells = {str(cell) for row in rows for cell in row}
            if any(words in cell or written(words)[1:-1] in cell for cell in cells):
                found.add(table.name)
    return found


def test_words_are_withdrawn_by_two_on_a_legal_ground(portal: Portal, desks: dict[str, PageClient]) -> None:
    with portal.database.read() as session:
        digest = session.scalar(select(SaltedText.digest).where(SaltedText.text == "Counted by hand."))
    assert digest is not None
    assert "Counted by hand." in public(portal).get(FIGURE).text
    address = f"https://portal.test/log/texts/{digest}"
    assert submit(desks["registrar"], "/desk/withdrawals", digest=address, ground="").status_code == 422
    given = {"digest": address, "ground": "personal-data", "reason": "It names a clerk."}
    assert submit(desks["registrar"], "/desk/withdrawals", **given).status_code == 303
    assert "Counted by hand." in desks["publisher"].get("/desk/withdrawals").text
    assert "Counted by hand." in public(portal).get(FIGURE).text
    decide(desks["publisher"], "/desk/withdrawals")
    reader = public(portal)
    n = reader.get("/verify.json").get_json()["size"]
    assert f"Note withdrawn by act {n}" in reader.get(FIGURE).text
    assert reader.get(f"/log/texts/{digest}").status_code == 410
    assert "Counted by hand." not in desks["publisher"].get("/desk/withdrawals").text
    again = submit(desks["registrar"], "/desk/withdrawals", **given)
    assert again.status_code == 422
    assert f"withdrawn already by act {n}" in again.text
    unknown = submit(desks["registrar"], "/desk/withdrawals", **{**given, "digest": "0" * 64})
    assert "No published text has this digest." in unknown.text


ENTRY = {
    "name_en": "Average days to first review",
    "definition_en": "From filing to the first letter.",
    "unit_en": "working days",
    "direction": "down",
    "weight": "20",
    "cause": "method-change",
    "reason": "The law counts working days since 2026.",
}


def test_a_changed_definition_is_published_with_its_cause_by_two(
    portal: Portal, desks: dict[str, PageClient]
) -> None:
    made = submit(desks["registrar"], "/desk/register/indicators/review-days", **ENTRY)
    assert made.status_code == 303, made.text
    assert "From filing to the first letter." in desks["publisher"].get("/desk/register").text
    decide(desks["publisher"], "/desk/register")
    reader = public(portal)
    page = reader.get("/corrections").text
    for words in ("From filing to the first letter.", "working days", "The law counts working days", "20%"):
        assert words in page
    assert "From filing to the first letter." in reader.get("/indicators/review-days").text
    publish(portal, figures_csv(line("2023", unit="working days")), "later")
    (found,) = {one["period"] for one in reader.get(f"{FIGURE}.json").get_json()["breaks"]}
    assert found == "2023"


@pytest.mark.parametrize("missing", ["cause", "reason"])
def test_no_definition_changes_without_cause_and_reason(desks: dict[str, PageClient], missing: str) -> None:
    answer = submit(desks["registrar"], "/desk/register/indicators/review-days", **{**ENTRY, missing: ""})
    assert answer.status_code == 422
    assert "From filing to the first letter." in answer.text


def test_figures_of_a_changed_meaning_wait_for_its_publication(
    portal: Portal, people: dict[str, Someone], desks: dict[str, PageClient]
) -> None:
    with portal.database.write() as session:
        changed = replace(get_indicator(session, "review-days"), definition={"en": "Something else."})
        upsert_indicator(session, changed, actor=people["registrar"].actor, now=portal.clock.now())
    with pytest.raises(ImportRefused):
        plan(portal, figures_csv(line("2023")), "later")
    assert "Something else." in desks["registrar"].get("/desk/register").text
