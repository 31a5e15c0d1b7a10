"""Python's collector of garbage, for work that makes millions of objects and none in cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Look for no cycles meanwhile: a million rows are in none, and looking takes an eighth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
