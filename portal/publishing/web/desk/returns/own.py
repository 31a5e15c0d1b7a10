"""What a body sees of its own: one value, and the names of what is asked."""

from __future__ import annotations

from portal.accounts.web.guard import acting
from portal.foundation.i18n import pick
from portal.publishing.collecting import Value
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries import rounds as queries
from portal.publishing.services import returns
from portal.publishing.sheets import Named
from portal.registry import queries as registry
from portal.web import edge

ENTER = PublishingPermission.ENTER_VALUES


def value_of(slug: str, body: str, indicator: str) -> Value:
    return queries.get_value(edge.session(), slug, body, indicator)


def named_in(body: str) -> Named:
    locale = edge.locale()
    indicators = registry.list_indicators(edge.session())
    return Named(
        body=pick(registry.get_body(edge.session(), body).names, locale),
        indicators={one.code: pick(one.names, locale) for one in indicators},
        units={one.code: pick(one.unit, locale) for one in indicators},
    )


def require_own(body: str) -> None:
    returns.require_own(edge.session(), acting(), body, ENTER, now=edge.now())
