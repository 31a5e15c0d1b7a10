"""What a report is about, in words: names come from what is published, in the edition the reporter saw."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from wtforms.fields import SelectChoice

from portal.cases.listing import Matches
from portal.cases.rules import Candidate
from portal.cases.services import about, holders
from portal.cases.services.drafts import Found
from portal.cases.values import Draft, Subject, case_id_of
from portal.foundation.i18n import Names, pick
from portal.publishing import queries as published
from portal.publishing.values import FigureKey
from portal.web import edge
from portal.web.wording import gettext
from portal.web.words import number

MOST_NAMES = 20
MOST_OFFERED = 30
_DESCRIBED, _MOST_DESCRIBED = "portal.cases.described", 1000
_REFERENCE = re.compile(r"[0-9a-hjkmnp-tv-z]{3,26}")
FOUND = "draft"
"""Under which name a request notes the draft as it was read."""
LONGEST_CODE = 80  # as long as the register lets a code be


@dataclass(frozen=True)
class Described:
    """The subject with the names and numbers to show beside every question."""

    subject: Subject
    body: Names | None = None
    indicator: Names | None = None
    service: Names | None = None
    actual: str | None = None
    target: str | None = None
    more: tuple["Described", ...] = ()

    @property
    def every(self) -> tuple["Described", ...]:
        """Each thing it is about, one by one."""
        return self, *self.more


@dataclass(frozen=True)
class Offered:
    """Something published that a report could be about as well."""

    value: str
    about: Described


def sent(form: Mapping[str, str]) -> Subject:
    """The subject a door names, as far as such a thing is published; anything else is a general report."""
    session = edge.reader()
    newest = published.current_edition(session).n
    asked = form.get("edition", "")
    edition = min(int(asked), newest) if asked.isascii() and asked.isdigit() and len(asked) < 10 else newest
    body, indicator, period, service = (
        form.get(name, "")[:LONGEST_CODE] for name in ("body", "indicator", "period", "service")
    )
    if service:
        found = published.find_service(session, service, edition=newest)
        return Subject(found.body, service=found.code, edition=edition) if found else Subject(edition=edition)
    if body and indicator and period:
        key = FigureKey(body, indicator, period)
        if published.find_figure(session, key, edition=edition) is not None:
            return Subject(body, indicator, period, edition=edition)
    known = body and published.find_body(session, body, edition=newest)
    return Subject(body if known else None, edition=edition)


def about_body(code: str | None) -> Subject:
    """A report about a body as a whole, or about none that is known."""
    session = edge.reader()
    newest = published.current_edition(session).n
    known = code and published.find_body(session, code, edition=newest)
    return Subject(code if known else None, edition=newest)


def describe(subject: Subject) -> Described:
    """What is published about it. Only an act changes that, so it is looked up once for each edition there is."""
    if subject.more:
        first, *others = map(describe, subject.parts)
        return replace(first, subject=subject, more=tuple(others))
    draft: Found | None = edge.noted().get(FOUND)
    newest = draft.edition if draft is not None else published.current_edition(edge.reader()).n
    kept: tuple[int, dict[Subject, Described]] | None = edge.application().extensions.get(_DESCRIBED)
    if kept is None or kept[0] != newest or len(kept[1]) >= _MOST_DESCRIBED:
        kept = edge.application().extensions[_DESCRIBED] = newest, {}
    found = kept[1].get(subject)
    if found is None:
        found = kept[1][subject] = _described(subject, subject.edition or newest)
    return found


def _described(subject: Subject, edition: int) -> Described:
    session = edge.reader()
    body = published.find_body(session, subject.body, edition=edition) if subject.body else None
    indicator = (
        published.find_indicator(session, subject.indicator, edition=edition) if subject.indicator else None
    )
    service = published.find_service(session, subject.service, edition=edition) if subject.service else None
    actual = target = None
    if subject.body and subject.indicator and subject.period:
        key = FigureKey(subject.body, subject.indicator, subject.period)
        figure = published.find_figure(session, key, edition=edition)
        if figure is not None:
            actual = format(figure.actual, "f") if figure.actual is not None else None
            target = format(figure.target, "f") if figure.target is not None else None
    return Described(
        subject,
        body.names if body else None,
        indicator.names if indicator else None,
        service.names if service else None,
        actual,
        target,
    )


def offered(words: str) -> tuple[Offered, ...]:
    """Figures and bodies that words lead to, as published now; figures in their newest period first."""
    if not words.strip():
        return ()
    session = edge.reader()
    edition = published.current_edition(session).n
    hits = published.search(session, words, edition=edition, limit=MOST_NAMES).hits
    bodies = [hit.code for hit in hits if hit.kind == "body"]
    indicators = [hit.code for hit in hits if hit.kind == "indicator"]
    keys = [one.key for code in bodies for one in published.figures_of(session, code, edition=edition)]
    keys += [
        one.key for code in indicators for one in published.figures_of_indicator(session, code, edition=edition)
    ]
    known = list(dict.fromkeys(keys))
    both = [key for key in known if key.body in bodies and key.indicator in indicators]
    by_period = sorted(both or known, key=lambda key: key.period, reverse=True)
    found = [Subject(key.body, key.indicator, key.period, edition=edition) for key in by_period[:MOST_OFFERED]]
    found += [Subject(code, edition=edition) for code in bodies]
    return tuple(Offered(named(one), describe(one)) for one in found)


def figure_name(indicator: str, period: str) -> str:
    """A figure in a line, as templates write it too."""
    return gettext("%(indicator)s, %(period)s", indicator=indicator, period=period)


def line(about: Described) -> str:
    """One thing in a line: the figure, or the body as a whole."""
    body = pick(about.body, edge.locale()) if about.body else ""
    if not about.indicator:
        return gettext("%(body)s as a whole", body=body)
    return figure_name(pick(about.indicator, edge.locale()), about.subject.period or "")


def hint(about: Described) -> str:
    """Whose figure it is, and what was published."""
    if not about.indicator:
        return ""
    body = pick(about.body, edge.locale()) if about.body else about.subject.body or ""
    if about.actual is None:
        return body
    return gettext("%(body)s, published result %(value)s", body=body, value=number(about.actual))


def named(subject: Subject) -> str:
    """How a form names one thing; `meant` reads it back."""
    codes = subject.body, subject.indicator, subject.period, subject.service, subject.edition
    return "|".join(str(one or "") for one in codes)


def meant(value: str) -> Subject:
    """What a form names, as far as such a thing is published."""
    given = dict(zip(("body", "indicator", "period", "service", "edition"), value.split("|"), strict=False))
    return sent(given)


def figure_choices(subject: Subject) -> list[tuple[str, str]]:
    """The figures among what a case is about: how a form names them, and by name."""
    keys = [
        FigureKey(one.body, one.indicator, one.period)
        for one in subject.parts
        if one.body and one.indicator and one.period
    ]
    known = names_of([subject])
    return [
        (str(key), f"{figure_name(_pick(known, key.indicator), key.period)} · {_pick(known, key.body)}")
        for key in keys
    ]


def _pick(known: Mapping[str, Names], code: str) -> str:
    return pick(known[code], edge.locale()) if code in known else code


def body_choices() -> list[tuple[str, str]]:
    """Every published body, by its name in the reader's language."""
    session = edge.reader()
    bodies = published.list_bodies(session, edition=published.current_edition(session).n)
    return sorted(((body.code, pick(body.names, edge.locale())) for body in bodies), key=lambda one: one[1])


