"""If these failed, words nobody read could appear, or a decision would leave no trace of who took it."""

import pytest
from sqlalchemy import event, select

from portal.audit.models import AuditEntry
from portal.duties.models import DutyRow
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from portal.publishing import queries as published
from portal.publishing.models import SaltedText
from portal.publishing.services import append_waiting
from portal.publishing.services.forgetting import forget_copies
from portal.ratings import jobs, queries, services
from portal.ratings.errors import AlreadyDecided, NoSuchComment
from portal.ratings.models import CommentRow
from portal.ratings.values import Comment, CommentState, HideReason
from tests.conftest import Beginning
from tests.factories.ratings import MODERATOR, fold, leave_marks, with_permits
from tests.ratings.published import statements


@pytest.fixture
def beginning() -> Beginning:
    return with_permits


def waiting(portal: Portal) -> list[Comment]:
    with portal.database.read() as session:
        return list(queries.list_comments(session, state=CommentState.WAITING).items)


def approve(portal: Portal, comment: Comment, actor: Actor = MODERATOR) -> None:
    with portal.database.write() as session:
        services.approve_comment(session, comment_id=comment.id, actor=actor, now=portal.clock.now())


def hide(portal: Portal, comment: Comment, reason: HideReason = HideReason.ABUSE) -> None:
    with portal.database.write() as session:
        services.hide_comment(
            session, comment_id=comment.id, reason=reason, actor=MODERATOR, now=portal.clock.now()
        )


def next_month(portal: Portal) -> None:
    portal.clock.at = portal.clock.at.replace(month=portal.clock.at.month + 1)  # type: ignore[attr-defined]


def test_a_comment_waits_until_the_fold_and_then_for_a_moderator(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=["Quick and kind."])
    assert waiting(portal) == []
    fold(portal)
    (comment,) = waiting(portal)
    assert (comment.text, comment.service, comment.published) == ("Quick and kind.", "permits", False)


def test_moderators_have_one_duty_that_says_how_many_wait(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=["one", "two"])
    fold(portal)
    assert _duties(portal) == [{"count": 2}]
    hide(portal, waiting(portal)[0])
    assert _duties(portal) == [{"count": 1}]
    approve(portal, waiting(portal)[0])
    assert _duties(portal) == []


def _duties(portal: Portal) -> list[object]:
    with portal.database.read() as session:
        return [row.title_params for row in session.scalars(select(DutyRow))]


def test_only_moderators_decide(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=["words"])
    fold(portal)
    (comment,) = waiting(portal)
    with pytest.raises(Forbidden):
        approve(portal, comment, Actor("p1", "P", frozenset()))
    assert len(waiting(portal)) == 1


def test_a_comment_is_decided_once(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=["words"])
    fold(portal)
    (comment,) = waiting(portal)
    hide(portal, comment)
    with pytest.raises(AlreadyDecided):
        approve(portal, comment)
    with portal.database.write() as session, pytest.raises(NoSuchComment):
        services.approve_comment(session, comment_id="none", actor=MODERATOR, now=portal.clock.now())


def test_each_decision_is_in_the_audit_record_without_any_word(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=["secret words", "other words"])
    fold(portal)
    first, second = waiting(portal)
    hide(portal, first, HideReason.PERSONAL_DATA)
    approve(portal, second)
    with portal.database.read() as session:
        rows = [
            (row.actor_id, row.act, row.subject, row.details)
            for row in session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("ratings.")))
        ]
    assert sorted(rows, key=str) == sorted(
        [
            ("moderator1", "ratings.comment-hidden", first.id, {"reason": "personal-data"}),
            ("moderator1", "ratings.comment-approved", second.id, {}),
        ],
        key=str,
    )


def test_an_approved_comment_appears_with_its_month_and_nothing_else_of_its_rating(portal: Portal) -> None:
    leave_marks(portal, "permits", [1] * 10, comments=["Open earlier, please."])
    fold(portal)
    approve(portal, waiting(portal)[0])
    jobs.run_publish(portal)
    assert statements(portal, "comment") == []  # the month is not over
    next_month(portal)
    jobs.run_publish(portal)
    (comment,) = statements(portal, "comment")
    assert {**comment, "text": None} == {
        "t": "comment",
        "service": "permits",
        "body": "DPR",
        "period": "2026-02",
        "level": None,
        "text": None,
    }
    assert set(comment["text"]) == {"digest"}


def test_a_comment_approved_late_appears_once(portal: Portal) -> None:
    leave_marks(portal, "permits", [1] * 10, comments=["late"])
    fold(portal)
    next_month(portal)
    jobs.run_publish(portal)
    approve(portal, waiting(portal)[0])
    for handler in jobs.HANDLERS.values():
        handler(portal, {})
        handler(portal, {})
    jobs.run_publish(portal)
    assert len(statements(portal, "comment")) == 1


def test_hidden_and_unread_comments_never_appear_and_their_marks_stay_counted(portal: Portal) -> None:
    leave_marks(portal, "permits", [1] * 10, comments=["hidden", "unread"])
    fold(portal)
    hide(portal, next(comment for comment in waiting(portal) if comment.text == "hidden"))
    next_month(portal)
    jobs.run_publish(portal)
    assert statements(portal, "comment") == []
    assert statements(portal, "rating")[0]["n"] == "10"


