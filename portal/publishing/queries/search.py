"""Finding bodies, services and indicators by words of their names, codes and definitions."""

from sqlalchemy.orm import Session

from portal.foundation.i18n import Names
from portal.publishing.models import StatementRow
from portal.publishing.queries.register import body_of, indicator_of, service_of
from portal.publishing.queries.visible import Said, newest
from portal.publishing.readings import SearchResults
from portal.publishing.words import normalised, terms

MOST_RESULTS = 50


def search(session: Session, query: str, *, edition: int) -> SearchResults:
    """Everything in which all words of `query` occur, matches in a name before those in a definition."""
    wanted = terms(query)
    if not wanted:
        return SearchResults((), (), (), more=False)
    found = {kind: _matches(session, kind, wanted, edition) for kind in ("body", "service", "indicator")}
    return SearchResults(
        bodies=tuple(body_of(one) for one in found["body"][:MOST_RESULTS]),
        services=tuple(service_of(one) for one in found["service"][:MOST_RESULTS]),
        indicators=tuple(indicator_of(one) for one in found["indicator"][:MOST_RESULTS]),
        more=any(len(matches) > MOST_RESULTS for matches in found.values()),
    )


def _matches(session: Session, kind: str, wanted: tuple[str, ...], edition: int) -> list[Said]:
    has_all = [StatementRow.words.contains(term, autoescape=True) for term in wanted]
    found = newest(session, kind, edition, *has_all)
    return sorted(found, key=lambda one: (_distance(one.content["names"], wanted), one.key))


def _distance(names: Names, wanted: tuple[str, ...]) -> int:
    """0: a name begins with the first word · 1: all words in a name · 2: only in the definition or code."""
    texts = [normalised(name) for name in names.values()]
    if any(text.startswith(wanted[0]) and all(term in text for term in wanted) for text in texts):
        return 0
    return 1 if any(all(term in text for term in wanted) for text in texts) else 2
