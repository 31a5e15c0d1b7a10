"""The sealed items of a case: written once, in order, under the newest epoch their writer holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cases import sealing
from portal.cases.models import Item
from portal.cases.sealing import EpochKeys
from portal.cases.values import Entry, Handling, ItemKind, Method, Says, SentFile, Why
from portal.foundation import crypto, ids
from portal.foundation.writes import Step, into

Opened = tuple[Item, dict[str, Any]]
_ADDED = into(Item)


def add_item(
    session: Session,
    *,
    case_id: str,
    keys: EpochKeys,
    kind: ItemKind,
    content: Mapping[str, Any],
    day: date,
    submission: str | None = None,
) -> str:
    """Seal one more item. The same form sent twice (its `submission`) is kept once."""
    item_id = _id_of(case_id, submission) if submission else ids.new_id()
    if submission and session.get(Item, item_id) is not None:
        return item_id
    last = session.scalar(select(func.max(Item.position)).where(Item.case_id == case_id)) or 0
    made = sealed_item(item_id, case_id, last + 1, keys=keys, kind=kind, content=content, day=day)
    session.add(Item(**made))
    session.flush()
    return item_id


def sealed_item(
    item_id: str,
    case_id: str,
    position: int,
    *,
    keys: EpochKeys,
    kind: ItemKind,
    content: Mapping[str, Any],
    day: date,
) -> dict[str, Any]:
    """The row of an item, by column."""
    return {
        "id": item_id,
        "case_id": case_id,
        "position": position,
        "epoch": keys.number,
        "kind": kind,
        "day": day,
        "sealed": sealing.seal_item(keys, case=case_id, item=item_id, kind=kind, content=content),
    }


def add_sealed(*rows: Mapping[str, Any]) -> Step:
    """Writes rows that `sealed_item` made."""
    return _ADDED.step(*rows)


def is_there(session: Session, *, case_id: str, submission: str) -> bool:
    """Whether this form was kept before."""
    return session.get(Item, _id_of(case_id, submission)) is not None


def open_items(
    session: Session, *, case_id: str, keys: Mapping[int, EpochKeys], shared_only: bool
) -> list[Opened]:
    """Everything these keys open, in order. Items of epochs one was never granted stay shut."""
    rows = session.scalars(select(Item).where(Item.case_id == case_id).order_by(Item.position))
    return [
        (row, open_item(row, keys[row.epoch]))
        for row in rows
        if opens(keys, row) and (ItemKind(row.kind).shared or not shared_only)
    ]


def open_kinds(
    session: Session, *, case_id: str, keys: Mapping[int, EpochKeys], kinds: Collection[ItemKind]
) -> list[Opened]:
    """The items of these kinds that these keys open, in order."""
    query = select(Item).where(Item.case_id == case_id, Item.kind.in_(list(kinds))).order_by(Item.position)
    return [(row, open_item(row, keys[row.epoch])) for row in session.scalars(query) if opens(keys, row)]


def opens(keys: Mapping[int, EpochKeys], row: Item) -> bool:
    """Whether one of these keys opens it: those that came from the reporter open what is shared alone."""
    return row.epoch in keys and keys[row.epoch].opens(ItemKind(row.kind))


def entries_of(
    session: Session, *, case_id: str, keys: Mapping[int, EpochKeys], kind: ItemKind
) -> tuple[Entry, ...]:
    """The items of one kind that these keys open."""
    found = open_kinds(session, case_id=case_id, keys=keys, kinds=(kind,))
    return tuple(to_entry(one) for one in found)


def open_item(row: Item, keys: EpochKeys) -> dict[str, Any]:
    return sealing.open_item(keys, case=row.case_id, item=row.id, kind=ItemKind(row.kind), sealed=row.sealed)


def to_entry(opened: Opened) -> Entry:
    row, content = opened
    says, level = content.get("says"), content.get("level")
    return Entry(
        id=row.id,
        kind=ItemKind(row.kind),
        day=row.day,
        text=content["text"],
        author=content.get("author"),
        asks=content.get("asks", False),
        answers=content.get("answers"),
        check_in=content.get("check_in"),
        says=Says(says) if says else None,
        level=Handling(level) if level else None,
        method=Method(content["method"]) if content.get("method") else None,
        why=Why(content["why"]) if content.get("why") else None,
        body=content.get("body"),
        refuses=content.get("refuses", False),
    )


def file_content(file: SentFile) -> dict[str, Any]:
    return {"id": file.id, "name": file.name, "size": file.size, "key": file.key.hex(), "sha256": file.sha256}


def to_file(content: Mapping[str, Any]) -> SentFile:
    return SentFile(
        content["id"],
        content["name"],
        content["size"],
        bytes.fromhex(content["key"]),
        content.get("sha256", ""),
        by=content.get("author"),
    )


def _id_of(case_id: str, submission: str) -> str:
    """An id that looks like every other and is the same for the same form of the same case."""
    return ids.id_of(crypto.sha256(f"gongping item|{case_id}|{submission}".encode())[:16])
