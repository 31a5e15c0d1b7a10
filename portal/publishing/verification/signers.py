"""Who must have signed each head, from the first key to the last, and whether the key the reader trusts is one."""

from collections.abc import Sequence

from portal.publishing.log.checkpoint import Head
from portal.publishing.log.keys import BadKeys, KeyChain, KeyRole, open_signed
from portal.publishing.log.notes import BadNote, Verifier, open_note_by
from portal.publishing.values import Statement
from portal.publishing.verification.source import Refuted, Source

HEAD_NOT_OPENED = "the head that was signed after it does not open with the log's keys ({fault})."
NEWEST_NOT_OPENED = "the newest signed head does not open with the log's keys ({fault})."


class Signers:
    """The chain of keys so far, and whether the key that the reader trusts has signed any of it."""

    def __init__(self, chain: KeyChain, trusted: Verifier | None) -> None:
        self.chain = chain
        self._trusted = trusted
        self._vouched = trusted is None
        self._next: list[Verifier] = list(chain.active[KeyRole.LOG])

    @classmethod
    def of(cls, source: Source, trusted: str | None) -> "Signers":
        """Begin with the key that is trusted when it signed the first head, else with the one published first."""
        known = read_key(trusted) if trusted else None
        note, published = source.checkpoint(1), source.first_key()
        if known is not None and (note is None or _signed_by(note, known)):
            return cls(KeyChain(known), known)
        if published is None:
            if known is None:
                raise Refuted(None, "there is no signed head, or no key to check it with.")
            return cls(KeyChain(known), known)
        return cls(KeyChain(read_key(published)), known)

    def hear(self, n: int, statements: Sequence[Statement]) -> None:
        """Take what entry n says of keys; from then on `open` wants the signatures that it asks for."""
        self._next = self.chain.signers_of(statements)
        for statement in statements:
            try:
                self.chain.take(n, statement)
            except BadKeys as error:
                raise Refuted(n, "its statement about a key cannot be: it {fault}.", fault=str(error)) from None

    def open(self, note: str, n: int | None) -> Head:
        """The head in a checkpoint after the entry last heard; n names it in a failure."""
        try:
            head = open_signed(note, self._next)
        except BadNote as error:
            if n == 1 and not self._vouched:
                raise Refuted(1, "the log is signed by another key than the one you know.") from None
            what = HEAD_NOT_OPENED if n else NEWEST_NOT_OPENED
            raise Refuted(n, what, fault=str(error)) from None
        self._vouched = self._vouched or self._trusted in self._next
        return head

    def require_trusted(self) -> None:
        if not self._vouched:
            raise Refuted(1, "the log is signed by another key than the one you know.")


def _signed_by(note: str, key: Verifier) -> bool:
    try:
        return bool(open_note_by(note, [key])[1])
    except BadNote:
        return False


def read_key(key: str) -> Verifier:
    """A verifier key from its text. Raises Refuted."""
    try:
        return Verifier.parse(key)
    except BadNote as error:
        raise Refuted(None, "the key cannot be used: {fault}.", fault=str(error)) from None
