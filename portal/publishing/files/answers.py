"""answers, bodyanswers: how bodies answered people who rated low and asked for it, by month, for each service and
for the services of a body together.

Of a month in which fewer people asked than the threshold there is no row, as of one in which nobody did.
"""

from collections.abc import Iterator
from typing import Any

from portal.publishing.files.ratings import body_columns, service_columns
from portal.publishing.files.tables import Row
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Lines, Said


def rows(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    for service, period in sorted(context.answers):
        said = context.answers[service, period]
        yield {**service_columns(context, said.statement, service), **_counted(head, said)}


def of_bodies(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    for body, period in sorted(context.body_answers):
        said = context.body_answers[body, period]
        covers = said.statement["covers"]
        yield {**body_columns(context, body), "covers": covers, **_counted(head, said)}


def _counted(head: FileHead, said: Said) -> dict[str, Any]:
    statement = said.statement
    counts = {**statement["came"], **statement["ended"]}
    return {
        "period": statement["period"],
        "as_of": statement["as_of"],
        "threshold": statement["threshold"],
        "asked": int(statement["asked"]),
        **{name.replace("-", "_"): int(count) for name, count in counts.items()},
        "version_edition": said.edition,
        "licence": OWN_LICENCE,
        "edition": head.edition,
    }
