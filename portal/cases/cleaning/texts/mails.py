"""Mail: its subject and its words. Who sent it to whom, when and by which machines is in the original alone."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from portal.cases.cleaning.texts import pages

_MOST_PARTS = 500


def words(data: bytes) -> Iterator[str]:
    if data.startswith(b"From "):
        data = data.partition(b"\n")[2]
    message = message_from_bytes(data, policy=policy.default)
    subject = str(message.get("Subject", ""))
    if subject:
        yield f"# {subject}\n"
    for number, one in enumerate(_leaves(message)):
        if number == _MOST_PARTS:
            raise ValueError("a mail of too many parts")
        if one.get_content_type() == "text/plain" and not one.get_filename():
            yield _letters(one) + "\n"
        elif one.get_content_type() == "text/html" and not one.get_filename():
            yield pages.words(_letters(one)) + "\n"
        else:
            yield "[attachment left out 附件未收入]\n"


def _leaves(message: Message) -> Iterator[Message]:
    """Every part; of ways to say the same the first that is letters, of a mail within a mail its words."""
    waiting = [message]
    while waiting:
        one = waiting.pop()
        held = one.get_payload()
        parts = [part for part in held if isinstance(part, Message)] if isinstance(held, list) else []
        if not parts:
            yield one
        elif one.get_content_type() == "multipart/alternative":
            plain = [part for part in parts if part.get_content_type() == "text/plain"]
            waiting += plain[:1] or parts[-1:]
        else:
            waiting += reversed(parts)


def _letters(one: Message) -> str:
    held = one.get_payload(decode=True)
    data = held if isinstance(held, bytes) else b""
    try:
        return data.decode(one.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        return data.decode("gb18030", "replace")


def ready() -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "字", "a@b.example"
    message.set_content("字")
    message.add_alternative("<p>字", subtype="html")
    message.add_attachment(b"x", maintype="image", subtype="png", filename="字")
    "".join(words(message.as_bytes()))
