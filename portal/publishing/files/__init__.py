"""The data files of an edition, written from plain values.

One function writes each file. The server feeds it from the database, a verifier from the log alone, so the
two must give the same bytes. What is written here needs nothing but the standard library and the log's own
modules: no database, no web, no heavy library.
"""

from .cells import BOM, guarded
from .figures import COLUMNS, figures_csv, figures_json
from .values import Context, FileHead, Line

__all__ = ["BOM", "COLUMNS", "Context", "FileHead", "Line", "figures_csv", "figures_json", "guarded"]
