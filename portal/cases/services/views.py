"""Choices of cases that officers keep for themselves: name and filters are sealed under a key that only the
person's own private key makes, so that neither a dump nor an administrator reads what somebody looks for."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.values import PrivateKeys
from portal.cases import sealing
from portal.cases.errors import TooManyViews
from portal.cases.models import ViewRow
from portal.cases.permissions import CasesPermission
from portal.cases.services.access import Officer
from portal.cases.values import Asked, View
from portal.foundation import crypto, ids

MOST_VIEWS = 20
LONGEST_NAME = 60


def views_of(session: Session, *, officer: Officer) -> tuple[View, ...]:
    """By name. What a key of theirs sealed that they gave up does not open any more, and is passed over."""
    found = []
    for row in session.scalars(select(ViewRow).where(ViewRow.person_id == officer.id)):
        opened = _opened(officer, row)
        if opened is None:
            continue
        content = sealing.unpack(opened)
        found.append(View(row.id, content["name"], Asked.of(content["asked"])))
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))


def keep_view(session: Session, *, name: str, asked: Asked, officer: Officer) -> View:
    """Keep what was asked for under a name; one of the same name is replaced. Raises TooManyViews."""
    officer.actor.require(CasesPermission.READ)
    name = " ".join(name.split())[:LONGEST_NAME]
    same = next((one for one in views_of(session, officer=officer) if one.name == name), None)
    if same is not None:
        drop_view(session, view_id=same.id, officer=officer)
    if len(views_of(session, officer=officer)) >= MOST_VIEWS:
        raise TooManyViews
    row = ViewRow(id=ids.new_id(), person_id=officer.id, sealed=b"")
    content = sealing.pack({"name": name, "asked": asked.typed})
    row.sealed = crypto.aead_seal(_key(officer.keys), content, _bound(officer, row.id))
    session.add(row)
    session.flush()
    return View(row.id, name, asked)


def drop_view(session: Session, *, view_id: str, officer: Officer) -> None:
    """Forget it. Nothing happens when it is not theirs."""
    session.execute(delete(ViewRow).where(ViewRow.id == view_id, ViewRow.person_id == officer.id))


def reseal(session: Session, *, officer: Officer) -> None:
    """Seal under the key in use what one of theirs before it sealed."""
    for row in session.scalars(select(ViewRow).where(ViewRow.person_id == officer.id)).all():
        opened = _opened(officer, row)
        if opened is not None:
            row.sealed = crypto.aead_seal(_key(officer.keys), opened, _bound(officer, row.id))
    session.flush()


def _opened(officer: Officer, row: ViewRow) -> bytes | None:
    for one in officer.every_key:
        with suppress(crypto.CannotOpen):
            return crypto.aead_open(_key(one), row.sealed, _bound(officer, row.id))
    return None


def _key(keys: PrivateKeys) -> bytes:
    return crypto.hkdf(keys.box_private, "gongping own views of the queue 1")


def _bound(officer: Officer, view_id: str) -> bytes:
    return f"gongping own view 1|{officer.id}|{view_id}".encode()
