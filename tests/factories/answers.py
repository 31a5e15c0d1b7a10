"""Low ratings whose givers want an answer, as far along as a test needs them."""

from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.ratings import queries, services
from portal.ratings.answers import Step
from portal.ratings.details import Details, Reason
from portal.ratings.rules.answering import Terms
from portal.ratings.services.marks import comment_key
from portal.ratings.values import CommentState, Level, month_of
from tests.factories.accounts import Someone
from tests.factories.ratings import MODERATOR


def want_answer(
    portal: Portal, service: str, *, text: str | None = None, level: Level = Level.DISSATISFIED
) -> str:
    """Add to a low mark, as the form would; return the code for the answer."""
    submission, now = new_id(), portal.clock.now()
    code = services.follow_up_code(portal.keys, submission)
    with portal.database.write() as session:
        services.add_to_mark(
            session,
            key=comment_key(portal.keys, submission),
            mark=services.Mark(service, level),
            period=month_of(now),
            text=text,
            details=Details(reasons=frozenset({Reason.WAITING})),
            follow_up=services.follow_up_key(portal.keys, code),
        )
    return code


def approve_all(portal: Portal) -> None:
    """A moderator lets every comment through that waits."""
    with portal.database.write() as session:
        for one in queries.list_comments(session, state=CommentState.WAITING, size=100).items:
            services.approve_comment(session, comment_id=one.id, actor=MODERATOR, now=portal.clock.now())


def hand_over(portal: Portal) -> int:
    with portal.database.write() as session:
        return services.hand_over(session, terms=Terms.of(portal.settings), now=portal.clock.now())


def look_after(portal: Portal) -> None:
    with portal.database.write() as session:
        services.look_after_answers(session, terms=Terms.of(portal.settings), now=portal.clock.now())


def reply(portal: Portal, answer_id: str, step: Step, *, by: Someone, moderator: Someone) -> None:
    """The body says something, and a moderator lets it through."""
    now = portal.clock.now()
    with portal.database.write() as session:
        waiting = services.propose_reply(
            session, answer_id=answer_id, step=step, words=f"We {step}.", actor=by.actor, now=now
        )
    with portal.database.write() as session:
        services.let_through(
            session,
            proposal_id=waiting.id,
            terms=Terms.of(portal.settings),
            actor=moderator.actor,
            now=now,
        )


def say(portal: Portal, code: str, *, settled: bool) -> None:
    """What the holder of the code says of "fixed"."""
    with portal.database.write() as session:
        services.give_word(session, key=services.follow_up_key(portal.keys, code) or b"", settled=settled)
