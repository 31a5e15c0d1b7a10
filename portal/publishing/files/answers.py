"""answers: how bodies answered people who rated low and asked for it, by service and month.

Of a month in which fewer people asked than the threshold there is no row, as of one in which nobody did.
"""

from collections.abc import Iterator

from portal.publishing.files.ratings import service_columns
from portal.publishing.files.tables import Row
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Lines


def rows(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    for service, period in sorted(context.answers):
        said = context.answers[service, period]
        statement = said.statement
        counts = {**statement["came"], **statement["ended"]}
        yield {
            **service_columns(context, statement, service),
            "period": period,
            "as_of": statement["as_of"],
            "threshold": statement["threshold"],
            "asked": int(statement["asked"]),
            **{name.replace("-", "_"): int(count) for name, count in counts.items()},
            "version_edition": said.edition,
            "licence": OWN_LICENCE,
            "edition": head.edition,
        }
