"""Names beside codes, ready to be sent: read once for an edition, kept as JSON.

What an edition says never changes, so what was read of it is right for as long as the process lives.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.queries.walks import newest_among
from portal.publishing.readings import Notice
from portal.publishing.values import NoticeState, Text
from portal.publishing.web.api.base import encode
from portal.registry.values import Direction

EXTENSION = "portal-api-labels"
MOST_EDITIONS = 3
MOST_NAMES = 20_000
_UNKNOWN_INDICATOR: dict[str, Any] = {"names": {}, "unit": {}, "direction": None, "kind": None}


@dataclass(frozen=True)
class Measured:
    """An indicator as its figures need it."""

    label: str
    service: str | None
    direction: Direction | None


@dataclass
class Labels:
    """What rows of one edition have beside their numbers."""

    edition: int
    moments: dict[int, str]
    releases: dict[int, str]
    slugs: dict[int, str]
    notices: dict[str, tuple[Notice, ...]]
    bodies: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    indicators: dict[str, Measured] = field(default_factory=dict)

    def learn(self, session: Session, bodies: Iterable[str], indicators: Iterable[str]) -> None:
        """Know the names of these bodies and indicators."""
        if len(self.bodies) + len(self.indicators) > MOST_NAMES:
            self.bodies, self.services, self.indicators = {}, {}, {}
        self._learn_bodies(session, sorted(set(bodies) - self.bodies.keys()))
        self._learn_indicators(session, sorted(set(indicators) - self.indicators.keys()))

    def mark_on(self, key: str) -> str | None:
        """How a figure is marked: under-review, withdrawn, or not at all."""
        found = self.notices.get(key)
        return None if found is None or found[-1].state is NoticeState.LIFTED else found[-1].state.value

    def _learn_bodies(self, session: Session, codes: list[str]) -> None:
        found = newest_among(session, "body", codes, edition=self.edition)
        for code in codes:
            said = found[code].content if code in found else {"names": {}, "invented": None}
            self.bodies[code] = encode({"code": code, "names": said["names"], "invented": said["invented"]})

    def _learn_indicators(self, session: Session, codes: list[str]) -> None:
        found = {
            code: one.content
            for code, one in newest_among(session, "indicator", codes, edition=self.edition).items()
        }
        services = sorted({one["service"] for one in found.values() if one["service"]} - self.services.keys())
        named = newest_among(session, "service", services, edition=self.edition)
        for code in services:
            names = named[code].content["names"] if code in named else {}
            self.services[code] = encode({"code": code, "names": names})
        for code in codes:
            self.indicators[code] = _measured(code, found.get(code))


def labels(session: Session, edition: int) -> Labels:
    """What is known of the edition so far."""
    kept: _Kept = current_app.extensions.setdefault(EXTENSION, _Kept())
    return kept.of(session, edition)


def by_language(text: str | Mapping[str, str]) -> dict[str, str]:
    """A text that may come in several languages; empty when there is none."""
    if isinstance(text, str):
        return {"en": text} if text else {}
    return dict(text)


def stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def note_json(note: Text | None) -> dict[str, Any] | None:
    return None if note is None else {"text": note.text, "withdrawn_in": note.withdrawn_in}


class _Kept:
    """The labels of the editions asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[int, Labels] = OrderedDict()

    def of(self, session: Session, edition: int) -> Labels:
        found = self._found.get(edition)
        if found is None:
            found = _read(session, edition)
            with self._lock:
                self._found[edition] = found
                while len(self._found) > MOST_EDITIONS:
                    self._found.popitem(last=False)
        return found


def _read(session: Session, edition: int) -> Labels:
    releases = queries.releases_by_edition(session, edition=edition)
    notices: dict[str, list[Notice]] = {}
    for notice in queries.notices(session, edition=edition):
        notices.setdefault(str(notice.key), []).append(notice)
    return Labels(
        edition=edition,
        moments={one.n: stamp(one.at) for one in queries.list_editions(session, edition=edition)},
        releases={n: _release(one) for n, one in releases.items()},
        slugs={n: one.slug for n, one in releases.items()},
        notices={key: tuple(found) for key, found in notices.items()},
    )


def _release(release: Any) -> str:
    texts = {"source": by_language(release.source), "licence": by_language(release.licence)}
    return encode({"slug": release.slug, **texts})


def _measured(code: str, said: Mapping[str, Any] | None) -> Measured:
    if said is None:
        return Measured(encode({"code": code, **_UNKNOWN_INDICATOR}), None, None)
    label = {"code": code, "names": said["names"], "unit": by_language(said["unit"])}
    label |= {"direction": said["direction"], "kind": said["kind"]}
    return Measured(encode(label), said["service"], Direction(said["direction"]))
