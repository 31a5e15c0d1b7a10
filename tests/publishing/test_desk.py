"""The publishing desk: from an uploaded file to a publication by a second person, and corrections."""

import io
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.services import append_waiting
from portal.publishing.values import FigureKey, ReleaseState
from tests.conftest import new_client
from tests.factories.accounts import Someone, person, sign_in
from tests.factories.releases import figures_csv, line, publish
from tests.pages import PageClient

KEY = FigureKey("riverside", "review-days", "2022")


@pytest.fixture
def registrar(portal: Portal) -> Someone:
    return person(portal, roles=["registrar"], name="Rita Registrar")


@pytest.fixture
def publisher(portal: Portal) -> Someone:
    return person(portal, roles=["publisher"], name="Paul Publisher")


@pytest.fixture
def at_desk(portal: Portal) -> Any:
    def open_desk(someone: Someone) -> PageClient:
        client = new_client(portal)
        sign_in(client, someone)
        return client

    return open_desk


def submit(client: PageClient, path: str, **fields: Any) -> TestResponse:
    """Open the form at `path` and send it filled in, as a browser would."""
    page = client.get(path).get_data(as_text=True)
    token = re.search(r'name="form_token"[^>]*value="([^"]+)"', page)
    assert token, page
    return client.post(path, data={"form_token": token[1], **fields}, content_type="multipart/form-data")


def upload(client: PageClient, text: str, **fields: Any) -> TestResponse:
    given = {
        "file": (text.encode(), "figures.csv"),
        "slug": "review-2022",
        "title_en": "Review times 2022",
        "source": "Invented",
        "licence": "CC BY 4.0",
    } | fields
    files = {name: (io.BytesIO(value[0]), value[1]) for name, value in given.items() if isinstance(value, tuple)}
    sent = submit(client, "/desk/releases/new", **{**given, **files})
    if sent.status_code != 303 or "cannot be imported" in client.get(sent.location).get_data(as_text=True):
        return client.get(sent.location) if sent.status_code == 303 else sent
    return submit(client, sent.location, act="confirm", reason="Looked at.")


def test_a_file_is_uploaded_by_one_and_published_by_another(
    portal: Portal, registrar: Someone, publisher: Someone, at_desk: Any
) -> None:
    rita, paul = at_desk(registrar), at_desk(publisher)
    made = upload(rita, figures_csv(line("2021"), line()))
    assert (made.status_code, made.location) == (303, "/desk/releases/review-2022")
    preview = rita.get("/desk/releases/review-2022").get_data(as_text=True)
    assert "Put forward" in preview
    assert "8.5" in preview
    submit(rita, "/desk/releases/review-2022", act="prepare", reason="Checked against the ledger.")
    own = rita.get("/desk/releases/review-2022").get_data(as_text=True)
    assert "Take it back" in own
    assert 'value="publish"' not in own
    waiting = paul.get("/desk/releases/review-2022").get_data(as_text=True)
    assert "Rita Registrar" in waiting
    assert "Checked against the ledger." in waiting
    assert submit(paul, "/desk/releases/review-2022", act="publish").status_code == 303
    append_waiting(portal)
    with portal.database.read() as session:
        assert str(queries.get_figure(session, KEY, edition=1).actual) == "8.5"
    assert "Published" in paul.get("/desk/releases").get_data(as_text=True)


def test_whoever_put_it_forward_cannot_publish_it_by_hand_either(portal: Portal, at_desk: Any) -> None:
    both = at_desk(person(portal, roles=["registrar", "publisher"]))
    upload(both, figures_csv(line()))
    submit(both, "/desk/releases/review-2022", act="prepare")
    assert submit(both, "/desk/releases/review-2022", act="publish").status_code in {403, 409}
    with portal.database.read() as session:
        assert queries.list_drafts(session)[0].state is ReleaseState.PROPOSED


def test_faults_are_listed_with_their_place_and_nothing_typed_is_lost(
    portal: Portal, registrar: Someone, at_desk: Any
) -> None:
    rita = at_desk(registrar)
    page = upload(rita, figures_csv(line("2021", actual="many"), line(period="soon"))).get_data(as_text=True)
    assert "Nothing was imported" in page
    for text in ("many", "a number", "soon"):
        assert text in page
    assert "figures.csv" in rita.get("/desk/releases").get_data(as_text=True)
    with portal.database.read() as session:
        assert queries.list_drafts(session) == ()


WRONG_UPLOADS: list[tuple[dict[str, Any], str]] = [
    ({"slug": ""}, "Enter a code for the release."),
    ({"slug": "a/b"}, "Use letters A to Z"),
    ({"source": ""}, "Say where the figures come from."),
    ({"licence": ""}, "under which licence"),
    ({"title_en": ""}, "Enter a name for the release"),
    ({"file": (b"", "")}, "Choose the file of figures."),
    ({"own_mapping": (b"[nothing", "mine.toml")}, "mine.toml is not TOML"),
]


def test_what_is_missing_is_said_beside_its_field(portal: Portal, registrar: Someone, at_desk: Any) -> None:
    rita = at_desk(registrar)
    for fields, said in WRONG_UPLOADS:
        answer = upload(rita, figures_csv(line()), **fields)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)


