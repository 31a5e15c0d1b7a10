"""The fixed hours at which mail may be sent: when it comes must not tell when something happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.config import Settings, listed_hours

WINDOW = timedelta(hours=1)
"""Mail that could not go out within this waits for the next fixed hour."""


def newest_hour(now: datetime, hours: Sequence[int], zone: ZoneInfo) -> datetime:
    """The last fixed hour that has come, in UTC."""
    today = now.astimezone(zone).date()
    moments = (datetime.combine(day, time(hour), zone) for day in (today - timedelta(1), today) for hour in hours)
    return max(moment for moment in (one.astimezone(UTC) for one in moments) if moment <= now)


def hour_of(settings: Settings, now: datetime) -> datetime | None:
    """The fixed hour whose mail may be sent now; None between two of them, or when no mail is sent at all."""
    if not settings.smtp_url:
        return None
    hour = newest_hour(now, listed_hours(settings.mail_hours), ZoneInfo(settings.time_zone))
    return hour if now - hour < WINDOW else None
