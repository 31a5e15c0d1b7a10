"""Words inside stored JSON values: how they are written there, and taking them out."""

from typing import Any

import rfc8785


def written(words: str) -> str:
    """The words as canonical JSON writes them, quotes included: what a search of the stored text finds."""
    return rfc8785.dumps(words).decode()


def without(value: Any, words: str) -> Any:
    """The same value with an empty text wherever `words` stood as a whole."""
    if isinstance(value, dict):
        return {name: without(each, words) for name, each in value.items()}
    if isinstance(value, list):
        return [without(each, words) for each in value]
    return "" if value == words else value
