"""A published log whose newest edition has its files made."""

from portal.foundation.context import Portal
from portal.publishing.services import salt_text
from portal.publishing.services.filing import make_edition
from portal.publishing.shelf import Made, Shelf
from portal.publishing.values import cite
from tests.factories.publishing import append, body, figure, indicator, release, service


def rating(**fields: object) -> dict[str, object]:
    levels = {str(level): {"share": "0.20", "low": "0.1234", "high": "0.30"} for level in range(1, 6)}
    said = {"t": "rating", "service": "permits", "body": "DPR", "period": "2026-01"}
    return said | {"suppressed": False, "n": "40", "levels": levels} | fields


def publish(portal: Portal, *notes: str) -> int:
    """A register, a release with these notes on figures of 1900 and after, ratings and a correction."""
    digests = []
    for note in notes:
        with portal.database.write() as session:
            digests.append(salt_text(session, note))
    noted = [figure(period=str(1900 + at), note=cite(digest)) for at, digest in enumerate(digests)]
    append(portal, body(), service(), indicator(service="permits"), kind="register")
    first = append(portal, release(), figure(), figure(period="2021", actual=None, obs_status="O"), *noted)
    append(portal, rating(), kind="ratings")
    return append(portal, figure(actual="81.0", cause="upheld-report", replaces=first), kind="correction")


def made(portal: Portal, *notes: str) -> tuple[Shelf, Made]:
    return Shelf(portal.settings.var), make_edition(portal, publish(portal, *notes))
