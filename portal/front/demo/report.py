"""One invented report, filed as a reporter files it, so that the case officers' queue is not empty."""

from portal.cases.services import drafts, intake
from portal.cases.values import Subject
from portal.foundation.context import Portal
from portal.front.demo.people import INVENTED_BODY
from portal.publishing.queries import current_edition

WHAT = (
    "Requests that were withdrawn after a long wait are left out of the average. "
    "等候过久而撤回的申请没有计入平均值。"
)


def file_report(portal: Portal) -> None:
    """About a figure of the invented body; its seven words are kept by nobody."""
    now, settings = portal.clock.now(), portal.settings
    with portal.database.write() as session:
        edition = current_edition(session).n
        subject = Subject(INVENTED_BODY, "RBO-COUNTER-WAIT", "2025", edition=edition)
        secret = drafts.start(session, subject=subject, secret=None, settings=settings, now=now)
        drafts.save(session, secret=secret, settings=settings, now=now, what=WHAT, how="I kept the list.")
        intake.send(session, secret=secret, keys=portal.keys, settings=settings, now=now)
        drafts.discard(session, secret=secret, now=now)
