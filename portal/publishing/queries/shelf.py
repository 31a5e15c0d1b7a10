"""What the keeper of files asks of the log: which editions there are, and which withdrawals concern them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.publishing.models import Act, ActText, SaltedText, StatementRow
from portal.publishing.values import AppendedAct


@dataclass(frozen=True)
class Withdrawals:
    """Texts that were withdrawn: the edition that first cited each, and the act that withdrew it."""

    found: tuple[tuple[int, int], ...]

    def before(self, edition: int) -> int:
        """The newest act that withdrew a text which editions up to this one cite; 0 when there is none."""
        return max((withdrawn for cited, withdrawn in self.found if cited <= edition), default=0)


def withdrawals(session: Session) -> Withdrawals:
    rows = session.execute(
        select(func.min(Act.edition), SaltedText.withdrawn_in)
        .join(ActText, ActText.act_id == Act.id)
        .join(SaltedText, SaltedText.digest == ActText.digest)
        .where(SaltedText.withdrawn_in.is_not(None), Act.edition.is_not(None))
        .group_by(SaltedText.digest, SaltedText.withdrawn_in)
    )
    return Withdrawals(tuple((cited, withdrawn) for cited, withdrawn in rows if cited and withdrawn))


def release_editions(session: Session) -> frozenset[int]:
    """The editions that published a release."""
    found = session.scalars(
        select(Act.edition).join(StatementRow, StatementRow.act_id == Act.id).where(StatementRow.kind == "release")
    )
    return frozenset(n for n in found if n is not None)


def recent_editions(
    session: Session, *, edition: int, limit: int | None = None, offset: int = 0
) -> tuple[AppendedAct, ...]:
    """The editions up to `edition`, the newest first, with the kind of act that made each."""
    rows = session.execute(
        select(Act.edition, Act.kind, Act.appended_at)
        .where(Act.edition <= edition)
        .order_by(Act.edition.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple(AppendedAct(n or 0, kind, at) for n, kind, at in rows if at is not None)
