"""What kind of installation a database belongs to, so that a demonstration and the real thing never mix."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.config import Mode, Settings, UnsafeSettings
from portal.foundation.db import Base, Database, UtcDateTime


class Installation(Base):
    """One row, written when the installation is set up."""

    __tablename__ = "installation"

    mode: Mapped[str] = mapped_column(String(16), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def found_mode(session: Session) -> Mode | None:
    """The mode this database was set up for, None when it was not set up yet."""
    mode = session.scalar(select(Installation.mode))
    return Mode(mode) if mode else None


def mark(session: Session, mode: Mode, *, now: datetime) -> None:
    """Set the database up for `mode`, for good."""
    session.add(Installation(mode=mode, made_at=now))


def require_matching(database: Database, settings: Settings) -> None:
    """Refuse to serve a demonstration database in production, or any other in demo mode.

    Raises UnsafeSettings.
    """
    with database.read() as session:
        mode = found_mode(session)
    if settings.mode is Mode.DEMO and mode is not Mode.DEMO:
        raise UnsafeSettings(
            "PORTAL_MODE is demo, but this database was not made by `python -m portal demo load`."
        )
    if settings.mode is Mode.PRODUCTION and mode is Mode.DEMO:
        raise UnsafeSettings("This database holds the demonstration; production needs one of its own.")
