"""A body's own network: the ranges of addresses at which its people work, as the office states them.

An address is compared in memory at the moment of rating, and only whether it lay in a range is noted.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.queries import is_connected_to
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, message
from portal.ratings.errors import Recused
from portal.ratings.models import NetworkRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.networks import Network, read_network
from portal.registry.queries import get_body

MOST = 100


def networks_by_body(session: Session) -> Mapping[str, tuple[Network, ...]]:
    """The ranges that are stated, by body; one without any is missing."""
    found: dict[str, list[Network]] = defaultdict(list)
    for row in session.scalars(select(NetworkRow).order_by(NetworkRow.body, NetworkRow.network)):
        network = read_network(row.network)
        if network is not None:
            found[row.body].append(network)
    return {body: tuple(networks) for body, networks in found.items()}


def state_networks(session: Session, *, body: str, text: str, actor: Actor, now: datetime) -> None:
    """State a body's ranges anew, one on each line; none takes them away.

    Raises Forbidden, UnknownCode, Recused for whoever is connected to the body, Invalid for what is no range.
    """
    actor.require(RatingsPermission.RECONCILE)
    get_body(session, body)
    if is_connected_to(session, person_id=actor.person_id, scope=Scope(body), at=now):
        raise Recused(N_("You are connected to this body: somebody else states its network."))
    networks = sorted({str(_read(line)) for line in text.splitlines() if line.strip()})
    if len(networks) > MOST:
        raise Invalid(message(N_("Give at most {most} ranges."), most=MOST))
    session.execute(delete(NetworkRow).where(NetworkRow.body == body))
    session.add_all(NetworkRow(body=body, network=network) for network in networks)
    details = {"ranges": str(len(networks))}
    record(session, actor=actor, act="ratings.network-stated", subject=f"body:{body}", details=details, now=now)


def _read(line: str) -> Network:
    found = read_network(line)
    if found is None:
        raise Invalid(
            message(
                N_("“{line}” is no range: write 198.51.100.0/24 or 2001:db8:7::/48 (a /64 at the narrowest)."),
                line=line.strip()[:60],
            )
        )
    return found
