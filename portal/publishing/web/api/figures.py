"""Figures: many by filter, one with all its versions. Rows are put together from texts, not from objects."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import Any

from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.errors import NoSuchFigure
from portal.publishing.queries.walks import Versions, Wanted, walk_figures
from portal.publishing.values import Text
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import ROOT, Asked, Rows, address, listing, single
from portal.publishing.web.api.labels import Labels, labels, stamp
from portal.publishing.web.api.register import require_known
from portal.publishing.web.api.spans import span, within
from portal.registry.queries import status
from portal.registry.values import Status
from portal.web import edge

FILTERS = (
    *(ask.BODY, ask.SERVICE, ask.INDICATOR, ask.PERIOD_IS, ask.FROM, ask.TO),
    *(ask.STATUS, ask.OBS_STATUS, ask.RELEASE, ask.CHANGED, ask.INCLUDE),
)
PARTS = {
    "body": N_("Code of the body."),
    "indicator": N_("Code of the indicator."),
    "period": N_("The period as written."),
}


@listing(
    "/figures",
    N_("Published figures, each in its newest version of the edition."),
    model=shapes.Figure,
    tag="figures",
    filters=FILTERS,
    depth=3,
)
def figures(asked: Asked) -> Rows:
    session = edge.reader()
    require_known(asked, body="body", service="service", indicator="indicator", release="release")
    known = labels(session, asked.n)
    walked = walk_figures(
        session,
        edition=asked.n,
        wanted=_wanted(session, asked),
        after=asked.after,
        limit=asked.limit,
        keep=_keep(session, asked, known),
    )
    return rows(session, known, walked.found, whole=asked.get("include") is not None), walked.after


@single(
    "/figures/{body}/{indicator}/{period}",
    N_("One figure with every version and notice."),
    model=shapes.Figure,
    tag="figures",
    known=PARTS,
)
def figure(asked: Asked, body: str, indicator: str, period: str) -> str:
    session = edge.reader()
    wanted = Wanted(body=body, indicators=(indicator,), period=period)
    walked = walk_figures(session, edition=asked.n, wanted=wanted, after=None, limit=1)
    if not walked.found:
        raise NoSuchFigure(f"No figure {body}/{indicator}/{period} is published in edition {asked.n}.")
    return rows(session, labels(session, asked.n), walked.found, whole=True)[0]


def rows(session: Session, known: Labels, found: Sequence[Versions], *, whole: bool) -> list[str]:
    """The figures as JSON; with every version and notice when `whole`."""
    known.learn(session, {one[-1][0] for one in found}, {one[-1][1] for one in found})
    shown = [version for one in found for version in (one if whole else one[-1:])]
    digests = {version[11] for version in shown if version[11]}
    if whole:  # a text is read each time: it may have been withdrawn since the names were learned
        marks = (mark for one in found for mark in known.notices.get("/".join(one[-1][:3]), ()))
        digests |= {mark.reason.digest for mark in marks if mark.reason}
    notes = queries.texts_cited(session, digests, edition=known.edition) if digests else {}
    here, there = address(f"{ROOT}/figures/"), address("/bodies/")
    return [_row(known, notes, versions, here, there, whole=whole) for versions in found]


def _row(known: Labels, notes: dict[str, Text], versions: Versions, here: str, there: str, *, whole: bool) -> str:
    body, indicator, period, edition, _, cause, target, actual, *rest = versions[-1]
    numerator, denominator, obs_status, note, replaces, handin = rest
    measured = known.indicators[indicator]
    key = f"{body}/{indicator}/{period}"
    service = known.services[measured.service] if measured.service else "null"
    review = _text(known.mark_on(key)) if known.notices else "null"
    row = (
        f'{{"body":{known.bodies[body]},"service":{service},"indicator":{measured.label},"period":"{period}"'
        f',"value":{actual or "null"},"actual":{_text(actual)},"target":{_text(target)}'
        f',"numerator":{_text(numerator)},"denominator":{_text(denominator)},"obs_status":{_text(obs_status)}'
        f',"status":{_status(measured, target, actual)},"note":{_note(notes, note)},"notice":{review}'
        f',"cause":"{cause}","version_edition":{edition},"version_at":"{known.moments[edition]}"'
        f',"replaces":{"null" if replaces is None else replaces}'
        f',{_handed_in(known, handin)},"release":{_release(known, versions)}'
        f',"links":{{"api":"{here}{key}","page":"{there}{body}/indicators/{indicator}"}}'
    )
    return f"{row}{_past(known, notes, versions, key)}}}" if whole else row + "}"


def _past(known: Labels, notes: dict[str, Text], versions: Versions, key: str) -> str:
    measured = known.indicators[versions[-1][1]]
    told = [
        f'{{"edition":{v[3]},"at":"{known.moments[v[3]]}","cause":"{v[5]}","value":{v[7] or "null"}'
        f',"actual":{_text(v[7])},"target":{_text(v[6])},"numerator":{_text(v[8])},"denominator":{_text(v[9])}'
        f',"obs_status":{_text(v[10])},"status":{_status(measured, v[6], v[7])},"note":{_note(notes, v[11])}'
        f',"replaces":{"null" if v[12] is None else v[12]},{_handed_in(known, v[13])}}}'
        for v in versions
    ]
    notices = [
        f'{{"state":"{one.state.value}","edition":{one.edition},"at":"{stamp(one.at)}"'
        f',"reason":{_note(notes, one.reason.digest if one.reason else None)}}}'
        for one in known.notices.get(key, ())
    ]
    return f',"versions":[{",".join(told)}],"notices":[{",".join(notices)}]'


def _handed_in(known: Labels, handin: str | None) -> str:
    if handin is None:
        return '"handin_edition":null,"handed_in_at":null'
    edition = json.loads(handin)["edition"]
    return f'"handin_edition":{edition},"handed_in_at":"{known.moments[edition]}"'


def _text(text: str | None) -> str:
    """Numbers and codes hold nothing that JSON would have to mask."""
    return "null" if text is None else f'"{text}"'


def _status(measured: Any, target: str | None, actual: str | None) -> str:
    direction = measured.direction
    return "null" if direction is None else _STATUS[status(_decimal(target), _decimal(actual), direction)]


_STATUS = {one: f'"{one.value}"' for one in Status}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _note(notes: dict[str, Text], digest: str | None) -> str:
    if digest is None:
        return "null"
    found = notes.get(digest)
    text = quoted(found.text) if found and found.text is not None else "null"
    withdrawn = found.withdrawn_in if found and found.withdrawn_in is not None else "null"
    return f'{{"text":{text},"withdrawn_in":{withdrawn}}}'


def _release(known: Labels, versions: Versions) -> str:
    """The release that brought it: a correction keeps its source and licence."""
    return known.releases.get(_brought(known, versions), "null")


def _brought(known: Labels, versions: Versions) -> int:
    if len(versions) == 1:
        return int(versions[0][3])
    return max((v[3] for v in versions if v[3] in known.releases), default=0)


def _wanted(session: Session, asked: Asked) -> Wanted:
    get = asked.get
    indicators: tuple[str, ...] | None = (get("indicator"),) if get("indicator") else None
    if get("service"):
        of_service = queries.indicators_of_service(session, get("service"), edition=asked.n)
        indicators = tuple(code for code in of_service if indicators is None or code in indicators)
    period = get("period")
    return Wanted(
        body=get("body"),
        indicators=indicators,
        period=None if period is None else str(period),
        years=span(get("period_from"), get("period_to")),
        changed_since=get("changed_since"),
    )


def _keep(session: Session, asked: Asked, known: Labels) -> Callable[[Versions], bool] | None:
    """What the filters say that an index cannot answer."""
    tests: list[Callable[[Versions], bool]] = []
    first, last = asked.get("period_from"), asked.get("period_to")
    if first is not None or last is not None:
        tests.append(lambda versions: within(versions[-1][2], first, last))
    if (obs_status := asked.get("obs_status")) is not None:
        tests.append(lambda versions: (versions[-1][10] or "A") == obs_status)
    if (slug := asked.get("release")) is not None:
        tests.append(lambda versions: known.slugs.get(_brought(known, versions)) == slug)
    if (wanted := asked.get("status")) is not None:

        def stands(versions: Versions) -> bool:
            newest = versions[-1]
            known.learn(session, (), (newest[1],))
            return _status(known.indicators[newest[1]], newest[6], newest[7]) == f'"{wanted}"'

        tests.append(stands)
    return (lambda versions: all(test(versions) for test in tests)) if tests else None
