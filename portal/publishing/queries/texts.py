"""Texts by people that published statements cite."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.publishing.models import Act, ActText, SaltedText
from portal.publishing.values import Text


def texts_cited(session: Session, digests: Iterable[str], *, edition: int) -> dict[str, Text]:
    """The texts with these digests that an act up to `edition` cites, by digest.

    A withdrawn text is withdrawn from older editions too: it comes without words.
    """
    wanted = sorted(set(digests))
    if not wanted:
        return {}
    rows = session.execute(
        select(SaltedText.digest, SaltedText.text, SaltedText.withdrawn_in)
        .join(ActText, ActText.digest == SaltedText.digest)
        .join(Act, Act.id == ActText.act_id)
        .where(SaltedText.digest.in_(wanted), Act.edition <= edition)
    )
    return {digest: Text(digest, text, withdrawn_in) for digest, text, withdrawn_in in rows}
