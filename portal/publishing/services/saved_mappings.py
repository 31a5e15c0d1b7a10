"""Mappings made at the desk: named, of one body or of all, in versions that never change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.errors import MappingRefused, NoSuchMapping
from portal.publishing.imports.mapping import parse_mapping
from portal.publishing.models import SavedMapping
from portal.publishing.permissions import PublishingPermission
from portal.registry import queries as registry

MOST_NAME = 80


@dataclass(frozen=True)
class NamedMapping:
    """A saved mapping; `body` is None when it is for every body."""

    code: str
    version: int
    body: str | None
    name: str
    toml: str
    made_by: str
    made_at: datetime


def save_mapping(
    session: Session, *, name: str, body: str | None, toml: str, actor: Actor, now: datetime
) -> NamedMapping:
    """Keep a mapping as the next version of its name; the same text again makes no new version.

    Raises MappingRefused, UnknownCode.
    """
    actor.require(PublishingPermission.PREPARE)
    words = " ".join(name.split())
    if not words or len(words) > MOST_NAME:
        raise MappingRefused(
            N_("The mapping was not saved."), {"save_name": message(N_("Enter a name of at most 80 characters."))}
        )
    parse_mapping(words, toml.encode())
    if body is not None:
        registry.get_body(session, body)
    code = registry.slug(*((body, words) if body else (words,)))
    newest = session.scalar(select(func.max(SavedMapping.version)).where(SavedMapping.code == code)) or 0
    if newest:
        standing = get_mapping(session, code, newest)
        if standing.toml == toml:
            return standing
    row = SavedMapping(
        code=code,
        version=newest + 1,
        body=body,
        name=words,
        toml=toml,
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor=actor,
        act="publishing.save-mapping",
        subject=f"mapping:{code}/{row.version}",
        details=None,
        now=now,
    )
    return _value(row)


def list_mappings(session: Session, *, every_version: bool = False) -> tuple[NamedMapping, ...]:
    """The newest version of each mapping, or all of them, by body and name."""
    rows = session.scalars(select(SavedMapping).order_by(SavedMapping.code, SavedMapping.version.desc()))
    found = [_value(row) for row in rows]
    if not every_version:
        found = list({one.code: one for one in reversed(found)}.values())
    return tuple(sorted(found, key=lambda one: (one.body or "", one.name, -one.version)))


def get_mapping(session: Session, code: str, version: int | None = None) -> NamedMapping:
    """That version, or the newest. Raises NoSuchMapping."""
    query = select(SavedMapping).where(SavedMapping.code == code).order_by(SavedMapping.version.desc()).limit(1)
    if version is not None:
        query = query.where(SavedMapping.version == version)
    row = session.scalar(query)
    if row is None:
        raise NoSuchMapping(message(N_("There is no saved mapping {code}."), code=code))
    return _value(row)


def _value(row: SavedMapping) -> NamedMapping:
    return NamedMapping(row.code, row.version, row.body, row.name, row.toml, row.made_by, row.made_at)
