"""The signing key and the newest head it signed. It signs nothing that does not extend that head."""

from portal.foundation.i18n import N_
from portal.publishing.errors import HistoryForked, LogDamaged
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import Head, open_head, sign_head
from portal.publishing.log.notes import BadNote, Verifier, verifier_of
from portal.publishing.store import LogStore


class Signer:
    """Signs heads of the log `origin` with the Ed25519 key of `seed`, and keeps the newest in the store."""

    def __init__(self, store: LogStore, *, seed: bytes, origin: str) -> None:
        self._store = store
        self._seed = seed
        self.origin = origin

    @property
    def verifier(self) -> Verifier:
        return verifier_of(self.origin, self._seed)

    def newest(self) -> Head | None:
        """The newest head ever signed, from the store. Raises LogDamaged when it is not of this key."""
        note = self._store.head()
        if note is None:
            return None
        try:
            return open_head(note, self.verifier)
        except BadNote:
            raise LogDamaged(
                N_("The newest signed head was made by another key or for another log: nothing is signed.")
            ) from None

    def sign(self, head: Head, nodes: tree.Nodes) -> str:
        """Sign a head over the tree of `nodes` and flush it to the store; return the signed checkpoint.

        Raises HistoryForked when that tree does not begin with what was signed before.
        """
        known = self.newest()
        if known is not None and (known.size > head.size or tree.root(known.size, nodes) != known.root):
            raise HistoryForked(N_("The database does not continue what was signed before: nothing is signed."))
        if tree.root(head.size, nodes) != head.root or head.origin != self.origin:
            raise HistoryForked(N_("The head to sign is not the one of the database: nothing is signed."))
        note = sign_head(head, self._seed)
        self._store.write_key(str(self.verifier))
        self._store.write_head(note)
        return note

    def sign_again(self, head: Head, nodes: tree.Nodes) -> str:
        """The checkpoint of a head that the newest one covers: the same bytes as when it was signed first.

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
        return sign_head(head, self._seed)
