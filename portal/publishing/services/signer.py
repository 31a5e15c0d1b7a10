"""The signing keys and the newest head they signed. They sign nothing that does not extend that head."""

from collections.abc import Sequence

from portal.foundation.context import Portal
from portal.foundation.i18n import N_, message
from portal.foundation.keys import KeyRing
from portal.publishing.errors import HistoryForked, LogDamaged
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import Head, parse_head, sign_head
from portal.publishing.log.keys import BadKeys, KeyRole, open_signed
from portal.publishing.log.notes import BadNote, Verifier, open_note_by, verifier_of
from portal.publishing.queries.log import chain_of
from portal.publishing.store import LogStore

LOG_KEY = "log-signing"


class Signer:
    """Signs heads of the log `origin` with the Ed25519 keys of `seeds`, and keeps them in the store.

    Which of its keys sign is for the log to say (`log.keys`). The oldest seed, which stands last, is the key
    that a new log begins with. `known` are public keys of the log whose seeds may be gone.
    """

    def __init__(
        self, store: LogStore, *, seeds: Sequence[bytes], origin: str, known: Sequence[Verifier] = ()
    ) -> None:
        self._store = store
        self._seeds = {verifier_of(origin, seed): seed for seed in seeds}
        self._known = (*self._seeds, *known)
        self.origin = origin

    @property
    def first(self) -> Verifier:
        """The key that the log begins with: as the store keeps it, else the oldest there is."""
        kept = self._store.key()
        return Verifier.parse(kept) if kept else list(self._seeds)[-1]

    def newest(self) -> Head | None:
        """The newest head ever signed, from the store. Raises LogDamaged when it is not of one of these keys."""
        note = self._store.head()
        if note is None:
            return None
        try:
            text, signers = open_note_by(note, self._known)
            head = parse_head(text)
        except BadNote:
            signers = ()
        if not signers or head.origin != self.origin:
            raise LogDamaged(
                N_("The newest signed head was made by another key or for another log: nothing is signed.")
            )
        return head

    def sign(self, head: Head, nodes: tree.Nodes, signers: Sequence[Verifier]) -> str:
        """Sign a head over the tree of `nodes` and flush it to the store; return the signed checkpoint.

        Raises HistoryForked when that tree does not begin with what was signed before, and LogDamaged when a
        key that must sign is not here.
        """
        known = self.newest()
        if known is not None and (known.size > head.size or tree.root(known.size, nodes) != known.root):
            raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))
        if tree.root(head.size, nodes) != head.root or head.origin != self.origin:
            raise HistoryForked(N_("The head to sign is not the one of the database: nothing is signed."))
        note = self._signed(head, signers)
        self._store.write_key(str(signers[0]))
        self._store.write_checkpoint(head.size, note)
        self._store.write_head(note)
        return note

    def signed_before(self, head: Head, nodes: tree.Nodes, signers: Sequence[Verifier]) -> str:
        """The checkpoint of a head that the newest one covers: as kept, else signed again to the same bytes.

        Raises HistoryForked when the tree of `nodes` is not the one the newest head was signed for.
        """
        known = self.newest()
        if (
            known is None
            or head.size > known.size
            or tree.root(known.size, nodes) != known.root
            or tree.root(head.size, nodes) != head.root
        ):
            raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))
        kept = self._store.checkpoint(head.size)
        if kept is not None and holds(kept, head, signers):
            return kept
        return self._signed(head, signers)

    def _signed(self, head: Head, signers: Sequence[Verifier]) -> str:
        """Ed25519 is deterministic: the same head gets the same bytes each time."""
        for key in signers:
            if key not in self._seeds:
                raise LogDamaged(
                    message(
                        N_("The key {key} must sign, but is not under var/keys: nothing is signed."), key=str(key)
                    )
                )
        return sign_head(head, *(self._seeds[key] for key in signers))


def holds(note: str, head: Head, signers: Sequence[Verifier]) -> bool:
    """Whether `note` is this head, signed by all of them."""
    try:
        return open_signed(note, signers) == head
    except BadNote:
        return False


def signer_of(portal: Portal) -> Signer:
    """The signer of this installation. The key file is read anew: a key may have been added since the start.

    Raises LogDamaged when what the log says of its keys cannot be.
    """
    seeds = KeyRing(portal.settings.var).every(LOG_KEY)
    try:
        with portal.database.read() as session:
            events = chain_of(session).events
    except (BadKeys, BadNote):
        raise LogDamaged(N_("What the log says of its keys cannot be: nothing is signed.")) from None
    known = [event.key for event in events if event.role is KeyRole.LOG]
    store = LogStore(portal.settings.var)
    return Signer(store, seeds=seeds, origin=portal.settings.log_origin, known=known)