def meaning_of(words: str) -> Matches | None:
    """What words to search for mean in clear fields: what is published under such names, a period, a reference."""
    if not words:
        return None
    session = edge.reader()
    hits = published.search(session, words, edition=published.current_edition(session).n, limit=MOST_NAMES).hits
    codes = {
        kind: frozenset(hit.code for hit in hits if hit.kind == kind) for kind in ("body", "indicator", "service")
    }
    mark = case_id_of(words)
    return Matches(
        bodies=codes["body"],
        indicators=codes["indicator"],
        services=codes["service"],
        period=words if any(map(str.isdigit, words)) else "",  # as every period has one
        reference=mark if _REFERENCE.fullmatch(mark) else "",
    )


def sector_choices() -> list[SelectChoice]:
    """Every body that has others below it, by name: the branches of the register one can know."""
    session = edge.reader()
    bodies = published.list_bodies(session, edition=published.current_edition(session).n)
    above = {body.parent for body in bodies}
    named = [(body.code, pick(body.names, edge.locale())) for body in bodies if body.code in above]
    return [SelectChoice(code, name) for code, name in sorted(named, key=lambda one: one[1])]


def receivers(draft: Draft) -> tuple[Candidate, ...]:
    """Who would receive this draft if it were sent now."""
    found: Found | None = edge.noted().get(FOUND)
    return holders.receivers_known(
        *(edge.database(), draft),
        settings=edge.settings(),
        now=edge.now(),
        stamp=found.standing if found is not None else None,
    )


def is_open(draft: Draft) -> bool:
    """Whether a report about this could be received by anybody, leaving nobody out."""
    return bool(receivers(Draft(id="", subject=draft.subject)))


def as_published_now(subject: Subject) -> Described:
    """The same subject in the newest edition."""
    newest = published.current_edition(edge.reader()).n
    more = tuple(replace(one, edition=newest) for one in subject.more)
    return describe(replace(subject, edition=newest, more=more))


def names_of(subjects: Iterable[Subject]) -> dict[str, Names]:
    """The names of the bodies and indicators of these subjects, by code."""
    return about.names_of(edge.reader(), subjects)
