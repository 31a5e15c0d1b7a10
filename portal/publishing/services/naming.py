"""What a duty calls the thing it is about: names in every language of the house, for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.foundation.i18n import LOCALES, Names, pick
from portal.publishing.queries.log import log_size
from portal.publishing.queries.register import bodies_named, indicators_named
from portal.publishing.values import FigureKey
from portal.registry.queries import find_body, find_indicator


def figure_names(session: Session, figure: FigureKey) -> dict[str, str]:
    """Body, indicator and period, by the names that are published; by its code what has none."""
    edition = log_size(session)
    body = bodies_named(session, [figure.body], edition=edition).get(figure.body)
    indicator = indicators_named(session, [figure.indicator], edition=edition).get(figure.indicator)
    parts: tuple[Names, ...] = (
        body.names if body else {"en": figure.body},
        indicator.names if indicator else {"en": figure.indicator},
        {"en": figure.period},
    )
    return {language: " · ".join(pick(one, language) for one in parts) for language in LOCALES}


def body_names(session: Session, code: str) -> Mapping[str, str] | str:
    """The names of a body of the register; its code where it has none."""
    found = find_body(session, code)
    return dict(found.names) if found and found.names else code


def indicator_names(session: Session, code: str) -> Mapping[str, str] | str:
    """The same of an indicator, as the register has it now."""
    found = find_indicator(session, code)
    return dict(found.names) if found and found.names else code
