"""An operator finds every setting in docs/operating.md, and nothing there that does not exist."""

import re
from pathlib import Path

from portal.config import Settings

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def test_every_setting_is_documented_with_its_default_and_none_is_invented() -> None:
    rows = dict(re.findall(r"^\| `(PORTAL_[A-Z0-9_]+)` \| (.+?) \|", OPERATING.read_text(), re.MULTILINE))
    known = {f"PORTAL_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert set(rows) == set(known), "docs/operating.md and portal/config.py list different settings"
    for name, field in known.items():
        if field.default not in ("", None):
            written = str(field.default).lower() if isinstance(field.default, bool) else field.default
            assert rows[name] == f"`{written}`", f"{name}: the documented default is not the real one"
