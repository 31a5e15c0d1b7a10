"""Finding bodies, services, indicators and releases by words of their names, codes and definitions.

As of any edition: the index holds every version ever published, and the newest one that matches counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.publishing.found import YES, Choice, Facet, Found, Hit, Kind
from portal.publishing.models import Act, ActMeasure
from portal.publishing.queries.matching import Match, matches, with_code
from portal.publishing.queries.walks import newest_among
from portal.publishing.words import PARTS, Term, terms
from portal.registry.queries import is_code

MOST_MATCHES = 500
"""How many matches are ranked and counted; beyond them a search says that there are more."""
MOST_CHOICES = 8
_FEW = 300
_AT_ONCE = 500


@dataclass(frozen=True)
class _Candidate:
    """A match with what it can be narrowed down by."""

    match: Match
    level: str
    targets: bool
    years: frozenset[str]

    def values(self, facet: Facet) -> Iterable[str]:
        kind, key, scope = self.match[:3]
        match facet:
            case Facet.KIND:
                return (kind,)
            case Facet.BODY:
                owner = key if kind == Kind.BODY else scope
                return (owner,) if owner else ()
            case Facet.LEVEL:
                return (self.level,) if self.level else ()
            case Facet.TARGETS:
                return (YES,) if self.targets else ()
        return self.years


def search(
    session: Session,
    query: str,
    *,
    edition: int,
    only: Mapping[Facet, str] | None = None,
    limit: int = 20,
    offset: int = 0,
) -> Found:
    """What all words of `query` occur in, narrowed down by `only`; a page of it, the closest first."""
    wanted = terms(query)
    if not wanted:
        return Found(0, False, ())
    only = only or {}
    found = _candidates(session, query, wanted, edition, only)
    more = len(found) > MOST_MATCHES
    described = _described(session, _ranked(found[:MOST_MATCHES], wanted), edition)
    kept = [one for one in described if all(value in one.values(facet) for facet, value in only.items())]
    return Found(
        total=len(kept),
        more=more,
        hits=_hits(session, [one.match for one in kept[offset : offset + limit]], edition),
        choices={facet: _choices(facet, kept) for facet in Facet if facet not in only},
        suggestions=() if described else tuple(_suggestions(session, wanted, edition)),
    )


def _candidates(
    session: Session, query: str, wanted: Sequence[Term], edition: int, only: Mapping[Facet, str]
) -> list[Match]:
    """At most a few more than are ranked; of too many, exact codes and what matches in its title first."""
    kind, body = only.get(Facet.KIND), only.get(Facet.BODY)

    def ask(*, title: bool) -> list[Match]:
        return matches(session, wanted, edition=edition, title=title, limit=MOST_MATCHES + 1, kind=kind, body=body)

    found = with_code(session, query, edition=edition, kind=kind, body=body) if is_code(query) else []
    anywhere = ask(title=False)
    if len(anywhere) > MOST_MATCHES:
        found += ask(title=True)
    return list({(row[0], row[1]): row for row in (*found, *anywhere)}.values())


def _ranked(found: Iterable[Match], wanted: Sequence[Term]) -> list[Match]:
    whole = " ".join(str(term) for term in wanted)
    return sorted(found, key=lambda match: (_distance(match[3], whole, wanted), len(match[3]), match[1], match[0]))


def _distance(title: str, whole: str, wanted: Sequence[Term]) -> int:
    """0: a code or name is just this · 1: one begins so · 2: it is in one · 3: its words are · 4: elsewhere."""
    parts = title.split(PARTS)
    if whole in parts:
        return 0
    if any(part.startswith(whole) for part in parts):
        return 1
    spaced = f" {title} "
    if f" {whole}" in spaced:
        return 2
    return 3 if all(f" {term}" in spaced for term in wanted) else 4


def _described(session: Session, found: Sequence[Match], edition: int) -> list[_Candidate]:
    owners = {match[1] if match[0] == Kind.BODY else match[2] for match in found} - {""}
    bodies = newest_among(session, "body", sorted(owners), edition=edition)
    levels = {code: str(said.content["level"]) for code, said in bodies.items()}
    measured = _measured(session, [match[1] for match in found if match[0] == Kind.INDICATOR], edition)
    described = []
    for match in found:
        kind, key, scope = match[:3]
        targets, years = measured.get(key, _NOTHING) if kind == Kind.INDICATOR else _NOTHING
        level = levels.get(key if kind == Kind.BODY else scope, "")
        described.append(_Candidate(match, level, targets, years))
    return described


_NOTHING: tuple[bool, frozenset[str]] = (False, frozenset())


def _measured(session: Session, codes: Sequence[str], edition: int) -> dict[str, tuple[bool, frozenset[str]]]:
    """Whether these indicators ever had targets, and of which years they have figures."""
    found: dict[str, tuple[bool, frozenset[str]]] = {}
    for start in range(0, len(codes), _AT_ONCE):
        rows = session.connection().execute(
            select(ActMeasure.indicator, ActMeasure.targets, ActMeasure.years)
            .join(Act, Act.id == ActMeasure.act_id)
            .where(ActMeasure.indicator.in_(codes[start : start + _AT_ONCE]), Act.edition <= edition)
        )
        for code, targets, years in rows:
            had, before = found.get(code, _NOTHING)
            found[code] = (had or targets > 0, before | frozenset(years.split(",")))
    return found


def _choices(facet: Facet, found: Iterable[_Candidate]) -> tuple[Choice, ...]:
    """The values of a facet, the most frequent first; years the latest first."""
    counts = Counter(value for one in found for value in one.values(facet))
    if facet is Facet.YEAR:
        return tuple(Choice(year, counts[year]) for year in sorted(counts, reverse=True)[:MOST_CHOICES])
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Choice(value, count) for value, count in ordered[:MOST_CHOICES])


def _hits(session: Session, found: Sequence[Match], edition: int) -> tuple[Hit, ...]:
    """The matches with their names, in the same order."""
    names = {}
    for kind in {match[0] for match in found}:
        keys = sorted(match[1] for match in found if match[0] == kind)
        for code, said in newest_among(session, kind, keys, edition=edition).items():
            names[kind, code] = said.content["names"]
    return tuple(
        Hit(Kind(kind), key, names[kind, key], scope if kind != Kind.BODY and scope else None, n)
        for kind, key, scope, _, n in found
    )


def _suggestions(session: Session, wanted: Sequence[Term], edition: int) -> Iterable[str]:
    """Queries like this one that find something: a word spelled otherwise, or fewer words."""
    right = [_spelled(session, term, edition) for term in wanted]
    if all(right) and right != [_plain(term) for term in wanted]:
        together = " ".join(word for word in right if word)
        if _finds(session, together, edition):
            yield together
    if len(wanted) > 1:
        yield from (word for word in dict.fromkeys(right) if word)
    elif wanted[0].is_chinese and len(wanted[0].words) > 2:
        yield from _halves(session, wanted[0], edition)


def _spelled(session: Session, term: Term, edition: int) -> str | None:
    """The term as it is when it finds something, else the word nearest to it that is in a title."""
    if _finds(session, _plain(term), edition):
        return _plain(term)
    if term.is_chinese or len(term.words[0]) < 4:
        return None
    start = Term((term.words[0][:2],))
    near = matches(session, [start], edition=edition, title=True, limit=_FEW)
    words = {word for match in near for word in match[3].split() if word.startswith(start.words[0])}
    return next(iter(get_close_matches(term.words[0], sorted(words), n=1, cutoff=0.7)), None)


def _halves(session: Session, term: Term, edition: int) -> Iterable[str]:
    """Two characters side by side that find something."""
    pairs = dict.fromkeys(first + second for first, second in zip(term.words, term.words[1:], strict=False))
    return [pair for pair in list(pairs)[:10] if _finds(session, pair, edition)][:3]


def _finds(session: Session, query: str, edition: int) -> bool:
    return bool(matches(session, terms(query), edition=edition, title=False, limit=1))


def _plain(term: Term) -> str:
    return "".join(term.words) if term.is_chinese else str(term)
