"""One table: what each role may do. Whoever audits the portal reads this page first.

Nothing is allowed that is not listed. No role holds both halves of an act that needs two people in the
sense that matters: the second half always refuses the person who did the first (see `duties`).
"""

from collections.abc import Mapping

ROLES: Mapping[str, frozenset[str]] = {}
