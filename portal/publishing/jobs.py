"""What the job runner does for publishing: it gives waiting acts their edition."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from portal.duties.calendar import WorkingDays
from portal.foundation.jobs import Handler, JobContext, Punctual, Schedule, daily, every
from portal.publishing.services import asking, rounds, uploads
from portal.publishing.services.acts import APPEND
from portal.publishing.services.appender import append_waiting, export_chunks
from portal.publishing.services.early_access import tell_views
from portal.publishing.services.foreseeing import FILES_LEAD, Ahead
from portal.publishing.services.layouts import adopt_newest
from portal.publishing.services.shelving import Maker
from portal.publishing.services.sweeping import sweep_staged
from portal.publishing.services.timing import MAKE_READY, check_scheduled, next_due, publish_due, tell_missed

_ahead = Ahead()
_files_ahead = Ahead("files-ahead", FILES_LEAD, wanted=lambda _settings: True)


def reveal(state: str) -> Callable[[], object]:
    """Have files and pages made ahead handed over."""
    waits = [each.reveal(state) for each in (_files_ahead, _ahead)]
    return lambda: [wait() for wait in waits]


def append(context: JobContext, _payload: Mapping[str, Any]) -> None:
    append_waiting(context, reveal)


def publish_on_time(context: JobContext) -> None:
    publish_due(context, reveal)


def mark_overdue(context: JobContext, payload: Mapping[str, Any]) -> None:
    with context.database.write() as session:
        rounds.mark_overdue(session, slug=payload["round"], now=context.clock.now())


def remind(context: JobContext, payload: Mapping[str, Any]) -> None:
    calendar = WorkingDays.of(context.settings)
    with context.database.write() as session:
        rounds.remind(session, slug=payload["round"], calendar=calendar, now=context.clock.now())


def make_ready(context: JobContext, payload: Mapping[str, Any]) -> None:
    export_chunks(context, payload["act"])


def mark_request_overdue(context: JobContext, payload: Mapping[str, Any]) -> None:
    with context.database.write() as session:
        asking.mark_overdue(session, reference=payload["request"], now=context.clock.now())


def look_after(context: JobContext) -> None:
    """Complete what a killed runner left, append anything whose job was lost, and tell the log of a new layout."""
    adopt_newest(context)
    append_waiting(context, reveal)
    check_scheduled(context)
    tell_missed(context)
    tell_views(context)


def sweep(context: JobContext) -> None:
    """Discard what a killed program staged and nobody will ever release."""
    sweep_staged(context)


_SWEEP_HOUR = 2


def drop_uploads(context: JobContext) -> None:
    """Files that nobody confirmed within a week are thrown away."""
    with context.database.write() as session:
        uploads.drop_old(session, context.clock.now())


_maker = Maker()


def keep_files(context: JobContext) -> None:
    """Have the files of new editions made, and sign their digests."""
    _maker.look(context)


HANDLERS: dict[str, Handler] = {
    APPEND: append,
    MAKE_READY: make_ready,
    rounds.DUE: mark_overdue,
    rounds.REMIND: remind,
    asking.OVERDUE: mark_request_overdue,
}
PUNCTUAL = (
    Punctual("publishing.releases", next_due, publish_on_time),
    Punctual("publishing.ahead", _ahead.next_due, _ahead.start),
    Punctual("publishing.files-ahead", _files_ahead.next_due, _files_ahead.start),
)
SCHEDULES = (
    Schedule("publishing.look-after", every(timedelta(seconds=30)), look_after),
    Schedule("publishing.sweep", daily(lambda _settings: _SWEEP_HOUR), sweep),
    Schedule("publishing.uploads", every(timedelta(hours=6)), drop_uploads),
    Schedule("publishing.files", every(timedelta(seconds=2)), keep_files),
)
