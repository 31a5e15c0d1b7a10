"""Kinds of columns that the tables of publishing share."""

from sqlalchemy import BigInteger, Integer, String


def code(length: int) -> String:
    """A code that sorts by code point on both engines, so that files come out byte-equal."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


CODE = code(80)
KEY = code(250)
PERIOD = code(20)
SERIAL = BigInteger().with_variant(Integer, "sqlite")
