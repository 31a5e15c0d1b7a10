"""What bodies said beside their figures."""

from sqlalchemy.orm import Session

from portal.publishing.queries.texts import texts_cited
from portal.publishing.queries.visible import all_below
from portal.publishing.readings import Reply
from portal.publishing.values import FigureKey


def replies_to(session: Session, body: str, indicator: str, *, edition: int) -> tuple[Reply, ...]:
    """Every version of every reply to a body's figures of an indicator, the latest first."""
    found = all_below(session, "reply", f"{body}/{indicator}", edition)
    digests = [text["digest"] for one in found if (text := one.content["text"])]
    texts = texts_cited(session, digests, edition=edition)
    return tuple(
        Reply(
            key=FigureKey.parse(one.key),
            text=texts[text["digest"]] if (text := one.content["text"]) else None,
            about=one.content["edition"],
            by_body=one.content["signed"] == "body",
            edition=one.edition,
            at=one.at,
        )
        for one in found
    )
