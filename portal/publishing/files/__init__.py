"""The data files of an edition, written from plain values.

The server feeds the writers from the database, a verifier from the log alone, so the two must give the same
bytes. What is written here as CSV and JSON needs nothing but the standard library and the log's own modules:
no database, no web, no heavy library. Workbooks and Parquet are in `workbooks` and `parquet`, which load
their libraries and are used by jobs and commands only.
"""

from .cells import BOM, guarded
from .editions import write
from .forms import FORMS, FROM_THE_LOG
from .layouts import LAYOUTS, Layout, layout_of, unknown_layout
from .tables import Column, ColumnType, Feed, Table
from .values import CONTEXT_KINDS, Context, FileHead, Line

__all__ = [
    "BOM",
    "CONTEXT_KINDS",
    "FORMS",
    "FROM_THE_LOG",
    "LAYOUTS",
    "Column",
    "ColumnType",
    "Context",
    "Feed",
    "FileHead",
    "Layout",
    "Line",
    "Table",
    "guarded",
    "layout_of",
    "unknown_layout",
    "write",
]
