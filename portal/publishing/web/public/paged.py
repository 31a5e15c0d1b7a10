"""Which page of a list was asked for."""

from flask import request


def page_number(total: int, size: int, key: str = "page") -> int:
    """The number in ?page=, or in what `key` names, kept within the pages there are; 1 for what is no number."""
    asked = request.args.get(key, "1")
    last = max(1, -(-total // size))
    return min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
