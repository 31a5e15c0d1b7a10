"""People's words made safe to show: plain text, a small Markdown, and two independent sanitisers."""

import re
import unicodedata

import bleach
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = frozenset({"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "a", "h3", "h4"})
ATTRIBUTES = {"a": ["href"]}
SCHEMES = frozenset({"http", "https", "mailto"})

_markdown = MarkdownIt("commonmark", {"html": False})
_control = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def sanitise(html: str) -> Markup:
    """HTML with only harmless tags left. Each of the two sanitisers alone must be enough."""
    once = bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=SCHEMES, strip=True)
    twice = nh3.clean(
        once,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="nofollow noopener",
    )
    return Markup(twice)  # noqa: S704  (two sanitisers have passed over it)


def render_markdown(source: str) -> Markup:
    return sanitise(_markdown.render(source))


def plain(text: str) -> str:
    """NFC text without control characters and direction overrides, line ends as newlines, ends trimmed."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _control.sub("", normal).strip()
