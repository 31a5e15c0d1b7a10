"""The register's tables; private to the room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText
from portal.registry.values import Direction, Kind, Level

CODE = String(80)


def one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    """The database's own copy of a list of allowed words."""
    words = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class BodyRow(Base):
    __tablename__ = "body"
    __table_args__ = (one_of("level", Level),)

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    names: Mapped[Any] = mapped_column(JsonText)
    parent_code: Mapped[str | None] = mapped_column(CODE, ForeignKey("body.code"), index=True)
    level: Mapped[str] = mapped_column(String(16))
    invented: Mapped[bool] = mapped_column(Boolean)
    codes: Mapped[Any] = mapped_column(JsonText, server_default="{}")
    valid_from: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_how: Mapped[str | None] = mapped_column(String(16))
    successors: Mapped[Any] = mapped_column(JsonText, server_default="[]")
    former: Mapped[Any] = mapped_column(JsonText, server_default="[]")


class ServiceRow(Base):
    __tablename__ = "service"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    body_code: Mapped[str] = mapped_column(CODE, ForeignKey("body.code"), index=True)
    names: Mapped[Any] = mapped_column(JsonText)
    place: Mapped[Any] = mapped_column(JsonText, server_default="{}")
    windows: Mapped[Any] = mapped_column(JsonText, server_default="[]")


class IndicatorRow(Base):
    __tablename__ = "indicator"
    __table_args__ = (one_of("direction", Direction), one_of("kind", Kind))

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    names: Mapped[Any] = mapped_column(JsonText)
    definition: Mapped[Any] = mapped_column(JsonText)
    unit: Mapped[Any] = mapped_column(JsonText)
    direction: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    body_code: Mapped[str | None] = mapped_column(CODE, ForeignKey("body.code"), index=True)
    service_code: Mapped[str | None] = mapped_column(CODE, ForeignKey("service.code"), index=True)
    weight: Mapped[str | None] = mapped_column(String(20))
    criteria: Mapped[Any] = mapped_column(JsonText, server_default="{}")
    part_of: Mapped[str | None] = mapped_column(CODE)
