"""The interface is complete in Chinese, in the words of docs/terms.md."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = ("N_", "_l", "message", "Message", "lazy_gettext")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every word of the interface, gathered from the code and templates as `make messages` does."""
    gathered = tmp_path_factory.mktemp("words") / "messages.pot"
    keywords = [part for word in KEYWORDS for part in ("-k", word)]
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "translations/babel.cfg"]
    subprocess.run([*extract, *keywords, "-o", str(gathered), "."], cwd=ROOT, check=True)
    with gathered.open("rb") as file:
        found = read_po(file)
    assert len(found) > 1000, "the words could not be gathered"
    return found


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (ROOT / "translations/zh_Hans/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def test_every_word_of_the_interface_is_in_chinese(source: Catalog, chinese: Catalog) -> None:
    missing = [entry.id for entry in source if entry.id and not _text(chinese, entry.id)]
    assert missing == []


def test_no_word_stands_where_gathering_passes_it_over() -> None:
    """Inside a formatted string a word is shown in English to everybody, and nothing else would tell."""
    calls = {*KEYWORDS, "_", "gettext", "ngettext", "pgettext"}
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "portal").rglob("*.py"))
        if "{" in (text := path.read_text())
        for formatted in ast.walk(ast.parse(text))
        if isinstance(formatted, ast.JoinedStr)
        for call in ast.walk(formatted)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in calls
    ]
    assert hidden == []


def test_no_placeholder_is_lost_or_made_up(chinese: Catalog) -> None:
    for entry in chinese:
        if not entry.id:
            continue
        forms = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        needed, known = _placeholders(forms[0]), _placeholders(forms[-1])
        assert needed <= _placeholders(_text(chinese, entry.id)) <= needed | known, entry.id


def test_no_percent_sign_comes_in_that_formatting_would_stumble_over(chinese: Catalog) -> None:
    added = [entry.id for entry in chinese if "%" not in str(entry.id) and "%" in _text(chinese, entry.id)]
    assert added == []


def test_terms_are_translated_as_the_table_says(chinese: Catalog) -> None:
    words = {_key(entry.id): _text(chinese, entry.id) for entry in chinese if entry.id}
    wrong = [
        (english, words[english], term)
        for english, term in _terms()
        if english in words and not any(one in words[english] for one in re.split(r" / |、", term))
    ]
    assert wrong == []


def _terms() -> list[tuple[str, str]]:
    found = []
    for line in (ROOT / "docs/terms.md").read_text().splitlines():
        cells = [cell.strip().rstrip("?") for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("English", "---"):
            found += [(cells[0].lower(), cells[1]), (cells[2].lower(), cells[3])]
    assert len(found) > 60
    return found


def _key(message: str | tuple[str, ...]) -> str:
    return (message if isinstance(message, str) else message[0]).lower()


def _text(catalog: Catalog, message: str | tuple[str, ...]) -> str:
    entry = catalog.get(message)  # type: ignore[arg-type]
    if entry is None:
        return ""
    return entry.string if isinstance(entry.string, str) else entry.string[0]


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|(?<!\{)\{\w+\}", text))
