"""What a citation names, found again among everything published up to its edition."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, message
from portal.publishing.citing import Citation, Subject, cut, is_cut, start_of
from portal.publishing.models import Act, FigureVersion, StatementRow
from portal.publishing.values import FigureKey

_KINDS = {
    Subject.SERIES: ("body", "indicator"),
    Subject.FIGURE: ("body", "indicator"),
    Subject.INDICATOR: ("indicator",),
    Subject.BODY: ("body",),
    Subject.RATINGS: ("service",),
    Subject.RELEASE: ("release",),
}


def resolve(session: Session, citation: Citation) -> Citation:
    """The citation with its codes whole. Raises NotFound when nothing of that name was published by then."""
    kinds = _KINDS[citation.subject]
    whole = tuple(
        _whole(session, kind, key, citation.edition) for kind, key in zip(kinds, citation.keys, strict=False)
    )
    return Citation(citation.subject, whole + citation.keys[len(kinds) :], citation.edition)


def replaced_of_release(
    session: Session, release: int, *, since: int, edition: int, limit: int
) -> tuple[FigureKey, ...]:
    """Figures published by one edition that were replaced after edition `since`, by key."""
    rows = session.execute(
        select(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
        .join(Act, Act.id == FigureVersion.act_id)
        .where(FigureVersion.replaces == release, Act.edition > since, Act.edition <= edition)
        .order_by(FigureVersion.body, FigureVersion.indicator, FigureVersion.period)
        .limit(limit)
    )
    return tuple(FigureKey(*row) for row in rows)


def _whole(session: Session, kind: str, key: str, edition: int) -> str:
    if not is_cut(key):
        return key
    start = start_of(key)
    codes = session.scalars(
        select(StatementRow.key)
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind == kind, Act.edition <= edition)
        .where(StatementRow.key.between(start, start + "~"))  # "~" follows every character of a code
        .distinct()
        .order_by(StatementRow.key)
    )
    found = next((code for code in codes if cut(code) == key), None)
    if found is None:
        raise NotFound(message(N_("Nothing is published under the code {code}."), code=key))
    return found
