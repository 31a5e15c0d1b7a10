"""If these failed, a moderator could not do the work, or somebody else could."""

import pytest

from portal.foundation.context import Portal
from portal.publishing.services import append_waiting
from portal.ratings import jobs, queries
from portal.ratings.values import Comment, CommentState
from tests.conftest import Beginning
from tests.factories.accounts import person, sign_in
from tests.factories.ratings import fold, hidden_fields, leave_marks, publish_services, rate
from tests.pages import PageClient

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)>"


def with_comments(portal: Portal) -> None:
    publish_services(portal, "permits")
    leave_marks(portal, "permits", [1] * 10, comments=[HOSTILE])
    fold(portal)


@pytest.fixture
def beginning() -> Beginning:
    return with_comments


@pytest.fixture
def moderator(portal: Portal, client: PageClient) -> PageClient:
    sign_in(client, person(portal, roles=["moderator"]))
    return client


def found(portal: Portal, state: CommentState) -> list[Comment]:
    with portal.database.read() as session:
        return list(queries.list_comments(session, state=state).items)


def test_a_comment_is_read_and_approved(moderator: PageClient, portal: Portal) -> None:
    (comment,) = found(portal, CommentState.WAITING)
    listed = moderator.get("/desk/comments").text
    assert f"/desk/comments/{comment.id}" in listed
    page = moderator.get(f"/desk/comments/{comment.id}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "Very dissatisfied" in page
    done = decide(moderator, comment, decision="approve", reason="")
    assert (done.status_code, done.location) == (303, "/desk/comments")
    assert [each.id for each in found(portal, CommentState.APPROVED)] == [comment.id]
    assert "No comment here" in moderator.get("/desk/comments").text
    assert comment.id in moderator.get("/desk/comments?state=approved").text


def decide(client: PageClient, comment: Comment, **fields: str):  # type: ignore[no-untyped-def]
    address = f"/desk/comments/{comment.id}"
    return client.post(address, data=hidden_fields(client.get(address).text) | fields)


def test_hiding_needs_a_reason(moderator: PageClient, portal: Portal) -> None:
    (comment,) = found(portal, CommentState.WAITING)
    assert decide(moderator, comment).status_code == 422
    refused = decide(moderator, comment, decision="hide", reason="")
    assert refused.status_code == 422
    assert "Choose why the comment is hidden." in refused.text
    assert decide(moderator, comment, decision="hide", reason="nonsense").status_code == 422
    assert decide(moderator, comment, decision="hide", reason="abuse").status_code == 303
    assert [each.reason for each in found(portal, CommentState.HIDDEN)] == ["abuse"]


def test_a_second_decision_is_a_conflict(moderator: PageClient, portal: Portal) -> None:
    (comment,) = found(portal, CommentState.WAITING)
    address = f"/desk/comments/{comment.id}"
    fields = hidden_fields(moderator.get(address).text)
    assert moderator.post(address, data=fields | {"decision": "hide", "reason": "abuse"}).status_code == 303
    assert moderator.post(address, data=fields | {"decision": "approve", "reason": ""}).status_code == 409
    assert found(portal, CommentState.APPROVED) == []


def test_nobody_else_reads_comments(client: PageClient, portal: Portal) -> None:
    (comment,) = found(portal, CommentState.WAITING)
    for address in ("/desk/comments", f"/desk/comments/{comment.id}"):
        assert client.get(address).status_code == 303  # to the sign-in page
    sign_in(client, person(portal, roles=["administrator"]))
    for address in ("/desk/comments", f"/desk/comments/{comment.id}"):
        assert client.get(address).status_code == 403


def test_an_unknown_comment_is_not_found(moderator: PageClient) -> None:
    for address in ("/desk/comments/nothing", "/desk/comments/%00", "/desk/comments/" + "a" * 3000):
        assert moderator.get(address).status_code == 404


def test_an_approved_comment_appears_on_the_service_page_harmless(moderator: PageClient, portal: Portal) -> None:
    (comment,) = found(portal, CommentState.WAITING)
    decide(moderator, comment, decision="approve", reason="")
    assert "alert(1)" not in moderator.get("/services/permits").text
    portal.clock.at = portal.clock.at.replace(month=3)  # type: ignore[attr-defined]
    jobs.run_publish(portal)
    append_waiting(portal)
    page = moderator.get("/services/permits").text
    assert "&lt;script&gt;alert(1)" in page
    shown = moderator.get("/services/permits.json").get_json()
    assert [each["text"] for each in shown["comments"]] == [HOSTILE]
    assert set(shown["comments"][0]) == {"period", "text", "withdrawn_in", "edition"}


def test_what_is_typed_by_raters_reaches_the_desk_as_typed(client: PageClient, portal: Portal) -> None:
    saved = rate(client, "/rate/permits", level="2")
    rate(client, saved.location, words="第一行\r\n第二行 & <b>")  # type: ignore[attr-defined]
    fold(portal)
    assert "第一行\n第二行 & <b>" in {each.text for each in found(portal, CommentState.WAITING)}
