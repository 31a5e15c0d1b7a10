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
_unwanted = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def by_bleach(html: str) -> str:
    return bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=SCHEMES, strip=True)


def by_nh3(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel="nofollow noopener",
    )


def sanitise(html: str) -> Markup:
    """HTML with only harmless tags left. Each of the two sanitisers alone must be enough."""
    return Markup(by_nh3(by_bleach(html)))  # noqa: S704  (two sanitisers have passed over it)


def render_markdown(source: str) -> Markup:
    return sanitise(_markdown.render(source))


def plain(text: str) -> str:
    """NFC text with newlines as line ends, ends trimmed.

    Control characters, direction overrides and half characters (lone surrogates) are left out.
    """
    kept = _unwanted.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", kept).strip()
