"""What the assembly decides for this room, as plain data; set once at the start of a process."""

from __future__ import annotations

from portal.accounts.values import Policy

_current: Policy | None = None


def install(policy: Policy) -> None:
    """Use `policy` from now on. Called by the assembly before anything else of this room."""
    global _current
    _current = policy


def current() -> Policy:
    """Raises RuntimeError when no assembly has installed one: rather nothing than a guess at rights."""
    if _current is None:
        raise RuntimeError("accounts: no policy has been installed")
    return _current
