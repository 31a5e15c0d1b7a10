"""The one letter that staff get. It is the same for everybody and everything, so that it tells nothing."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from portal.accounts.values import Person
from portal.config import Settings
from portal.foundation.catalogues import translated
from portal.foundation.i18n import N_, URL_PREFIX

SUBJECT = N_("Something waits for you at the desk")
BODY = N_(
    "Something waits for you at the desk:\n"
    "\n"
    "{desk}\n"
    "\n"
    "This message is always the same and comes at fixed hours. What waits is shown at the desk alone.\n"
    "There you also choose the language of these messages, or none: {choice}\n"
)


def letter(person: Person, *, hour: datetime, settings: Settings) -> EmailMessage:
    """The letter to a person for a fixed hour. No name stands in it. Raises ValueError for what is no address.

    Its Message-ID is the same when it is sent twice, so that a mailbox can show it once.
    """
    language = person.mail or settings.mail_language
    site = settings.origin.rstrip("/") + (f"/{URL_PREFIX[language]}" if language in URL_PREFIX else "")
    made = EmailMessage(policy=SMTP)
    made["Subject"] = translated(SUBJECT, language)
    made["From"] = Address(addr_spec=settings.mail_from)
    made["To"] = Address(addr_spec=person.address)
    made["Date"] = hour
    mark = sha256(f"{person.id}|{hour.isoformat()}".encode()).hexdigest()[:32]
    made["Message-ID"] = f"<{mark}@{settings.mail_from.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(
        translated(BODY, language).format(desk=f"{site}/desk", choice=f"{site}/desk/mail"), cte="quoted-printable"
    )
    return made
