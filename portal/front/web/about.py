"""What the portal says of itself: what it keeps about people, how accessible it is, and files for machines.

`robots.txt` is RFC 9309, `security.txt` RFC 9116, the site map sitemaps.org's protocol 0.9 with the language
versions of each page beside it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, abort, g, render_template
from flask.typing import ResponseReturnValue

from portal.foundation.clock import day_start
from portal.foundation.i18n import URL_PREFIX
from portal.publishing import queries
from portal.web import edge, editions
from portal.web.cache import published
from portal.web.locale import localised
from portal.web.navigation import exists

blueprint = Blueprint("about", __name__)

MOST_LISTED = 20_000
"""Pages in one file of the site map; each stands there once for each language, and 50,000 are allowed."""
SECTIONS = (
    *("/", "/bodies", "/indicators", "/services", "/releases", "/corrections", "/coverage", "/data", "/api"),
    *(
        "/verify",
        "/rate",
        "/ratings/how",
        "/report",
        "/requests",
        "/appeals",
        "/complaints",
        "/about/privacy",
        "/about/accessibility",
    ),
)
NOT_FOR_ROBOTS = ("/desk", "/rate/", "/report/", "/search", "/compare", "/verify/figure")
_DAYS_VALID = 180


@blueprint.get("/about/privacy")
@published(carried=True)
def privacy() -> ResponseReturnValue:
    settings = edge.portal().settings
    rest = (settings.keep_not_upheld_months, settings.keep_not_admissible_months, settings.keep_referred_months)
    kept = {
        "upheld": settings.keep_upheld_months,
        "fewest": min(rest),
        "other": max(rest),
        "notice": settings.retention_notice_days,
    }
    return render_template("front/privacy.html", contact=_contact(), draft_hours=settings.draft_hours, kept=kept)


@blueprint.get("/about/accessibility")
@published(carried=True)
def accessibility() -> ResponseReturnValue:
    return render_template("front/accessibility.html", contact=_contact())


@blueprint.get("/complaints")
@published(carried=True)
def complaints() -> ResponseReturnValue:
    """Where to go with a complaint about a service, or about how this office dealt with one."""
    return render_template("front/complaints.html", contact=_contact())


@blueprint.get("/robots.txt")
def robots() -> ResponseReturnValue:
    prefixes = ["", *(f"/{prefix}" for prefix in URL_PREFIX.values())]
    refused = [f"Disallow: {prefix}{path}" for prefix in prefixes for path in NOT_FOR_ROBOTS]
    origin = edge.portal().settings.origin
    return _plain("\n".join(["User-agent: *", *refused, "", f"Sitemap: {origin}/sitemap.xml", ""]))


@blueprint.get("/.well-known/security.txt")
def security() -> ResponseReturnValue:
    """Where to tell of a weakness: only where somebody is named, since an address nobody reads helps nobody."""
    portal = edge.portal()
    contact = _contact()
    if contact is None:
        abort(404)
    expires = day_start(portal.clock.now()) + timedelta(days=_DAYS_VALID)
    own = f"{portal.settings.origin}/.well-known/security.txt"
    lines = [f"Contact: {contact}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    return _plain("\n".join([*lines, "Preferred-Languages: zh, en", f"Canonical: {own}", ""]))


@blueprint.get("/sitemap.xml")
@published()
def sitemap() -> ResponseReturnValue:
    """The list of the lists, each of at most `MOST_LISTED` pages."""
    edition = g.edition = queries.edition_as_of(edge.reader(), editions.asked())
    parts = -(-len(_pages(edition.n)) // MOST_LISTED)
    changed = (edition.at or datetime(1970, 1, 1, tzinfo=UTC)).strftime("%Y-%m-%d")
    origin = edge.portal().settings.origin
    listed = (
        f"<sitemap><loc>{origin}/sitemap-{part}.xml</loc><lastmod>{changed}</lastmod></sitemap>"
        for part in range(1, parts + 1)
    )
    return _xml(
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(listed)}</sitemapindex>'
    )


@blueprint.get("/sitemap-<int:part>.xml")
@published()
def sitemap_part(part: int) -> ResponseReturnValue:
    edition = g.edition = queries.edition_as_of(edge.reader(), editions.asked())
    listed = _pages(edition.n)[(part - 1) * MOST_LISTED :][:MOST_LISTED]
    if part < 1 or not listed:
        abort(404)
    return _xml(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        f"{''.join(_entries(listed))}</urlset>"
    )


def _pages(edition: int) -> list[str]:
    """Addresses without language: those that say what is published and how to take part in it."""
    session = edge.reader()
    return [
        *(path for path in SECTIONS if exists(path)),
        *(f"/bodies/{one.code}" for one in queries.list_bodies(session, edition=edition)),
        *(f"/services/{one.code}" for one in queries.list_services(session, edition=edition)),
        *(f"/indicators/{one.code}" for one in queries.list_indicators(session, edition=edition)),
        *(f"/releases/{one.slug}" for one in queries.releases(session, edition=edition)),
    ]


def _entries(paths: Sequence[str]) -> Iterator[str]:
    origin = edge.portal().settings.origin
    for path in paths:
        versions = {"en": path} | {URL_PREFIX[locale]: localised(path, locale) for locale in URL_PREFIX}
        beside = "".join(
            f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(origin + there)}/>'
            for lang, there in versions.items()
        )
        yield from (f"<url><loc>{escape(origin + there)}</loc>{beside}</url>" for there in versions.values())


def _contact() -> str | None:
    """Whom to ask, as a link; None where the operator named nobody."""
    contact = edge.portal().settings.contact
    return f"mailto:{contact}" if contact and "://" not in contact else contact or None


def _plain(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")


def _xml(text: str) -> Response:
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', content_type="application/xml; charset=utf-8"
    )