def test_a_code_in_use_and_a_file_without_news_are_refused(
    portal: Portal, registrar: Someone, at_desk: Any
) -> None:
    publish(portal, figures_csv(line()))
    rita = at_desk(registrar)
    assert "already a release" in upload(rita, figures_csv(line("2021"))).get_data(as_text=True)
    again = upload(rita, figures_csv(line()), slug="again")
    assert "published already" in again.get_data(as_text=True)


def test_an_uploaded_mapping_is_used(portal: Portal, registrar: Someone, at_desk: Any) -> None:
    mapping = b"""
[columns]
body_code = "who"
indicator_code = "what"
[constants]
body_name = "Riverside"
indicator_name = "Days"
direction = "down"
[[melt]]
columns = ["2021", "2022"]
"""
    rita = at_desk(registrar)
    own = (mapping, "mine.toml")
    made = upload(rita, "who,what,2021,2022\nriverside,review-days,7.9,8.5\n", own_mapping=own)
    assert made.status_code == 303
    with portal.database.read() as session:
        assert queries.list_drafts(session)[0].counts["added"] == 2


def test_a_draft_is_discarded_at_the_desk(portal: Portal, registrar: Someone, at_desk: Any) -> None:
    rita = at_desk(registrar)
    upload(rita, figures_csv(line()))
    assert submit(rita, "/desk/releases/review-2022", act="discard").location == "/desk/releases"
    assert rita.get("/desk/releases/review-2022").status_code == 404


def test_a_correction_is_put_forward_by_one_and_approved_by_another(
    portal: Portal, registrar: Someone, publisher: Someone, at_desk: Any
) -> None:
    publish(portal, figures_csv(line()))
    rita, paul = at_desk(registrar), at_desk(publisher)
    path = f"/desk/corrections/new?figure={KEY}"
    assert "8.5" in rita.get(path).get_data(as_text=True)
    sent = submit(
        rita,
        "/desk/corrections/new",
        figure=str(KEY),
        new_actual="11.2",
        cause="source-correction",
        note="Recounted <b>twice</b>.",
    )
    assert sent.status_code == 303
    assert "11.2" in rita.get("/desk/corrections").get_data(as_text=True)
    shown = paul.get(sent.location).get_data(as_text=True)
    assert "Recounted &lt;b&gt;twice&lt;/b&gt;." in shown
    assert submit(paul, sent.location, act="approve").status_code == 303
    append_waiting(portal)
    with portal.database.read() as session:
        assert str(queries.get_figure(session, KEY, edition=2).actual) == "11.2"


WRONG_CORRECTIONS = [
    ({"figure": "nothing"}, "There is no such figure."),
    ({"figure": ""}, "Enter the figure"),
    ({"new_actual": "=1+1"}, "Enter a number such as 12 or 8.5."),
    ({"new_actual": "8.50"}, "Enter a value other than the published one"),
    ({"cause": ""}, "Choose why the value changes."),
    ({"cause": "upheld-report"}, "Choose one of the answers listed."),
]


def test_a_wrong_correction_says_what_to_mend(portal: Portal, registrar: Someone, at_desk: Any) -> None:
    publish(portal, figures_csv(line()))
    rita = at_desk(registrar)
    for fields, said in WRONG_CORRECTIONS:
        given = {"figure": str(KEY), "new_actual": "11.2", "cause": "source-correction"} | fields
        answer = submit(rita, "/desk/corrections/new", **given)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)


def test_a_second_correction_of_the_same_figure_waits(portal: Portal, registrar: Someone, at_desk: Any) -> None:
    publish(portal, figures_csv(line()))
    rita = at_desk(registrar)
    given = {"figure": str(KEY), "new_actual": "11.2", "cause": "method-change"}
    assert submit(rita, "/desk/corrections/new", **given).status_code == 303
    second = submit(rita, "/desk/corrections/new", **given)
    assert second.status_code == 422
    assert "Another correction of this figure is waiting" in second.get_data(as_text=True)


def test_nobody_else_enters(portal: Portal, at_desk: Any) -> None:
    moderator = at_desk(person(portal, roles=["moderator"]))
    for path in ("releases", "releases/new", "corrections", "corrections/new"):
        assert moderator.get(f"/desk/{path}").status_code == 403


def test_a_proposal_of_another_kind_is_no_correction(
    portal: Portal, registrar: Someone, publisher: Someone, at_desk: Any
) -> None:
    rita = at_desk(registrar)
    upload(rita, figures_csv(line()))
    submit(rita, "/desk/releases/review-2022", act="prepare")
    with portal.database.read() as session:
        proposal = queries.list_drafts(session)[0].proposal_id
    assert at_desk(publisher).get(f"/desk/corrections/{proposal}").status_code == 404


def test_every_page_of_the_desk_reads_in_chinese_too(portal: Portal, registrar: Someone, at_desk: Any) -> None:
    rita = at_desk(registrar)
    upload(rita, figures_csv(line()))
    for path in ("releases", "releases/new", "releases/review-2022", "corrections", "corrections/new"):
        assert rita.get(f"/zh-Hans/desk/{path}").status_code == 200
