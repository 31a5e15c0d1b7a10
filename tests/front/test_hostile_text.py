"""Hostile text through search and sign-in: nothing executes, nothing breaks, what was typed is still there."""

import html5lib
import pytest

from portal.foundation.context import Portal
from tests.conftest import new_client
from tests.foundation.corpora import naughty_strings, xss_lines

SPACE = "{http://www.w3.org/1999/xhtml}"
TEXTS = {"xss": xss_lines, "naughty": naughty_strings}


@pytest.mark.parametrize("corpus", TEXTS)
@pytest.mark.parametrize("path", ["/search", "/zh-Hans/search"])
def test_a_search_for_hostile_text_is_only_words(portal: Portal, corpus: str, path: str) -> None:
    client = new_client(portal)
    client.check_pages = False
    for text in TEXTS[corpus]()[:: 100 if corpus == "xss" else 8]:
        page = client.get(path, query_string={"q": text[:100]})
        assert page.status_code in (200, 400, 422), text
        tree = html5lib.parse(page.get_data(as_text=True))
        assert all(script.get("src") for script in tree.iter(f"{SPACE}script")), text
        assert not [name for one in tree.iter() for name in one.attrib if str(name).startswith("on")], text
        for field in tree.iter(f"{SPACE}input"):
            if field.get("name") == "q" and page.status_code == 200 and text.isprintable():
                assert " ".join(field.get("value", "").split()) == " ".join(text[:100].split())


def test_hostile_text_at_the_sign_in_is_refused_and_kept(portal: Portal) -> None:
    client = new_client(portal)
    client.check_pages = False
    for text in [*xss_lines()[::200], *naughty_strings()[::20]]:
        page = client.post("/desk/sign-in", data={"address": text, "phrase": text, "code": "000000"})
        assert page.status_code in (400, 413, 422, 429), text
        tree = html5lib.parse(page.get_data(as_text=True))
        assert all(script.get("src") for script in tree.iter(f"{SPACE}script")), text
