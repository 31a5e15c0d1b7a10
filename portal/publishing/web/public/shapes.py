"""How bodies, indicators and figures look as cells and as JSON. Columns are named as in the data files."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.foundation.i18n import LOCALES, Names
from portal.publishing.breaks import SeriesBreak
from portal.publishing.changes import Change
from portal.publishing.readings import (
    Figure,
    PublishedBody,
    PublishedEnd,
    PublishedIndicator,
    Release,
    Reply,
    Version,
    digits,
)
from portal.publishing.values import Text
from portal.publishing.web.public.rows import IndicatorRow

FIGURE_COLUMNS = (
    *("body_code", *(f"body_name_{locale}" for locale in LOCALES), "body_invented", "service_code"),
    *("indicator_code", *(f"indicator_name_{locale}" for locale in LOCALES), "unit", "direction", "kind"),
    *("period", "target", "actual", "numerator", "denominator", "obs_status", "obs_note"),
    *("status", "notice", "cause", "version_edition", "version_at", "replaces_edition"),
    *("release", "source", "licence"),
)

Releases = Mapping[int, Release]
"""Releases by the edition that published them."""


def figure_cells(row: IndicatorRow, figure: Figure, version: Version, releases: Releases) -> Sequence[Any]:
    """One version of a figure as cells under FIGURE_COLUMNS."""
    kept, body = row.indicator, row.body
    release = release_of(figure, releases)
    return (
        *(body.code, *named(body.names), body.invented, kept.service),
        *(kept.code, *named(kept.names), plain(kept.unit), kept.direction.value, kept.kind.value),
        *(figure.key.period, digits(version.target), digits(version.actual)),
        *(digits(version.numerator), digits(version.denominator), version.obs_status, note_words(version.note)),
        *(row.status_of(version).value, _notice(figure), version.cause.value),
        *(version.edition, moment(version.at), version.replaces),
        *((release.slug, plain(release.source), plain(release.licence)) if release else (None, None, None)),
    )


def figure_json(row: IndicatorRow, figure: Figure, releases: Releases) -> dict[str, Any]:
    """A figure with every version, oldest first."""
    release = release_of(figure, releases)
    return {
        "body": figure.key.body,
        "indicator": figure.key.indicator,
        "period": figure.key.period,
        "notice": _notice(figure),
        "release": release.slug if release else None,
        "source": release.source if release else None,
        "licence": release.licence if release else None,
        "versions": [_version_json(row, version) for version in figure.versions],
        "notices": [
            {
                "state": notice.state.value,
                "reason": note_words(notice.reason),
                "edition": notice.edition,
                "at": moment(notice.at),
            }
            for notice in figure.notices
        ],
    }


def release_of(figure: Figure, releases: Releases) -> Release | None:
    """The release that brought the figure: a correction keeps its source and licence."""
    for version in reversed(figure.versions):
        if version.edition in releases:
            return releases[version.edition]
    return None


def sources_of(rows: Iterable[IndicatorRow], releases: Releases) -> tuple[Release, ...]:
    """The releases that brought these figures, the latest first: their sources and licences."""
    brought = (release_of(figure, releases) for row in rows for figure in row.figures)
    found = {release.edition: release for release in brought if release}
    return tuple(found[edition] for edition in sorted(found, reverse=True))


def sources_among(brought: Iterable[tuple[int, ...]], releases: Releases) -> tuple[Release, ...]:
    """The same of figures of which only the editions of their versions are known, oldest first."""
    newest = (next((one for one in reversed(editions) if one in releases), 0) for editions in brought)
    return tuple(releases[edition] for edition in sorted(set(newest), reverse=True) if edition)


def body_json(body: PublishedBody) -> dict[str, Any]:
    return {
        "code": body.code,
        "names": body.names,
        "parent": body.parent,
        "level": body.level,
        "invented": body.invented,
        "codes": body.codes,
        "valid_from": body.valid_from.isoformat() if body.valid_from else None,
        "ended": _end_json(body.ended) if body.ended else None,
        "former": [{"names": names, "until": until.isoformat()} for names, until in body.former],
    }


def _end_json(end: PublishedEnd) -> dict[str, Any]:
    return {"on": end.on.isoformat(), "how": end.how.value, "into": list(end.into)}


def indicator_json(indicator: PublishedIndicator) -> dict[str, Any]:
    return {
        "code": indicator.code,
        "names": indicator.names,
        "definition": indicator.definition,
        "unit": indicator.unit,
        "direction": indicator.direction.value,
        "kind": indicator.kind.value,
        "body": indicator.body,
        "service": indicator.service,
        "weight": digits(indicator.weight),
        "criteria": indicator.criteria or None,
    }


def change_json(change: Change) -> dict[str, Any]:
    """A change, as every JSON of the site gives it."""
    return {
        "id": change.id,
        "body": change.body,
        "indicator": change.indicator,
        "period": change.period,
        "changes": [{"changed": one.what.value, "old": one.old, "new": one.new} for one in change.fields],
        "cause": change.cause.value if change.cause else None,
        "note": note_words(change.note),
        "old_edition": change.old_edition,
        "new_edition": change.new_edition,
        "at": moment(change.at),
    }


def break_json(one: SeriesBreak) -> dict[str, Any]:
    return {
        "period": one.period,
        "reason": one.reason.value,
        "note": note_words(one.note),
        "edition": one.edition,
        "at": moment(one.at),
    }


def named(names: Names) -> tuple[str | None, ...]:
    """A name in each language, in the order of the columns."""
    return tuple(names.get(locale) for locale in LOCALES)


def plain(text: str | Names) -> str:
    """A text that may come in several languages, in English."""
    return text if isinstance(text, str) else text.get("en") or next(iter(text.values()), "")


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _version_json(row: IndicatorRow, version: Version) -> dict[str, Any]:
    return {
        "edition": version.edition,
        "at": moment(version.at),
        "target": digits(version.target),
        "actual": digits(version.actual),
        "numerator": digits(version.numerator),
        "denominator": digits(version.denominator),
        "obs_status": version.obs_status,
        "obs_note": note_words(version.note),
        "status": row.status_of(version).value,
        "cause": version.cause.value,
        "replaces": version.replaces,
        "handin": handin_json(version),
    }


def handin_json(version: Version) -> dict[str, Any] | None:
    """What the body handed in for a version, and what opens its commitment in the log; no person's name."""
    one = version.handin
    if one is None:
        return None
    return {"edition": one.edition, "salt": one.salt, "said": one.said, "changed": sorted(one.changed)}


def reply_json(reply: Reply) -> dict[str, Any]:
    return {
        "period": reply.key.period,
        "text": note_words(reply.text),
        "taken_back": reply.text is None,
        "about_edition": reply.about,
        "signed_by": "body" if reply.by_body else "office",
        "edition": reply.edition,
        "at": moment(reply.at),
    }


def note_words(note: Text | None) -> str | None:
    """A text by a person, or which act withdrew it."""
    if note is None:
        return None
    return note.text if note.withdrawn_in is None else f"withdrawn by act {note.withdrawn_in}"


def _notice(figure: Figure) -> str | None:
    return figure.mark.value if figure.mark else None
