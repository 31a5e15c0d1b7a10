"""The log is told in which layout the data files are written from now on.

A statement of its own fixes that, so that editions before it keep their bytes whatever a newer program writes.
It changes no fact, so the runner says it by itself, once, after the program was replaced by a newer one.
"""

from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.publishing.files.layouts import newest
from portal.publishing.queries.lines import layout_version
from portal.publishing.queries.log import log_size
from portal.publishing.services.acts import propose_act
from portal.publishing.values import ActKind


def adopt_newest(portal: Portal) -> bool:
    """Propose the newest layout for the editions to come, unless the log says so or has not begun; whether it did.

    Proposing twice changes nothing.
    """
    version = newest()
    with portal.database.read() as session:
        size = log_size(session)
        if not size or layout_version(session, size) >= version:
            return False
    with portal.database.write() as session:
        propose_act(
            session,
            kind=ActKind.LAYOUT,
            statements=[{"t": "layout", "version": version}],
            proposed_by=Actor.system().person_id,
            approved_by=None,
            now=portal.clock.now(),
            act_id=f"layout-{version}",
        )
    return True
