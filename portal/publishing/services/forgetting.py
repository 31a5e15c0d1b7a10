"""What else is left of withdrawn words: copies in proposals, requests and hand-ins, which go with them.

Rooms above that keep copies of what they had published name, with `also_forget`, what takes those out.
"""

from collections.abc import Callable

from sqlalchemy import Text, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.duties.services import forget_words
from portal.foundation.json_words import without, written
from portal.publishing.models import SaltedText
from portal.publishing.models.asking import FigureRequest
from portal.publishing.models.collection import CollectedValue, HandedValue

Forget = Callable[[Session, str], None]
_FORGETTING: list[Forget] = []


def also_forget(forget: Forget) -> Forget:
    """Have `forget` called, in the transaction of a withdrawal, with the words withdrawn."""
    _FORGETTING.append(forget)
    return forget


def forget_copies(session: Session, *, digest: str) -> None:
    """Take the words of a published text out of everything the desk keeps beside it.

    Its own row is emptied when the act of the withdrawal is appended. The salted commitments of values that
    were handed in stay: they hold numbers, and digests of notes.
    """
    words = session.scalar(select(SaltedText.text).where(SaltedText.digest == digest))
    if not words:
        return
    forget_words(session, words=words)
    session.execute(update(FigureRequest).where(FigureRequest.text_digest == digest).values(text=""))
    session.execute(update(HandedValue).where(HandedValue.note == words).values(note=None))
    for column in (FigureRequest.drafted, CollectedValue.entry, CollectedValue.settled):
        _forget_in(session, column, words)
    for forget in _FORGETTING:
        forget(session, words)
    session.flush()


def _forget_in(session: Session, column: InstrumentedAttribute[object], words: str) -> None:
    holding = type_coerce(column, Text).contains(written(words)[1:-1], autoescape=True)
    for row in session.scalars(select(column.class_).where(holding)):
        setattr(row, column.key, without(getattr(row, column.key), words))
