"""Words below the web floor: messages that are translated later, and names in several languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LOCALES = ("en", "zh_Hans")
URL_PREFIX = {"zh_Hans": "zh-Hans"}

Names = Mapping[str, str]


def N_(msgid: str) -> str:
    """Mark a string for translation without translating it."""
    return msgid


@dataclass(frozen=True)
class Message:
    """A sentence for a person: its English source with {placeholders}, translated where it is shown."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid.format(**self.params) if self.params else self.msgid


def message(msgid: str, /, **params: Any) -> Message:
    return Message(msgid, params)


def pick(names: Names, locale: str) -> str:
    """The name in `locale`, else in English, else whichever there is."""
    return names.get(locale) or names.get("en") or next(iter(names.values()), "")
