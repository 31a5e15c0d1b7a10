"""Columns that several tables of ratings have."""

from sqlalchemy import String

CODE = String(80).with_variant(String(80, collation="C"), "postgresql")
MONTH = String(7)
