"""What the runner does for accounts: forget what has no use any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from portal.accounts.models import DeskSecret, DeskSession, KnownBrowser, WrongTries
from portal.accounts.queries.keys import trusted_waiting
from portal.accounts.rules import BROWSER_KNOWN, FORGET_AFTER, LONGEST_SESSION, PARALLEL
from portal.accounts.services import load_anchors, settle_roles, take_into_use, unsettled_roles
from portal.foundation.actor import Actor
from portal.foundation.jobs import JobContext, Schedule, every


def tidy(context: JobContext) -> None:
    """Delete sessions that ended by themselves, wrong tries of more than a day ago, and old known browsers."""
    now = context.clock.now()
    idle = now - timedelta(minutes=context.settings.desk_idle_minutes)
    with context.database.write() as session:
        session.execute(
            delete(DeskSession).where(
                (DeskSession.last_seen_at <= idle) | (DeskSession.started_at <= now - LONGEST_SESSION)
            )
        )
        spent = DeskSecret.spent_at <= now - PARALLEL
        session.execute(update(DeskSecret).where(spent).values(key=None))
        session.execute(delete(KnownBrowser).where(KnownBrowser.since <= now - BROWSER_KNOWN))
        session.execute(delete(WrongTries).where(WrongTries.last_at <= now - FORGET_AFTER))


def hold_back_untrained(context: JobContext) -> None:
    """Roles whose training has lapsed stop counting, within minutes of the day's end."""
    now = context.clock.now()
    with context.database.read() as session:
        if not unsettled_roles(session, now=now):
            return  # as nearly always
    with context.database.write() as session:
        settle_roles(session, now=now)


def take_keys_into_use(context: JobContext) -> None:
    """Keys that two colleagues have signed, and whose turn was missed: both signed in the same moment."""
    anchors, now = load_anchors(context.settings.var), context.clock.now()
    with context.database.read() as session:
        if not trusted_waiting(session, anchors):
            return  # as nearly always: nobody who writes waits for a look at nothing
    with context.database.write() as session:
        take_into_use(session, anchors=anchors, actor=Actor.system(), now=now)


SCHEDULES = (
    Schedule("accounts.tidy", every(timedelta(hours=1)), tidy),
    Schedule("accounts.new-keys", every(timedelta(minutes=10)), take_keys_into_use),
    Schedule("accounts.training", every(timedelta(minutes=10)), hold_back_untrained),
)