def test_no_comment_appears_where_too_few_have_rated(portal: Portal) -> None:
    leave_marks(portal, "permits", [1] * 9, comments=["I am one of nine."])
    fold(portal)
    approve(portal, waiting(portal)[0])
    next_month(portal)
    jobs.run_publish(portal)
    assert statements(portal, "rating")[0]["suppressed"] is True
    assert statements(portal, "comment") == []


def test_numbers_and_flagged_names_are_not_in_what_is_published(portal: Portal) -> None:
    leave_marks(portal, "permits", [1] * 10, comments=["Mr Zhao, 13800138000, was kind."])
    fold(portal)
    (comment,) = waiting(portal)
    assert comment.flags == ("phone",)
    with portal.database.write() as session:
        services.approve_comment(
            session, comment_id=comment.id, names=["Zhao"], actor=MODERATOR, now=portal.clock.now()
        )
    next_month(portal)
    jobs.run_publish(portal)
    append_waiting(portal)
    with portal.database.read() as session:
        (shown,) = published.rater_comments(session, "permits", edition=published.current_edition(session).n)
    assert shown.text.text == "Mr ▮▮▮, ▮▮▮, was kind."


def test_words_that_were_withdrawn_are_gone_from_the_comment_too(portal: Portal) -> None:
    leave_marks(portal, "permits", [1] * 10, comments=["Call me on 13800138000", "Open earlier"])
    fold(portal)
    for comment in waiting(portal):
        approve(portal, comment)
    next_month(portal)
    jobs.run_publish(portal)
    append_waiting(portal)
    with portal.database.write() as session:
        masked = session.scalars(select(CommentRow.masked).where(CommentRow.masked.is_not(None))).one()
        forget_copies(session, digest=session.scalars(select(SaltedText.digest).filter_by(text=masked)).one())
    with portal.database.read() as session:
        kept = session.execute(select(CommentRow.text, CommentRow.masked)).all()
    assert sorted(map(tuple, kept), key=str) == [("", None), ("Open earlier", None)]


def test_one_decision_takes_the_very_same_words_with_it_and_no_others(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=["Very good", "Very good", "Very good!", "Very good"])
    fold(portal)
    first = next(comment for comment in waiting(portal) if comment.text == "Very good")
    with portal.database.write() as session:
        assert queries.count_alike(session, first.id) == 2
        decided = services.hide_comment(
            session,
            comment_id=first.id,
            reason=HideReason.NO_MEANING,
            with_alike=True,
            actor=MODERATOR,
            now=portal.clock.now(),
        )
        audited = session.scalars(
            select(AuditEntry.subject).where(AuditEntry.act == "ratings.comment-hidden")
        ).all()
    assert (decided, len(audited)) == (3, 3)
    assert [comment.text for comment in waiting(portal)] == ["Very good!"]


def test_the_queue_is_read_page_by_page_and_by_what_stands_out(portal: Portal) -> None:
    leave_marks(portal, "permits", [5], comments=[f"comment {n}" for n in range(5)] + ["Пишите на a@b.example"])
    fold(portal)

    def queue(after: str = "", **only: str) -> list[Comment]:
        chosen = queries.CommentFilter(**only)
        with portal.database.read() as session:
            state = CommentState.WAITING
            return list(queries.comment_queue(session, state=state, only=chosen, after=after, limit=4))

    first = queue()
    rest = queue(f"{first[-1].period}/{first[-1].id}")
    assert (len(first), len(rest), len({one.id for one in first + rest})) == (4, 2, 6)
    assert [one.flags for one in queue(flag="mail")] == [("mail", "other-script")]
    assert queue(service="parks") == queue(channel="paper") == []


def test_a_page_of_the_queue_walks_an_index_however_long_it_is(portal: Portal) -> None:
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        asked.append((statement, values))

    with portal.database.read() as session:
        event.listen(session.get_bind(), "before_cursor_execute", note)
        only = queries.CommentFilter(flag="mail")
        queries.comment_queue(session, state=CommentState.WAITING, only=only, after="2026-01/x")
        event.remove(session.get_bind(), "before_cursor_execute", note)
        (statement, values), connection = asked[-1], session.connection()
        if connection.dialect.name == "postgresql":  # of a table this small it would read all
            connection.exec_driver_sql("SET enable_seqscan = off")
        how = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = str(connection.exec_driver_sql(f"{how} {statement}", values).all())
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("RESET enable_seqscan")
    assert "ix_rating_comment_state_period_id" in plan
    assert "Sort" not in plan and "TEMP B-TREE" not in plan


def test_comments_that_are_nearly_the_same_are_pointed_out_while_they_wait(portal: Portal) -> None:
    praise = [f"窗口服务态度很好，办理只用了{n}分钟，非常满意" for n in range(10, 20)]
    leave_marks(
        portal, "permits", [5], comments=[*praise, "Call 13812345678: nobody at window three ever answers."]
    )
    fold(portal)
    assert jobs.run_likeness(portal) == 10
    first = waiting(portal)
    jobs.run_likeness(portal)  # the next night says no more
    assert waiting(portal) == first
    assert {one.flags for one in first if one.text in praise} == {("like-others",)}
    assert [one.flags for one in first if one.text not in praise] == [("phone",)]
    with portal.database.read() as session:
        only = queries.CommentFilter(flag="like-others")
        assert len(queries.comment_queue(session, state=CommentState.WAITING, only=only)) == 10
