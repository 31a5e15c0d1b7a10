"""Where to begin: the index, the editions, and what the codes mean."""

from collections.abc import Iterable
from typing import Any

from portal.foundation.i18n import LOCALES, N_
from portal.publishing import queries
from portal.publishing.symbols import symbol
from portal.publishing.values import ObsStatus
from portal.publishing.web import words
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import (
    OPERATIONS,
    ROOT,
    Asked,
    Rows,
    address,
    document,
    encode,
    head_fields,
    listing,
)
from portal.publishing.web.api.counted import offset
from portal.publishing.web.api.labels import stamp
from portal.web import edge
from portal.web.limits import LIMITS
from portal.web.wording import in_language
from portal.web.wording import lazy_gettext as _l
from portal.web.words import say


@document("", N_("Where everything is."), model=shapes.Index, tag="about")
def index() -> str:
    lists = {one.path.strip("/"): address(ROOT + one.path) for one in OPERATIONS if one.many}
    content = {
        "name": "Gongping 公评",
        "version": "v1",
        **head_fields(queries.current_edition(edge.reader())),
        "resources": lists | {"codes": address(f"{ROOT}/codes")},
        "documentation": address("/api"),
        "openapi": address(f"{ROOT}/openapi.json"),
        "files": address("/data"),
        "log": address("/verify"),
        "limits": {"rows": ask.MOST, "requests": LIMITS["api"]},
    }
    return encode(content) + "\n"


@listing(
    "/editions",
    N_("Every edition and the kind of act that made it, oldest first."),
    model=shapes.EditionEntry,
    tag="about",
    filters=(ask.CHANGED,),
)
def editions(asked: Asked) -> Rows:
    after = max(asked.get("changed_since") or 0, offset(asked))
    found = queries.list_editions(edge.reader(), edition=asked.n, after=after, limit=asked.limit)
    rows = [
        encode(
            {
                "n": one.n,
                "kind": one.kind,
                "at": stamp(one.at),
                "links": {
                    "api": address(f"{ROOT}/figures?edition={one.n}"),
                    "page": address(f"/log/entries/{one.n}"),
                },
            }
        )
        for one in found
    ]
    return rows, (str(found[-1].n),) if found and found[-1].n < asked.n else None


@document(
    "/codes", N_("What the codes in the other answers mean, in every language."), model=shapes.Codes, tag="about"
)
def codes() -> str:
    lists = (
        _codes("status", ((one.value, text) for one, (text, _) in words.STATUS.items())),
        _codes("cause", ((one.value, text) for one, (text, _) in words.CAUSE.items())),
        _codes("changed", ((one.value, text) for one, text in words.CHANGED.items())),
        _codes("direction", ((one.value, text) for one, text in words.DIRECTION.items())),
        _codes("kind", ((one.value, text) for one, text in words.KIND.items())),
        _codes("levels", ((one.value, text) for one, text in words.LEVEL.items())),
        _codes("obs_status", ((one.value, _meaning(one)) for one in ObsStatus)),
    )
    return encode({**head_fields(queries.current_edition(edge.reader())), "lists": lists}) + "\n"


_MORE: dict[ObsStatus, Any] = {
    ObsStatus.NORMAL: _l("normal value"),
    ObsStatus.IMPUTED: _l("imputed"),
    ObsStatus.UNVALIDATED: _l("not validated"),
}


def _meaning(status: ObsStatus) -> Any:
    found = symbol(status.value)
    return found.meaning if found else _MORE[status]


def _codes(field: str, meanings: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(meanings)
    names: dict[str, dict[str, str]] = {code: {} for code, _ in pairs}
    for locale in LOCALES:
        with in_language(locale):
            for code, text in pairs:
                names[code][locale] = say(text)
    return {"field": field, "codes": [{"code": code, "names": names[code]} for code, _ in pairs]}
