"""The daily roots over filed reports, and the file in which a reporter proves to have filed one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.foundation.fixed_tree import Place
from portal.publishing.queries.proofs import find_statement
from portal.publishing.queries.visible import all_of, newest_of, said
from portal.publishing.verification.filing import FilingProof as FilingProof


@dataclass(frozen=True, slots=True)
class FilingRoot:
    """The root over the reports filed before `day`, in hex, and the edition that published it."""

    day: date
    root: str
    edition: int
    at: datetime


def filing_roots(session: Session, *, edition: int, most: int | None = None) -> tuple[FilingRoot, ...]:
    """Every daily root, the newest first."""
    query = all_of("filings", edition)
    rows = said(session, query if most is None else query.limit(most))
    return tuple(FilingRoot(date.fromisoformat(one.key), one.content["root"], one.edition, one.at) for one in rows)


def has_filings(session: Session, *, day: date, edition: int) -> bool:
    """Whether the root of this day is public."""
    return newest_of(session, "filings", day.isoformat(), edition) is not None


def filing_proof(
    session: Session, *, day: date, portal: str, nonce: bytes, report: bytes, place: Place, edition: int
) -> FilingProof | None:
    """All that is needed to check, offline, that a report was filed before `day`; None until its root is public.

    `report` is the SHA-256 of the report's document; `portal` the public address.
    """
    found = find_statement(session, "filings", day.isoformat(), edition=edition)
    if found is None:
        return None
    return FilingProof(portal, found.first_key, found.line, found.part, found.keys, nonce, report, place)
