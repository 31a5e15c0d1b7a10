"""The pages of evaluation: the public's, which say why a score moved, and the desk's."""

import re

import pytest
from flask.testing import FlaskClient

from portal.evaluation.queries import find_published
from portal.evaluation.values import Element, Group
from portal.foundation.context import Portal
from portal.publishing.queries import current_edition
from portal.publishing.services import append_waiting
from tests.conftest import Beginning, World
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import answer, desk_of, send
from tests.factories.evaluation import Setting, an_evaluation, appoint, propose, published_result

SHEET = "/desk/evaluation/2022/DPR"
PAGE = "/evaluations/2022/DPR"


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return an_evaluation if "setting" in request.fixturenames else None


@pytest.fixture
def setting(portal: Portal, world: World) -> Setting:
    return world.told_in(portal)


def read(client: FlaskClient, address: str, *, expect: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == expect, (address, response.status_code)
    return response.get_data(as_text=True)


def plain_words(page: str) -> str:
    """What a reader sees, without the tags."""
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_nothing_is_public_before_it_is_signed(setting: Setting, client: FlaskClient) -> None:
    assert "No result has been published yet." in read(client, "/evaluations")
    propose(setting)
    for address in (PAGE, PAGE + ".json", "/evaluations/2022", "/evaluations/2022.json"):
        read(client, address, expect=404)


def test_a_result_opens_into_its_evidence_in_both_languages(setting: Setting, client: FlaskClient) -> None:
    published_result(setting)
    page = read(client, PAGE)
    for words in (
        "Body DPR: Evaluation 2022",
        "Department performance",
        "Indicator clean-parks",
        "91.50%",
        "Ratings with a rating code",
        "50 ratings",
        "Ratings without a rating code",
        "30 ratings",
        "Self-evaluation",
        "As the records show.",
        "weight 70%",
        "Nothing was deducted.",
        "This is the first cycle published for this body",
    ):
        assert words in page, words
    assert "Olive Own" not in page, "who entered a mark is not published"
    assert "2022 年度评估" in read(client, "/zh-Hans" + PAGE)
    for address in ("/evaluations", "/evaluations/2022"):
        assert "Evaluation 2022" in read(client, address)
        assert "2022 年度评估" in read(client, "/zh-Hans" + address)


def test_public_pages_set_no_cookie_and_depend_on_no_reader(setting: Setting, client: FlaskClient) -> None:
    published_result(setting)
    signed_in = desk_of(setting.portal, setting.officer)
    for address in ("/evaluations", "/evaluations/2022", PAGE, PAGE + ".json"):
        reply, other = client.get(address), signed_in.get(address)
        assert "Set-Cookie" not in reply.headers
        assert reply.data == other.data


def test_the_json_sibling_holds_every_version_with_decimal_strings(setting: Setting, client: FlaskClient) -> None:
    published_result(setting)
    published.append(setting.portal, published.figure(actual="50", cause="source-correction", replaces=1))
    published_result(setting)
    found = client.get(PAGE + ".json").get_json()
    assert [one["replaces"] for one in found["versions"]] == [None, found["versions"][0]["edition"]]
    whole = found["versions"][0]["parts"][0]
    assert isinstance(found["versions"][0]["score"], str) and isinstance(whole["parts"][0]["weight"], str)
    assert client.get("/evaluations/2022.json").get_json()["results"][0]["body"] == "DPR"
    assert client.get("/evaluations.json").get_json()["cycles"][0]["code"] == "2022"


def test_the_page_says_why_a_score_moved(setting: Setting, client: FlaskClient) -> None:
    first = published_result(setting)
    corrected = published.append(
        setting.portal, published.figure(actual="50", cause="source-correction", replaces=1), kind="correction"
    )
    second = published_result(setting, reason="The source sent a better count.")
    page = read(client, PAGE)
    assert "Why the score changed from" in page
    assert "The source sent a better count." in page
    told = plain_words(page)
    for words in (
        "91.50%",
        "50%",
        f"edition {corrected}",
        f"edition {second} of 9 February 2026 replaced edition {first}.",
        "A figure was corrected",
    ):
        assert words in told, words


def test_bodies_are_listed_by_name_and_never_ranked(setting: Setting, client: FlaskClient) -> None:
    published_result(setting)
    with setting.portal.database.read() as session:
        result = find_published(session, "2022", "DPR", edition=current_edition(session).n)
    assert result is not None and result.score.value is not None
    page = read(client, "/evaluations/2022")
    assert "bodies are not ranked" in page
    assert str(result.score.value) not in page, "no scores of bodies beside each other"


def test_the_line_from_marks_to_publication_goes_through_the_desk(setting: Setting, client: FlaskClient) -> None:
    portal = setting.portal
    member = person(portal, roles=["evaluator"], name="Cora Committee")
    appoint(setting, member, Group.COMMITTEE)
    cora, eva, abe = (desk_of(portal, one) for one in (member, setting.officer, setting.approver))
    assert "to be entered" in read(cora, "/desk/evaluation")
    mark = "/desk/evaluation/2022/DPR/mark/department-performance/committee"
    answer(cora, mark, expect=422, value="101", reason="")
    answer(cora, mark, value="77.5", reason="The plan was kept.")
    page = read(eva, SHEET)
    assert "77.5" in page and "The plan was kept." in page and "Cora Committee" in page
    answer(eva, SHEET + "/propose", expect=422, reason="")
    answer(eva, SHEET + "/propose", reason="The yearly result.")
    assert "Sign and publish" not in read(eva, SHEET)
    assert "Take it back" in read(eva, SHEET)
    sent = send(abe, SHEET + "/sign", abe.get(SHEET), act="publish")
    assert sent.status_code == 303
    append_waiting(portal)
    assert "The plan was kept." in read(client, PAGE)


def test_the_proposer_cannot_sign_by_sending_the_form_by_hand(setting: Setting) -> None:
    propose(setting)
    eva = desk_of(setting.portal, setting.officer)
    assert send(eva, SHEET + "/sign", eva.get(SHEET), act="publish").status_code == 403
    assert send(eva, SHEET + "/sign", eva.get(SHEET), act="decline").status_code == 303
    assert "Propose this result" in read(eva, SHEET)


def test_a_cycle_is_opened_and_its_evaluators_named_on_the_desk(setting: Setting) -> None:
    eva = desk_of(setting.portal, setting.officer)
    fields = {
        "code": "2023",
        "name_en": "Evaluation 2023",
        "name_zh_hans": "2023 年度评估",
        "period": "2023",
        "ratings_from": "2023-01",
        "ratings_until": "2023-12",
        "bodies": ["DPR"],
    }
    answer(eva, "/desk/evaluation/open", expect=422, **fields | {"period": "soon", "ratings_until": "2022-01"})
    answer(eva, "/desk/evaluation/open", expect=422, **fields | {"code": "2022"})
    answer(eva, "/desk/evaluation/open", **fields)
    page = read(eva, "/desk/evaluation/2023")
    assert "Department performance" in page and "Open for marks" in page
    members = "/desk/evaluation/2023/members"
    answer(eva, members, expect=422, person=setting.own.id, group="self", body="")
    answer(eva, members, person=setting.own.id, group="self", body="DPR")
    assert "Olive Own" in read(eva, "/desk/evaluation/2023")
    left = {"person": setting.own.id, "group": "self", "body": "DPR"}
    page = eva.get("/desk/evaluation/2023")
    assert send(eva, "/desk/evaluation/2023/members/dismiss", page, **left).status_code == 303
    assert "Olive Own" not in read(eva, "/desk/evaluation/2023")
    assert "nothing for you to mark" in read(desk_of(setting.portal, setting.own), "/desk/evaluation")


def test_weights_are_proposed_and_approved_on_the_desk(setting: Setting) -> None:
    eva, abe = desk_of(setting.portal, setting.officer), desk_of(setting.portal, setting.approver)
    form = "/desk/evaluation/2022/weights"
    kept = {
        "element:department-performance": "100",
        "cell:department-performance:results": "90",
        "cell:department-performance:committee": "0",
        "cell:department-performance:service-objects": "0",
        "element:business-processing": "0",
        "element:organisational-ability": "0",
        "add_element": "department-performance",
        "add_group": "experts",
        "add_share": "10",
        "integrity_points": "8",
        "integrity_most": "20",
        "credit_points": "2",
        "fewest_marks": "30",
        "indicators:DPR": "clean-parks 70\nlate-permits 30\n",
        "reason": "As consulted.",
    }
    answer(eva, form, expect=422, **kept | {"element:department-performance": "many"})
    answer(eva, form, expect=422, **kept | {"indicators:DPR": "clean-parks"})
    answer(eva, form, expect=422, **kept | {"element:department-performance": "60"})
    answer(eva, form, **kept)
    page = abe.get("/desk/evaluation/2022")
    assert "As consulted." in page.get_data(as_text=True) and "clean-parks 70%" in page.get_data(as_text=True)
    sent = send(abe, "/desk/evaluation/2022/weights/sign", page, act="approve")
    assert sent.status_code == 303
    assert "Experts" in read(eva, "/desk/evaluation/2022")
    assert "before anything public spoke of it, earns 2 points, 8 at most." in read(eva, "/desk/evaluation/2022")
    assert "weight 70%" in read(eva, SHEET)


def test_an_evaluator_sees_their_own_marks_and_nothing_else(setting: Setting) -> None:
    own = desk_of(setting.portal, setting.own)
    page = read(own, "/desk/evaluation")
    assert "Self-evaluation" in page and "Higher government" not in page
    for address in ("/desk/evaluation/2022", SHEET, SHEET + "/propose", "/desk/evaluation/open"):
        read(own, address, expect=403)
    foreign = "/desk/evaluation/2022/DPR/mark/organisational-ability/higher-government"
    read(own, foreign, expect=404)


def test_no_desk_page_opens_for_strangers_or_other_roles(setting: Setting, client: FlaskClient) -> None:
    moderator: Someone = person(setting.portal, roles=["moderator"])
    stranger = desk_of(setting.portal, moderator)
    for address in ("/desk/evaluation", "/desk/evaluation/2022", SHEET):
        assert client.get(address).status_code == 303
        assert stranger.get(address).status_code == 403


def test_what_was_typed_is_not_lost_when_a_mark_is_refused(setting: Setting) -> None:
    own = desk_of(setting.portal, setting.own)
    address = "/desk/evaluation/2022/DPR/mark/organisational-ability/self"
    words = "<script>alert(1)</script> 好 “fine”"
    page = answer(own, address, expect=422, value="abc", reason=words).get_data(as_text=True)
    assert "abc" in page and "&lt;script&gt;alert(1)&lt;/script&gt; 好" in page and "<script>alert" not in page


def test_words_of_people_are_shown_as_text(setting: Setting, client: FlaskClient) -> None:
    published_result(setting, reason="<img src=x onerror=alert(1)> & more")
    published.append(setting.portal, published.figure(actual="50", cause="source-correction", replaces=1))
    published_result(setting, reason="<img src=x onerror=alert(2)>")
    page = read(client, PAGE)
    assert "<img src=x" not in page and "&lt;img src=x onerror=alert(2)&gt;" in page


def test_an_element_nobody_marked_says_so(setting: Setting, client: FlaskClient) -> None:
    published_result(setting)
    assert "Not scored: no mark entered" in read(client, PAGE)
    assert Element.DEPARTMENT_PERFORMANCE in read(client, PAGE + ".json")
