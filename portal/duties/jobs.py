"""What the runner does for duties: it reminds of training that ends, names who takes over a second signature that
was not given in time, and mails at fixed hours that things wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.config import Settings
from portal.duties.hours import hour_of
from portal.duties.mailing import TELL, begin, tell
from portal.duties.new_keys import ask_for_signatures
from portal.duties.substitutes import name_all
from portal.duties.training import HOUR, remind
from portal.foundation.jobs import Handler, Schedule, daily, every


def _at_fixed_hours(last: datetime | None, now: datetime, settings: Settings) -> bool:
    hour = hour_of(settings, now)
    return hour is not None and (last is None or last < hour)


HANDLERS: dict[str, Handler] = {TELL: tell}
SCHEDULES = (
    Schedule("duties.new-keys", every(timedelta(minutes=10)), ask_for_signatures),
    Schedule("duties.training", daily(lambda _settings: HOUR), remind),
    Schedule("duties.substitutes", every(timedelta(hours=1)), name_all),
    Schedule("duties.mail", _at_fixed_hours, begin),
)
