"""How to cite: the same reference in APA style, after GB/T 7714, as BibTeX and as CSL JSON.

Sources: Publication Manual of the APA, 7th ed., 10.9 (data sets); GB/T 7714-2015, 4.6 (electronic resources,
type mark DS/OL); BibTeX's `@misc`; the schema csl-data.json of the Citation Style Language.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_TEX |= {sign: "\\" + sign for sign in "&%$#_{}"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Reference:
    """Who published what, when, where. `at` is the day of the edition; the address never changes."""

    id: str
    author: str
    title: str
    edition: int
    at: date
    publisher: str
    address: str


def apa(reference: Reference) -> str:
    r = reference
    day = f"{r.at.year}, {_MONTH_NAMES[r.at.month - 1]} {r.at.day}"
    return f"{r.author}. ({day}). {r.title} (Edition {r.edition}) [Data set]. {r.publisher}. {r.address}"


def gb_t_7714(reference: Reference) -> str:
    """Without the day of citing, which only whoever cites knows."""
    r = reference
    published = f"{r.at.year}({r.at:%Y-%m-%d})"
    return f"{r.author}. {r.title}[DS/OL]. 版次 {r.edition}. {r.publisher}, {published}. {r.address}."


def bibtex(reference: Reference) -> str:
    r = reference
    fields = {
        "author": "{" + _tex(r.author) + "}",
        "title": "{" + _tex(r.title) + "}",
        "year": str(r.at.year),
        "publisher": _tex(r.publisher),
        "version": f"edition {r.edition}",
        "howpublished": r"\url{" + r.address + "}",
        "url": r.address,
    }
    inside = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    key = "".join(sign if sign.isalnum() or sign in ".-" else "-" for sign in r.id)
    return f"@misc{{{key},\n{inside}  month = {_MONTHS[r.at.month - 1]}\n}}\n"


def csl(reference: Reference) -> dict[str, Any]:
    r = reference
    return {
        "id": r.id,
        "type": "dataset",
        "author": [{"literal": r.author}],
        "title": r.title,
        "publisher": r.publisher,
        "version": f"edition {r.edition}",
        "issued": {"date-parts": [[r.at.year, r.at.month, r.at.day]]},
        "URL": r.address,
    }


def csl_list(reference: Reference) -> str:
    return json.dumps([csl(reference)], ensure_ascii=False, indent=1) + "\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text)
