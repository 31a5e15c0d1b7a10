"""What the forms of collection have in common."""

from __future__ import annotations

import re
from typing import Any

SHORT = {"autocomplete": "off", "spellcheck": "false"}
DECIMAL = {**SHORT, "inputmode": "decimal"}
LISTED = re.compile(r"[\s,;，；、]+")


def typed_word(typed: Any) -> str:
    """What was chosen; nothing chosen is the empty word."""
    return str(typed or "")
