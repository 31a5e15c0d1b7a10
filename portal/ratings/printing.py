"""What is printed of ratings: slips with a receipt each, and posters of a service; in one language or two.

QR codes are SVG pictures inside the page, drawn here: nothing is fetched, and no code is in any address that
a printer or a browser would keep. Words come by language, because a slip may speak two at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.foundation.i18n import N_, Names
from portal.ratings.register import RatedService
from portal.ratings.values import Issued
from portal.web.static import PREFIX, Assets
from portal.web.wording import catalogue_of
from portal.web.words import month

LANGUAGES = {"zh": ("zh_Hans",), "en": ("en",), "both": ("zh_Hans", "en")}
"""What can be chosen for print; Chinese first where both are."""

SLIP_WORDS = {
    "title": N_("How were you served?"),
    "how": N_("Scan the picture, or enter the code at:"),
    "once": N_("One use, until the end of %(month)s. No name, no account."),
    "proves": N_("The code shows that you were served, not who you are. It is never stored with your answer."),
}
POSTER_WORDS = {
    "title": N_("How were you served?"),
    "how": N_("Scan, tap one of five answers, save. No name, no account, one minute."),
    "typed": N_("Without a camera, enter in your browser:"),
    "free": N_("Staff may not ask how you rated, nor rate for you."),
    "report": N_("Do the published figures not match what you saw? Report from home, anonymously:"),
}


@dataclass(frozen=True)
class Slip:
    """One receipt on paper: the code for typing, and the picture for a camera."""

    code: str
    picture: str


@dataclass(frozen=True)
class Line:
    """Words and the language they are in, as HTML names it."""

    lang: str
    text: str


def words(table: dict[str, str], languages: Sequence[str], *, until: str = "") -> dict[str, list[Line]]:
    """The words of a table in each of these languages; `until`: the month that they speak of."""

    def line(text: str, language: str) -> Line:
        values = {"month": month(until, language)} if until else {}
        return Line(_html(language), catalogue_of(language).gettext(text) % values)

    return {name: [line(text, language) for language in languages] for name, text in table.items()}


def windows(service: RatedService, languages: Sequence[str]) -> list[Line]:
    """The windows of a service in each of these languages; none where it has no windows of its own."""
    found, count = ", ".join(service.windows), len(service.windows)
    return [
        Line(
            _html(language),
            catalogue_of(language).ngettext("Window %(windows)s", "Windows %(windows)s", count)
            % {"windows": found},
        )
        for language in languages
        if count
    ]


def named(names: Names, languages: Sequence[str]) -> list[Line]:
    """A name in each of these languages that it has, or in whatever it has."""
    found = [Line(_html(language), names[language]) for language in languages if names.get(language)]
    return found or [Line(_html(language), text) for language, text in list(names.items())[:1]]


def slips(issued: Issued, *, origin: str) -> list[Slip]:
    """A slip for each code."""
    return [Slip(code, picture(receipt_address(origin, code, by="q"))) for code in issued.codes]


def sheet_values(issued: Issued, names: Names, *, origin: str, language: str) -> dict[str, Any]:
    """What the template of a sheet of slips shows."""
    languages = LANGUAGES.get(language, LANGUAGES["both"])
    return {
        "slips": slips(issued, origin=origin),
        "names": named(names, languages),
        "words": words(SLIP_WORDS, languages, until=issued.expires),
        "address": origin.rstrip("/") + "/rate",
    }


def sheet(issued: Issued, names: Names, *, origin: str, language: str) -> str:
    """The sheet as a page of its own that needs nothing else, for a file."""
    drawn = Environment(loader=PackageLoader("portal.ratings.web"), autoescape=True, undefined=StrictUndefined)
    built = Assets()
    style = (built.folder / built.address("paper.css").removeprefix(PREFIX)).read_text(encoding="utf-8")
    values = sheet_values(issued, names, origin=origin, language=language)
    return drawn.get_template("ratings/sheet.html").render(style=style, **values)


def receipt_address(origin: str, code: str, *, by: str = "r") -> str:
    """The short link of a receipt; `by` is r for a link and q for the one in a picture."""
    return f"{origin.rstrip('/')}/rate/{by}/{code}"


def poster_address(origin: str, service: str) -> str:
    return f"{origin.rstrip('/')}/rate/p/{service}"


def picture(text: str) -> str:
    """A QR code as the data: address of an SVG picture, with the quiet zone a camera needs."""
    made: str = segno.make(text, error="m", micro=False).svg_data_uri(border=4, scale=4, omitsize=True)
    return made


def _html(language: str) -> str:
    return language.replace("_", "-")
