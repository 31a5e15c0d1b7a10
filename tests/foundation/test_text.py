"""What people typed can be shown: no script runs, whichever of the two sanitisers should fail."""

from collections.abc import Callable
from urllib.parse import urlsplit

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation import text
from tests.foundation.corpora import naughty_strings, xss_lines

SANITISERS = {"bleach": text.by_bleach, "nh3": text.by_nh3, "both": text.sanitise}


def dangers(html: str) -> list[str]:
    """What a browser would find in `html` beyond the harmless tags, attributes and addresses."""
    found = []
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        if element.tag not in text.TAGS:
            found.append(f"element {element.tag}")
        for name, value in element.attrib.items():
            if name == "href" and element.tag == "a":
                scheme = urlsplit("".join(c for c in value if c > " ")).scheme
                if scheme and scheme.lower() not in text.SCHEMES:
                    found.append(f"address {value}")
            elif not (name == "rel" and value == "nofollow noopener"):
                found.append(f"attribute {name}")
    return found


@pytest.mark.parametrize("name", SANITISERS)
def test_none_of_the_known_attacks_survives(name: str) -> None:
    clean: Callable[[str], str] = SANITISERS[name]
    survivors = {line: found for line in xss_lines() if (found := dangers(clean(line)))}
    assert survivors == {}


@pytest.mark.parametrize("name", SANITISERS)
def test_none_of_the_known_attacks_survives_around_harmless_markup(name: str) -> None:
    clean: Callable[[str], str] = SANITISERS[name]
    for line in xss_lines()[::7]:
        assert dangers(clean(f'<p><a href="{line}">x</a><em {line}>y</em></p>')) == [], line


def test_markdown_gives_no_attack_a_way_in() -> None:
    for line in [*xss_lines()[::3], *naughty_strings()]:
        for source in (line, f"[x]({line})", f"[x](<{line}>)", f"- *{line}*", f"[x][y]\n\n[y]: {line}"):
            assert dangers(text.render_markdown(source)) == [], source


def test_the_small_markdown_is_rendered() -> None:
    shown = text.render_markdown("A *late* answer, see [the law](https://law.example).\n\n1. one\n2. two")
    assert "<em>late</em>" in shown
    assert '<a href="https://law.example" rel="nofollow noopener">the law</a>' in shown
    assert shown.count("<li>") == 2


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "JaVaScRiPt:alert(1)", "\x01javascript:x"]
)
def test_links_lead_to_sites_and_mail_only(address: str) -> None:
    assert "<a" not in text.render_markdown(f'[x]({address}) <a href="{address}">y</a>')
    for clean in SANITISERS.values():
        assert dangers(clean(f'<a href="{address}">y</a>')) == []


@given(st.text(alphabet="<>&\"'/=ab :;\x00\n#x!-", max_size=60))
def test_sanitising_twice_changes_nothing(source: str) -> None:
    once = text.sanitise(source)
    assert text.sanitise(once) == once
    assert dangers(once) == []


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
def test_plain_text_can_be_stored_and_is_its_own_plain_text(source: str) -> None:
    once = text.plain(source)
    once.encode("utf-8")
    assert text.plain(once) == once
    assert "\x00" not in once and "\r" not in once


def test_plain_text_keeps_what_people_write() -> None:
    kept = "Zoë’s report: 3 < 5 & 公安局 👩🏽‍🔧\n\tsecond line"
    assert text.plain(f"  {kept}\r\n") == kept


def test_plain_text_cannot_turn_the_direction_of_what_stands_around_it() -> None:
    assert text.plain("paid \u202ered\u202c \u2066x\u2069") == "paid red x"


def test_a_letter_and_its_accent_meet_when_what_stood_between_them_goes() -> None:
    assert text.plain("e\x00\u0301") == "é"


def test_half_a_character_is_left_out() -> None:
    assert text.plain("a\ud83d b") == "a b"


def test_every_naughty_string_can_be_made_plain() -> None:
    for line in naughty_strings():
        text.plain(line).encode("utf-8")
