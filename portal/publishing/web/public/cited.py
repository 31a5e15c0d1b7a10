"""What a citation names, as it was in its edition, and what became of it since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, message
from portal.publishing import queries
from portal.publishing.breaks import breaks_in
from portal.publishing.citing import Citation, Subject, read
from portal.publishing.queries.cited import replaced_of_release, resolve
from portal.publishing.readings import Figure, PublishedBody, PublishedIndicator, RatingSummary, Release
from portal.publishing.references import Reference
from portal.publishing.since import Since, Standing, as_of, since
from portal.publishing.values import Edition
from portal.publishing.web.public.base import edition
from portal.publishing.web.public.rows import IndicatorRow, rows_of
from portal.publishing.web.public.shapes import sources_of
from portal.publishing.web.words import period_name
from portal.web import edge
from portal.web.wording import gettext as _
from portal.web.words import day, name, site

PUBLISHER = "Gongping 公评"
_MOST_CHANGES = 50  # of a release; the page of corrections lists them all


@dataclass(frozen=True)
class Cited:
    """A cited subject: `rows` and `summaries` as of its edition, `since` what changed, `living` its page today."""

    citation: Citation
    edition: Edition
    author: str
    title: str
    living: str
    since: Since
    rows: tuple[IndicatorRow, ...] = ()
    summaries: tuple[RatingSummary, ...] = ()
    release: Release | None = None
    sources: tuple[Release, ...] = ()
    indicators: Mapping[str, PublishedIndicator] | None = None
    bodies: Mapping[str, PublishedBody] | None = None

    @property
    def reference(self) -> Reference:
        return reference_of(self.citation, self.author, self.title, self.edition)

    @property
    def row(self) -> IndicatorRow:
        return self.rows[0]


def reference_of(citation: Citation, author: str, title: str, edition: Edition) -> Reference:
    """The reference of something as of an edition that was published. Raises NotFound before the first."""
    if edition.at is None:
        raise NotFound(message(N_("There is no edition {n}."), n=edition.n))
    address = address_of(citation)
    return Reference(citation.id, author, title, edition.n, edition.at.date(), PUBLISHER, address)


def plain_words(reference: Reference) -> str:
    """The reference as a sentence."""
    words: str = _(
        "%(author)s: %(title)s. %(publisher)s, edition %(n)s of %(day)s. %(address)s",
        author=reference.author,
        title=reference.title,
        publisher=reference.publisher,
        n=reference.edition,
        day=day(reference.at),
        address=reference.address,
    )
    return words


def address_of(citation: Citation) -> str:
    """The permanent address, under the portal's own origin and in the reader's language."""
    return edge.settings().origin.rstrip("/") + site(f"/cite/{citation.id}")


def cite_this(subject: Subject, *keys: str, author: str, title: str) -> dict[str, Any]:
    """What a page needs to offer itself for citing, as of the edition it is drawn from."""
    drawn_from = edition()
    if drawn_from.at is None:
        return {}
    citation = Citation(subject, keys, drawn_from.n)
    return {"id": citation.id, "text": plain_words(reference_of(citation, author, title, drawn_from))}


def cited(text: str) -> Cited:
    """Find what was cited, and draw the rest of this request from its edition. Raises NotFound."""
    session = edge.reader()
    now = queries.current_edition(session)
    citation = read(text)
    if citation.edition > now.n:
        raise NotFound(message(N_("There is no edition {n}."), n=citation.edition))
    then = queries.get_edition(session, citation.edition)
    g.edition = then
    return _load(session, resolve(session, citation), then, now)


def _load(session: Session, citation: Citation, then: Edition, now: Edition) -> Cited:
    match citation.subject:
        case Subject.SERIES | Subject.FIGURE:
            return _series(session, citation, then, now)
        case Subject.INDICATOR:
            return _indicator(session, citation, then, now)
        case Subject.BODY:
            return _body(session, citation, then, now)
        case Subject.RATINGS:
            return _ratings(session, citation, then, now)
    return _release(session, citation, then, now)


def _series(session: Session, citation: Citation, then: Edition, now: Edition) -> Cited:
    body, indicator = citation.keys[:2]
    period = citation.keys[2] if citation.subject is Subject.FIGURE else None
    owner = queries.get_body(session, body, edition=then.n)
    kept = queries.get_indicator(session, indicator, edition=then.n)
    figures = [
        one
        for one in queries.history(session, body, indicator, edition=now.n)
        if period is None or one.key.period == period
    ]
    title = name(kept.names)
    if period is not None:
        title = _("%(indicator)s, %(period)s", indicator=title, period=period_name(period))
    found = Cited(
        citation=citation,
        edition=then,
        author=name(owner.names),
        title=title,
        living=f"/bodies/{body}/indicators/{indicator}",
        since=since(figures, then.n),
    )
    found = _figures(found, session, figures, {indicator: kept}, {body: owner})
    changed = queries.register_changes_of(session, indicator, edition=then.n)
    return replace(found, rows=(replace(found.row, breaks=breaks_in(found.row.figures, changed)),))


def _indicator(session: Session, citation: Citation, then: Edition, now: Edition) -> Cited:
    code = citation.keys[0]
    kept = queries.get_indicator(session, code, edition=then.n)
    figures = queries.figures_of_indicator(session, code, edition=now.n)
    bodies = queries.bodies_named(session, {one.key.body for one in figures}, edition=then.n)
    found = Cited(
        citation=citation,
        edition=then,
        author=PUBLISHER,
        title=name(kept.names),
        living=f"/indicators/{code}",
        since=since(figures, then.n),
    )
    return _figures(found, session, figures, {code: kept}, bodies)


def _body(session: Session, citation: Citation, then: Edition, now: Edition) -> Cited:
    code = citation.keys[0]
    owner = queries.get_body(session, code, edition=then.n)
    figures = queries.figures_of(session, code, edition=now.n)
    indicators = queries.indicators_named(session, {one.key.indicator for one in figures}, edition=then.n)
    found = Cited(
        citation=citation,
        edition=then,
        author=name(owner.names),
        title=_("Performance figures of %(body)s", body=name(owner.names)),
        living=f"/bodies/{code}",
        since=since(figures, then.n),
    )
    return _figures(found, session, figures, indicators, {code: owner})


def _figures(
    found: Cited,
    session: Session,
    figures: Iterable[Figure],
    indicators: Mapping[str, PublishedIndicator],
    bodies: Mapping[str, PublishedBody],
) -> Cited:
    """The citation with its figures as they were. Raises NotFound when there were none."""
    rows = rows_of(as_of(tuple(figures), found.edition.n), indicators, bodies)
    if not rows:
        raise NotFound(message(N_("Edition {n} holds no figures of this."), n=found.edition.n))
    rows = tuple(sorted(rows, key=lambda row: (name(row.indicator.names), name(row.body.names))))
    releases = queries.releases_by_edition(session, edition=found.edition.n)
    return replace(found, rows=rows, sources=sources_of(rows, releases), indicators=indicators, bodies=bodies)


def _ratings(session: Session, citation: Citation, then: Edition, now: Edition) -> Cited:
    code = citation.keys[0]
    service = queries.get_service(session, code, edition=then.n)
    owner = queries.get_body(session, service.body, edition=then.n)
    shown = queries.rating_summaries(session, edition=then.n, service=code)
    newest = queries.rating_summaries(session, edition=now.n, service=code)
    moved = [one.edition for one in shown] != [one.edition for one in newest]
    return Cited(
        citation=citation,
        edition=then,
        author=name(owner.names),
        title=_("Ratings of %(service)s", service=name(service.names)),
        living=f"/services/{code}",
        since=Since(Standing.SUPERSEDED if moved else Standing.NEWEST, (), len(newest) - len(shown), 0),
        summaries=shown,
        bodies={owner.code: owner},
    )


def _release(session: Session, citation: Citation, then: Edition, now: Edition) -> Cited:
    slug = citation.keys[0]
    release = queries.get_release(session, slug, edition=then.n)
    replaced = replaced_of_release(session, release.edition, since=then.n, edition=now.n, limit=_MOST_CHANGES)
    figures = [queries.get_figure(session, key, edition=now.n) for key in replaced]
    changed = since(figures, then.n).changed
    standing = Standing.CORRECTED if changed else Standing.NEWEST
    return Cited(
        citation=citation,
        edition=then,
        author=PUBLISHER,
        title=name(release.names),
        living=f"/releases/{slug}",
        since=Since(standing, changed, 0, 0),
        release=release,
        sources=(release,),
        indicators=queries.indicators_named(session, {one.key.indicator for one in changed}, edition=now.n),
        bodies=queries.bodies_named(session, {one.key.body for one in changed}, edition=now.n),
    )
