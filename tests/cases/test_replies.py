"""The texts the office keeps: they begin a message in its own language, and are never sent by themselves."""

import re

import pytest

from portal.cases.errors import NoSuchReply
from portal.cases.models import Item
from portal.cases.replies import filled, open_places, unknown_places
from portal.cases.services import replies
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from tests.factories.accounts import Someone, person
from tests.factories.cases import Office, answer, desk_of, filed_report, problems, send


def kept(portal: Portal, someone: Someone, text: str, *, language: str = "en", title: str = "First word") -> str:
    with portal.database.write() as session:
        given = {"language": language, "title": title, "text": text}
        return replies.keep_reply(session, reply_id=None, actor=someone.actor, now=portal.clock.now(), **given)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("About {body}, {period}.", "About Parks, 2022."),
        ("{indicator}", "{indicator}"),
        ("{ body} {} {{body}}", "{ body} {} {Parks}"),
        ("no places", "no places"),
    ],
)
def test_places_are_filled_with_what_is_known(text: str, expected: str) -> None:
    assert filled(text, {"body": "Parks", "period": "2022", "indicator": ""}) == expected


def test_a_message_with_open_places_and_a_text_with_unknown_ones_are_told_apart() -> None:
    assert open_places("Dear {name}, {body} and {period}") == ("body", "period")
    assert unknown_places("Dear {name}, {body}") == ("name",)


def test_message_begins_with_a_text_of_the_office_in_its_own_language(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    english = kept(portal, office.decider, "We read what you wrote on {received} about {period}.")
    chinese = kept(portal, office.decider, "您于{received}提交的举报已收到，{period}。", language="zh_Hans")
    ada = desk_of(portal, office.officer)
    for reply_id, words in (
        (english, "on 9 February 2026 about 2022."),
        (chinese, "您于2026年2月9日提交的举报已收到，2022。"),
    ):
        page = ada.get(f"{report.address}/message?reply={reply_id}").get_data(as_text=True)
        assert words in page
    listed = re.findall(r'<option value="([0-9a-z]{26})"', page)

    assert listed == [english, chinese], "texts in the language of the report come first"
    with portal.database.read() as session:
        assert session.query(Item).filter(Item.kind == "to-reporter").count() == 0


def test_a_place_left_open_keeps_the_message_back(portal: Portal, office: Office) -> None:
    report = filed_report(portal, subject={"body": "DPR"})
    reply_id = kept(portal, office.decider, "About {indicator}: thank you.")
    ada = desk_of(portal, office.officer)
    address = f"{report.address}/message"
    page = ada.get(f"{address}?reply={reply_id}")
    assert "About {indicator}: thank you." in page.get_data(as_text=True)
    refused = send(ada, address, page, text="About {indicator}: thank you.")

    assert refused.status_code == 422 and "{indicator}" not in "".join(problems(refused))
    assert "indicator" in "".join(problems(refused))
    assert send(ada, address, page, text="Thank you.").status_code == 303


def test_only_who_keeps_the_texts_changes_them_and_everybody_reads_them(portal: Portal, office: Office) -> None:
    ben, ada = desk_of(portal, office.decider), desk_of(portal, office.officer)
    answer(ben, "/desk/cases/replies/new", language="en", title="Thanks", text="Thank you.")
    refused = answer(ben, "/desk/cases/replies/new", expect=422, language="en", title="Name", text="Dear {name}")

    assert "name" in "".join(problems(refused))
    assert "Thank you." in ada.get("/desk/cases/replies").get_data(as_text=True)
    assert ada.get("/desk/cases/replies/new").status_code == 403
    with pytest.raises(Forbidden):
        kept(portal, office.officer, "mine")


def test_text_of_the_same_title_is_replaced_and_can_be_dropped(portal: Portal, office: Office) -> None:
    keeper = person(portal, roles=["case-decider"], name="Kit Keeper")
    first = kept(portal, keeper, "old")
    assert kept(portal, keeper, "new") == first
    with portal.database.write() as session:
        (one,) = replies.list_replies(session)
        assert (one.text, one.changed_by) == ("new", keeper.id)
        replies.drop_reply(session, reply_id=first, actor=keeper.actor, now=portal.clock.now())
        with pytest.raises(NoSuchReply):
            replies.get_reply(session, first)
