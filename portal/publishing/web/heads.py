"""The signed head as pages show it."""

import base64
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.publishing.log.checkpoint import parse_head
from portal.publishing.queries import log as queries
from portal.web import edge


@dataclass(frozen=True)
class ShownHead:
    """A checkpoint and its key, as texts; addresses are absolute, under the portal's own origin."""

    origin: str
    size: int
    root: str
    key: str
    note: str

    def address(self, path: str) -> str:
        return edge.settings().origin.rstrip("/") + path


def find_head(session: Session, n: int) -> ShownHead | None:
    """The head that was signed after entry n, or None before the first act."""
    note, key = queries.find_checkpoint(session, n), queries.find_log_key(session)
    if note is None or key is None:
        return None
    head = parse_head(note)
    return ShownHead(head.origin, head.size, base64.b64encode(head.root).decode(), key, note)
