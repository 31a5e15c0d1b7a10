"""New keys for old: each change is an act in the log, signed by the keys before it (see `log.keys`).

For commands run by whoever holds the machine: they read and write the key files, which web processes never do.
A key is first put into its file, then announced; retired in the log, then taken out of its file. Broken off
between the two, the same command run again goes on where it stopped.
"""

from dataclasses import dataclass

from sqlalchemy import select

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.i18n import N_, message
from portal.foundation.ids import random_bytes
from portal.foundation.keys import KeyRing
from portal.publishing.errors import KeysRefused
from portal.publishing.log.keys import KeyChain, KeyRole, KeyState
from portal.publishing.log.notes import Verifier, verifier_of
from portal.publishing.models import Checkpoint
from portal.publishing.queries.log import chain_of, log_size
from portal.publishing.services import shelving
from portal.publishing.services.acts import propose_act
from portal.publishing.services.appender import append_waiting
from portal.publishing.services.signer import LOG_KEY
from portal.publishing.store import LogStore
from portal.publishing.values import ActKind, Statement

RING = {KeyRole.LOG: LOG_KEY, KeyRole.FILES: shelving.KEY}
"""The file under var/keys for each role."""


@dataclass(frozen=True)
class KeysNow:
    """The keys that sign and those that wait, after a change; `entry` is where the log says so."""

    entry: int
    active: tuple[Verifier, ...]
    standby: tuple[Verifier, ...]


def key_name(portal: Portal, role: KeyRole) -> str:
    """The name under which keys of a role sign (C2SP signed note)."""
    origin = portal.settings.log_origin
    return origin if role is KeyRole.LOG else shelving.key_name(origin)


def announce_files_key(portal: Portal) -> KeysNow:
    """Say in the log which key signs notes beside it, once; said already, nothing is done."""
    chain = _chain(portal)
    if chain.active[KeyRole.FILES]:
        return _now(portal, KeyRole.FILES)
    seed = KeyRing(portal.settings.var).get(RING[KeyRole.FILES])
    return _say(portal, KeyRole.FILES, [(KeyState.ADDED, _public(portal, KeyRole.FILES, seed))])


def add_key(portal: Portal, role: KeyRole) -> KeysNow:
    """Begin a rotation: a new key, announced under the old, signs beside it from the next entry on.

    Raises KeysRefused while nothing was published, or while an earlier rotation is open.
    """
    chain, ring = _begun(portal), KeyRing(portal.settings.var)
    active = chain.active[role]
    if role is KeyRole.FILES and not active:
        return announce_files_key(portal)
    if len(active) > 1:
        said = N_("A rotation is open already: finish it first (“{command}”).")
        raise KeysRefused(message(said, command=finishing(role)))
    if _public(portal, role, ring.get(RING[role])) in _ever(chain):
        ring.add(RING[role], random_bytes(32))
    return _say(portal, role, [(KeyState.ADDED, _public(portal, role, ring.get(RING[role])))])


def finishing(role: KeyRole) -> str:
    """The command that ends a rotation of this role's key."""
    return "log rotate-key " + ("" if role is KeyRole.LOG else f"--role {role.value} ") + "--finish"


def retire_key(portal: Portal, role: KeyRole) -> KeysNow:
    """Finish a rotation: the oldest key signs for the last time that it is retired, and leaves its file.

    Raises KeysRefused when there is no newer key.
    """
    active = _begun(portal).active[role]
    if len(active) < 2:
        raise KeysRefused(N_("There is no newer key yet: begin with “log rotate-key”."))
    _keep_heads(portal)
    found = _say(portal, role, [(KeyState.RETIRED, active[0])])
    _forget(portal, role, active[0])
    return found


def announce_standby(portal: Portal, role: KeyRole, seed: bytes) -> KeysNow:
    """Announce a key that waits outside the portal for the day the others are lost."""
    if seed in KeyRing(portal.settings.var).every(RING[role]):
        raise KeysRefused(N_("This key signs here: a key that waits must be kept elsewhere."))
    _begun(portal)
    return _say(portal, role, [(KeyState.STANDBY, _public(portal, role, seed))])


def replace_lost(portal: Portal, role: KeyRole, seed: bytes) -> KeysNow:
    """Take up the key that waited, in place of those whose files are gone.

    Raises KeysRefused when it was never announced, or when no key is missing.
    """
    chain, ring = _begun(portal), KeyRing(portal.settings.var)
    waiting = _public(portal, role, seed)
    if waiting not in chain.standby[role]:
        raise KeysRefused(N_("The log has never announced this key as one that waits."))
    here = {_public(portal, role, one) for one in _seeds(ring, role)}
    lost = [key for key in chain.active[role] if key not in here]
    if not lost:
        raise KeysRefused(N_("No key is missing here: rotate them as usual."))
    ring.add(RING[role], seed)
    return _say(portal, role, [(KeyState.LOST, key) for key in lost])


def _say(portal: Portal, role: KeyRole, changes: list[tuple[KeyState, Verifier]]) -> KeysNow:
    """Publish what changes, in an act of its own."""
    statements: list[Statement] = [
        {"t": "key", "role": role.value, "state": state.value, "key": str(key)} for state, key in changes
    ]
    now = portal.clock.now()
    with portal.database.write() as session:
        act_id = propose_act(
            session,
            kind=ActKind.KEYS,
            statements=statements,
            proposed_by=Actor.system().person_id,
            approved_by=None,
            now=now,
        )
        details = {"act": act_id, "state": changes[0][0].value}
        subject = f"key:{role.value}"
        record(session, actor=Actor.system(), act="publishing.keys", subject=subject, details=details, now=now)
    append_waiting(portal)
    return _now(portal, role)


def _now(portal: Portal, role: KeyRole) -> KeysNow:
    chain = _chain(portal)
    entry = max((event.entry for event in chain.events if event.role is role), default=0)
    return KeysNow(entry, tuple(chain.active[role]), tuple(chain.standby[role]))


def _chain(portal: Portal) -> KeyChain:
    with portal.database.read() as session:
        return chain_of(session)


def _begun(portal: Portal) -> KeyChain:
    """The keys of a log that has entries, with nothing waiting in front of it."""
    with portal.database.read() as session:
        if not log_size(session):
            raise KeysRefused(N_("Nothing was published yet: a key that has signed nothing needs no rotation."))
    return _chain(portal)


def _public(portal: Portal, role: KeyRole, seed: bytes) -> Verifier:
    return verifier_of(key_name(portal, role), seed)


def _ever(chain: KeyChain) -> set[Verifier]:
    return {event.key for event in chain.events}


def _seeds(ring: KeyRing, role: KeyRole) -> tuple[bytes, ...]:
    return ring.every(RING[role]) if (ring.folder / f"{RING[role]}.key").exists() else ()


def _forget(portal: Portal, role: KeyRole, key: Verifier) -> None:
    ring = KeyRing(portal.settings.var)
    for seed in ring.every(RING[role]):
        if _public(portal, role, seed) == key:
            ring.drop(RING[role], seed)


def _keep_heads(portal: Portal) -> None:
    """Heads that the key signed cannot be signed again without it: see that each is kept outside the database."""
    store = LogStore(portal.settings.var)
    with portal.database.read() as session:
        for head in session.scalars(select(Checkpoint).order_by(Checkpoint.n)):
            store.write_checkpoint(head.n, head.note)
