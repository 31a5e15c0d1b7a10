"""Texts by people: kept beside the log, cited in it by salted digest."""

from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.foundation.ids import random_bytes
from portal.publishing.errors import BadStatement
from portal.publishing.log.digests import SALT_BYTES, salted_digest
from portal.publishing.models import SaltedText


def salt_text(session: Session, text: str) -> str:
    """Store a text under a fresh salt and return its digest, for `values.cite`.

    It becomes public with the first appended act that cites it. The same text gets another digest each
    time, so that equal texts cannot be recognised. Raises BadStatement for a text no database can keep.
    """
    salt = random_bytes(SALT_BYTES)
    try:
        digest = salted_digest(salt, text)
    except UnicodeEncodeError:
        raise BadStatement(N_("The text holds half a character.")) from None
    if "\x00" in text:
        raise BadStatement(N_("The text holds a character that cannot be kept."))
    session.add(SaltedText(digest=digest, salt=salt, text=text))
    session.flush()
    return digest
