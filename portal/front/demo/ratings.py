"""Invented ratings of the invented body: three closed months of marks, and comments to be read."""

from datetime import datetime, timedelta
from random import Random

from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.ids import new_id
from portal.foundation.tables import Row, Table
from portal.ratings import jobs, queries, services
from portal.ratings.matters import COLUMNS, import_matters
from portal.ratings.permissions import RatingsPermission
from portal.ratings.services.marks import Mark, add_to_mark, comment_key, mark_key, save_mark
from portal.ratings.values import Channel, CommentState, Level, month_of

MONTHS = 3
# how often each level from 1 (very dissatisfied) to 5 is given, service by service
HABITS = {
    "RBO-PERMIT": (1, 2, 4, 9, 6),
    "RBO-INSPECTION": (3, 4, 6, 6, 3),
    "RBO-COUNTER": (1, 1, 1, 2, 1),
}
MARKS = {"RBO-PERMIT": 64, "RBO-INSPECTION": 41, "RBO-COUNTER": 2}  # the last stays below the threshold
CHANNELS = (Channel.QR, Channel.WEB, Channel.QR)
MATTERS = {"RBO-PERMIT": 410, "RBO-INSPECTION": 520, "RBO-COUNTER": 35}  # settled in a month, half of them online

SAID = (
    ("RBO-PERMIT", Level.SATISFIED, "Plans came back two days earlier than promised. 比承诺的早了两天。"),
    ("RBO-PERMIT", Level.DISSATISFIED, "I was asked for the same survey twice."),
    ("RBO-INSPECTION", Level.VERY_DISSATISFIED, "等了三周，没有人通知我改期。"),
)
TO_BE_READ = (
    ("RBO-INSPECTION", Level.FAIRLY_SATISFIED, "The inspector was friendly but came on another day than agreed."),
    ("RBO-PERMIT", Level.VERY_SATISFIED, "窗口工作人员很耐心，一次办好。"),
)


def rate(portal: Portal, moderator: Actor) -> None:
    """Save marks as their raters would have, fold and publish them, and leave some comments to be read."""
    now = portal.clock.now()
    random = Random(20260209)  # noqa: S311  (an invented story, the same at every loading)
    for back in range(MONTHS, 0, -1):
        _save_marks(portal, _months_before(now, back), random)
    _add_to_marks(portal, SAID, _months_before(now, 1))
    _tell_matters(portal, [month_of(_months_before(now, back)) for back in range(MONTHS, 0, -1)])
    jobs.run_fold(portal)
    with portal.database.write() as session:
        for comment in queries.list_comments(session, state=CommentState.WAITING).items:
            services.approve_comment(session, comment_id=comment.id, actor=moderator, now=now)
    jobs.run_publish(portal)
    _add_to_marks(portal, TO_BE_READ, now)
    jobs.run_fold(portal)


def _save_marks(portal: Portal, at: datetime, random: Random) -> None:
    levels = list(Level)
    with portal.database.write() as session:
        for service, count in MARKS.items():
            for place, level in enumerate(random.choices(sorted(levels), weights=HABITS[service], k=count)):
                key, channel = mark_key(portal.keys, new_id()), CHANNELS[place % len(CHANNELS)]
                save_mark(session, key=key, mark=Mark(service, level, channel), receipt=None, now=at)


def _tell_matters(portal: Portal, months: list[str]) -> None:
    """As a table from the business system would."""
    cells = [
        (service, month, way, str(count // 2))
        for service, count in MATTERS.items()
        for month in months
        for way in ("in-person", "online")
    ]
    rows = [Row("matters", n, dict(zip(COLUMNS, each, strict=True))) for n, each in enumerate(cells, start=2)]
    office = Actor("system", "system", frozenset({RatingsPermission.RECONCILE}))
    with portal.database.write() as session:
        now = portal.clock.now()
        import_matters(session, Table("matters", COLUMNS, rows), source="Business system", actor=office, now=now)


def _add_to_marks(portal: Portal, said: tuple[tuple[str, Level, str], ...], at: datetime) -> None:
    with portal.database.write() as session:
        for service, level, text in said:
            key = comment_key(portal.keys, new_id())
            add_to_mark(session, key=key, mark=Mark(service, level), period=month_of(at), text=text)


def _months_before(now: datetime, months: int) -> datetime:
    at = now.replace(day=1)
    for _ in range(months):
        at = (at - timedelta(days=1)).replace(day=1)
    return at
