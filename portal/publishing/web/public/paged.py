"""Which page of a list was asked for."""

from flask import request


def page_number(total: int, size: int) -> int:
    """The number in ?page=, kept within the pages there are; 1 for anything that is no number."""
    asked = request.args.get("page", "1")
    last = max(1, -(-total // size))
    return min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
