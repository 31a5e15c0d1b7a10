"""What people write where they have nothing to say: it is no comment, and nobody has to read it."""

import re
import unicodedata
from collections.abc import Collection

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_ENGLISH = """
nothing, none, no, nope, nil, n/a, na, blank, test, no reply, no answer, not answered, did not answer,
not applicable, no comment, no comments, nothing at all, absolutely nothing, nothing really, nothing else,
nothing to add, not a thing
"""
_CHINESE = "无 没有 暂无 没 无意见 没意见 没有意见 不知道 测试 未填 未作答"
_KNOWN = frozenset([*(text.strip() for text in _ENGLISH.replace("\n", " ").split(",")), *_CHINESE.split()])


def plain(text: str) -> str:
    """The text as placeholders are compared: without case, width, and signs at its ends."""
    return _EDGES.sub("", " ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def is_comment(text: str, more: Collection[str] = ()) -> bool:
    """Whether somebody said something: neither empty, nor signs only, nor one of the placeholders.

    `more` are further placeholders, as `plain` gives them.
    """
    said = plain(text)
    return bool(said) and said not in _KNOWN and said not in more
