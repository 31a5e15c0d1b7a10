"""Releases and corrections: what was published when, and what was replaced since."""

from typing import Any

from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.changes import Change, ChangeFilter
from portal.publishing.readings import Release
from portal.publishing.values import Cause
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import ROOT, Asked, Rows, address, encode, listing, single
from portal.publishing.web.api.counted import counted, offset
from portal.publishing.web.api.labels import by_language, note_json, stamp
from portal.publishing.web.api.register import require_known
from portal.web import edge


@listing(
    "/releases", N_("Releases, the latest first."), model=shapes.Release, tag="releases", filters=(ask.CHANGED,)
)
def releases(asked: Asked) -> Rows:
    since = asked.get("changed_since") or 0
    found = [one for one in queries.releases(edge.reader(), edition=asked.n) if one.edition > since]
    return counted(asked, [encode(_release_json(one)) for one in found])


@single(
    "/releases/{slug}",
    N_("One release."),
    model=shapes.Release,
    tag="releases",
    known={"slug": N_("Name of the release.")},
)
def release(asked: Asked, slug: str) -> str:
    return encode(_release_json(queries.get_release(edge.reader(), slug, edition=asked.n)))


@listing(
    "/corrections",
    N_("Published values, targets and definitions that were replaced by others, the latest first."),
    model=shapes.Correction,
    tag="releases",
    filters=(ask.BODY, ask.INDICATOR, ask.CAUSE, ask.CHANGED),
)
def corrections(asked: Asked) -> Rows:
    require_known(asked, body="body", indicator="indicator")
    start, since = offset(asked), asked.get("changed_since") or 0
    cause = asked.get("cause")
    found = queries.changes(
        edge.reader(),
        edition=asked.n,
        only=ChangeFilter(asked.get("body"), asked.get("indicator"), Cause(cause) if cause else None),
        limit=asked.limit + 1,
        offset=start,
    )
    later = [one for one in found if one.new_edition > since]
    rows = [encode(_correction_json(one)) for one in later[: asked.limit]]
    return rows, (str(start + asked.limit),) if len(later) > asked.limit else None


def _release_json(release: Release) -> dict[str, Any]:
    return {
        "slug": release.slug,
        "names": release.names,
        "source": by_language(release.source),
        "licence": by_language(release.licence),
        "period": release.period,
        "figures": release.figures,
        "edition": release.edition,
        "at": stamp(release.at),
        "links": {
            "api": address(f"{ROOT}/releases/{release.slug}"),
            "page": address(f"/releases/{release.slug}"),
        },
    }


def _correction_json(change: Change) -> dict[str, Any]:
    register = change.key is None
    about = f"indicators/{change.indicator}" if register else f"bodies/{change.body}/indicators/{change.indicator}"
    return {
        "id": change.id,
        "body": change.body,
        "indicator": change.indicator,
        "period": change.period,
        "changes": [{"changed": one.what.value, "old": one.old, "new": one.new} for one in change.fields],
        "cause": change.cause.value if change.cause else None,
        "note": note_json(change.note),
        "at": stamp(change.at),
        "old_edition": change.old_edition,
        "new_edition": change.new_edition,
        "links": {
            "api": address(
                f"{ROOT}/" + (f"indicators/{change.indicator}" if register else f"figures/{change.key}")
            ),
            "page": address(f"/{about}#{'changes' if register else 'versions'}"),
        },
    }
