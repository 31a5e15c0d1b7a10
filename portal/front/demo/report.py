"""One invented report, filed as a reporter files it, so that the case officers' queue is not empty.

An officer took it up and asked the invented body, which answered: a finding can be proposed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.cases.queries import queue
from portal.cases.services import casework, drafts, hearings, intake
from portal.cases.services.access import Officer
from portal.cases.values import Subject
from portal.foundation.context import Portal
from portal.front.demo.people import INVENTED_BODY, Account, acting, keys_of
from portal.publishing.queries import current_edition

INDICATOR, PERIOD = "RBO-COUNTER-WAIT", "2025"
WHAT = (
    "Requests that were withdrawn after a long wait are left out of the average. "
    "等候过久而撤回的申请没有计入平均值。"
)
EXTRACT = (
    "Average waiting time at the counter in 2025: please show how it was counted, and whether requests that were"
    " not completed are part of it. 2025 年窗口平均等候时间：请说明如何计算，未办结的申请是否计入。"
)
ANSWER = (
    "The average is that of completed requests, as in the years before; withdrawn ones are kept in a list of their"
    " own. 平均值与往年一样只计已办结的申请，撤回的另列清单。"
)


def file_report(portal: Portal) -> None:
    """About a figure of the invented body; its seven words are kept by nobody."""
    now, settings = portal.clock.now(), portal.settings
    with portal.database.write() as session:
        edition = current_edition(session).n
        subject = Subject(INVENTED_BODY, INDICATOR, PERIOD, edition=edition)
        secret = drafts.start(session, subject=subject, secret=None, settings=settings, now=now)
        drafts.save(session, secret=secret, settings=settings, now=now, what=WHAT, how="I kept the list.")
        intake.send(session, secret=secret, keys=portal.keys, settings=settings, now=now)
        drafts.discard(session, secret=secret, now=now)


def hear_the_body(portal: Portal, people: Mapping[str, Account]) -> None:
    """An officer takes the report up and puts an extract before the body, whose signer answers it."""
    now, keys = portal.clock.now(), keys_of(portal, people["officer"])
    with portal.database.write() as session:
        officer = Officer(acting(session, people["officer"]), keys, portal.settings)
        _ask(session, portal, officer, now)
    with portal.database.write() as session:
        signer = acting(session, people["signer"])
        given: dict[str, Any] = {"actor": signer, "keys": portal.keys, "now": now}
        (asked,) = hearings.asked_of(session, **given)
        hearings.answer(session, hearing_id=asked.id, text=ANSWER, settings=portal.settings, **given)


def _ask(session: Session, portal: Portal, officer: Officer, now: datetime) -> None:
    (case,) = queue(session, officer=officer, now=now).cases
    given: dict[str, Any] = {"case_id": case.id, "officer": officer, "now": now}
    casework.acknowledge(session, **given)
    casework.assign(session, person_id=officer.id, **given)
    hearings.ask_body(session, text=EXTRACT, submission="demonstration", keys=portal.keys, **given)
