"""ratings.csv and ratings.json: what the marks of each service came to, month by month.

A summary of fewer marks than the published threshold is suppressed: it has a row, and no number in it.
"""

from collections.abc import Iterator

from portal.publishing.files.tables import Row, named
from portal.publishing.files.values import OWN_LICENCE, Context, FileHead, Lines

LEVELS = {
    "5": "very_satisfied",
    "4": "satisfied",
    "3": "fairly_satisfied",
    "2": "dissatisfied",
    "1": "very_dissatisfied",
}
_PARTS = ("share", "low", "high")


def rows(head: FileHead, context: Context, _lines: Lines) -> Iterator[Row]:
    for service_code, period in sorted(context.ratings):
        said = context.ratings[service_code, period]
        rating = said.statement
        body = context.bodies.get(rating["body"], {})
        service = context.services.get(service_code, {})
        hidden = bool(rating["suppressed"])
        levels = {} if hidden else rating["levels"] or {}
        yield {
            "body_code": rating["body"],
            **named("body_name", body),
            "service_code": service_code,
            **named("service_name", service),
            "period": period,
            "suppressed": hidden,
            "marks": None if hidden or rating["n"] is None else int(rating["n"]),
            **{
                f"{name}_{part}": levels.get(level, {}).get(part)
                for level, name in LEVELS.items()
                for part in _PARTS
            },
            "version_edition": said.edition,
            "licence": OWN_LICENCE,
            "edition": head.edition,
        }
