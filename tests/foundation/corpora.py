"""Hostile text that lies beside the project (`shared/data`); tests that need it skip where it is absent."""

import json
from pathlib import Path

import pytest


def shared_data() -> Path:
    """The folder `shared/data` of this folder or of one above it; skips the test when there is none."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "shared" / "data").is_dir():
            return folder / "shared" / "data"
    pytest.skip("there is no folder shared/data above this project: the hostile texts are not here")


def xss_lines() -> list[str]:
    path = shared_data() / "xss" / "payloadbox_xss-payload-list.txt"
    return path.read_text(encoding="utf-8", errors="replace").split("\n")


def naughty_strings() -> list[str]:
    found: list[str] = json.loads((shared_data() / "naughty_strings" / "blns.json").read_text(encoding="utf-8"))
    return found
