"""What each statement must hold, and what it is about. The shapes are listed in `publishing.values`."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from portal.foundation.fixed_tree import DEPTH
from portal.publishing.log.digests import is_digest
from portal.publishing.values import Cause, is_decimal

FIELDS: dict[str, frozenset[str]] = {
    "body": frozenset({"code", "names", "parent", "level", "invented"}),
    "service": frozenset({"code", "body", "names"}),
    "indicator": frozenset(
        {"code", "names", "definition", "unit", "direction", "kind", "body", "service"},
    ),
    "figure": frozenset(
        {
            "body",
            "indicator",
            "period",
            "target",
            "actual",
            "numerator",
            "denominator",
            "obs_status",
            "note",
            "cause",
            "replaces",
        }
    ),
    "notice": frozenset({"body", "indicator", "period", "state"}),
    "release": frozenset({"slug", "names", "source", "licence", "period"}),
    "rating": frozenset({"service", "body", "period", "suppressed", "n", "levels"}),
    "rating-body": frozenset({"body", "period", "covers", "suppressed", "n", "levels"}),
    "rating-answers": frozenset({"service", "body", "period", "as_of", "threshold", "asked", "came", "ended"}),
    "rating-body-answers": frozenset({"body", "period", "covers", "as_of", "threshold", "asked", "came", "ended"}),
    "rating-reply": frozenset({"service", "body", "period", "text"}),
    "comment": frozenset({"service", "body", "period", "level", "text"}),
    "evaluation": frozenset({"cycle", "body", "score", "parts"}),
    "withdrawal": frozenset({"digest", "ground"}),
    "key": frozenset({"role", "state", "key"}),
    "calendar": frozenset(
        {"slug", "names", "period", "holds", "contact", "state", "when", "sequence", "follows", "reason"}
    ),
    "access": frozenset({"slug", "hours", "list", "views"}),
    "reply": frozenset({"body", "indicator", "period", "edition", "text", "signed"}),
    "round": frozenset({"slug", "names", "period", "due", "state"}),
    "coverage": frozenset({"body", "indicator", "period", "round", "state", "reason", "owes"}),
    "layout": frozenset({"version"}),
    "filings": frozenset({"day", "depth", "root"}),
    "cases": frozenset(
        {"period", "first", "as_of", "threshold", "suppressed", "n", "stages", "outcomes", "duties"}
    ),
    "sample": frozenset({"period", "commitment", "percent", "seed", "drawn", "read"}),
    "handin": frozenset({"body", "indicator", "period", "round", "number", "commitment", "late"}),
    "request": frozenset(
        {
            *("reference", "body", "state", "text", "received", "due", "answered", "days"),
            *("answer", "reason", "words", "figure", "release", "expected"),
        }
    ),
}
"""The fields every statement of a kind must have; all but figures may have others, published with them.

An indicator may have `weight` (decimal string, per cent), `criteria` (by language) and, when it changes a
published entry, `cause` and `reason` ({"digest": …}).
"""

OPTIONAL = frozenset({"handin"})
"""What a figure may have besides."""

_ROOT = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

KEY_ROLES = frozenset({"log", "files"})
KEY_STATES = frozenset({"standby", "added", "retired", "lost"})
NUMBERS = ("target", "actual", "numerator", "denominator")


def fault(statement: Mapping[str, Any]) -> str | None:
    """What is wrong with a statement, as the end of a sentence, or None."""
    kind = statement.get("t")
    if kind not in FIELDS:
        return f"has the unknown type {kind!r}"
    missing = FIELDS[kind] - set(statement)
    if missing:
        return f"lacks {', '.join(sorted(missing))}"
    check = _FAULTS.get(kind)
    return check(statement) if check else None


def unknown(statement: Mapping[str, Any]) -> str | None:
    """What a newer portal may have written and this program cannot judge: a kind, or a field of a figure."""
    kind = statement.get("t")
    if kind not in FIELDS:
        return str(kind)[:40]
    more = set(statement) - FIELDS["figure"] - OPTIONAL - {"t"} if kind == "figure" else ()
    return f"figure.{min(more)[:40]}" if more else None


def place(statement: Mapping[str, Any]) -> tuple[str, str]:
    """What a statement is about (its key) and the body or parent it belongs to (its scope, "" for none)."""
    s = statement
    match s["t"]:
        case "body":
            return s["code"], s["parent"] or ""
        case "service" | "indicator":
            return s["code"], s["body"] or ""
        case "figure" | "notice" | "coverage" | "handin" | "reply":
            return f"{s['body']}/{s['indicator']}/{s['period']}", s["body"]
        case "release" | "round" | "calendar" | "access":
            return s["slug"], ""
        case "rating" | "rating-answers" | "rating-reply":
            return f"{s['service']}/{s['period']}", s["body"]
        case "rating-body" | "rating-body-answers":
            return f"{s['body']}/{s['period']}", s["body"]
        case "comment":
            return f"{s['service']}/{s['period']}/{s['text']['digest']}", s["body"]
        case "evaluation":
            return f"{s['cycle']}/{s['body']}", s["body"]
        case "withdrawal":
            return s["digest"], ""
        case "key":
            return f"{s['role']}/{s['key']}", ""
        case "layout":
            return "files", ""
        case "filings":
            return s["day"], ""
        case "cases" | "sample":
            return s["period"], ""
        case "request":
            return s["reference"], s["body"] or ""
    raise ValueError(f"unknown statement {s['t']!r}")


def _figure_fault(figure: Mapping[str, Any]) -> str | None:
    more = set(figure) - FIELDS["figure"] - OPTIONAL - {"t"}
    if more:
        return f"has {', '.join(sorted(more))}, which no figure has"
    for name in NUMBERS:
        if figure[name] is not None and not is_decimal(figure[name]):
            return f"has {name} {figure[name]!r}, which is no decimal string"
    return _text_fault(figure, "note") or (_handin_fault(figure["handin"]) if "handin" in figure else None)


def _handin_fault(handin: Any) -> str | None:
    """Either a commitment that is opened, or one that stays closed: never half of it."""
    if not isinstance(handin, dict) or set(handin) != {"edition", "salt", "said"}:
        return "has a handin that is not {edition, salt, said}"
    if not isinstance(handin["edition"], int) or handin["edition"] < 1:
        return "has a handin without the number of its act"
    if (handin["salt"] is None) != (handin["said"] is None):
        return "has a handin that is opened by half"
    return None


def _indicator_fault(indicator: Mapping[str, Any]) -> str | None:
    weight, cause = indicator.get("weight"), indicator.get("cause")
    if weight is not None and not is_decimal(weight):
        return f"has weight {weight!r}, which is no decimal string"
    if cause is not None and cause not in set(Cause):
        return f"has the unknown cause {cause!r}"
    return _text_fault(indicator, "reason")


def _text_fault(statement: Mapping[str, Any], name: str) -> str | None:
    text = statement.get(name)
    if text is not None and not (isinstance(text, dict) and set(text) == {"digest"} and is_digest(text["digest"])):
        return f'has a {name} that is not {{"digest": …}}'
    return None


def _key_fault(key: Mapping[str, Any]) -> str | None:
    known = key["role"] in KEY_ROLES and key["state"] in KEY_STATES
    return None if known and isinstance(key["key"], str) else "says of a key what no key can be"


def _layout_fault(layout: Mapping[str, Any]) -> str | None:
    version = layout["version"]
    known = isinstance(version, int) and not isinstance(version, bool) and version >= 1
    return None if known else f"names {version!r}, which is no layout"


def _filings_fault(filings: Mapping[str, Any]) -> str | None:
    """The root of a day's reports: of this depth, or nobody could climb to it."""
    if filings["depth"] != DEPTH or not _ROOT.fullmatch(str(filings["root"])):
        return "has no root of a tree of filings"
    return None if _DAY.fullmatch(str(filings["day"])) else f"names {filings['day']!r}, which is no day"


def _cases_fault(cases: Mapping[str, Any]) -> str | None:
    """Numbers as decimal strings; a group that is too small has none."""
    n = cases["n"]
    if cases["suppressed"] != (n is None) or (
        n is None and (cases["stages"] or cases["outcomes"] or cases["duties"])
    ):
        return "says something of reports that are too few"
    told = [n, *cases["stages"].values(), *cases["outcomes"].values()]
    told += [number for duty in cases["duties"].values() for number in duty.values()]
    wrong = [number for number in told if number is not None and not is_decimal(number)]
    return f"has {wrong[0]!r}, which is no decimal string" if wrong else None


def _sample_fault(sample: Mapping[str, Any]) -> str | None:
    """A seed has to be the one that was committed to."""
    seed = sample["seed"]
    if not _ROOT.fullmatch(str(sample["commitment"])) or not (seed is None or _ROOT.fullmatch(str(seed))):
        return "has no commitment to a seed"
    if seed is not None and sha256(bytes.fromhex(seed)).hexdigest() != sample["commitment"]:
        return "has another seed than the one it committed to"
    told = [sample["percent"], *sample["read"].values(), *([] if sample["drawn"] is None else [sample["drawn"]])]
    wrong = [number for number in told if not is_decimal(number)]
    return f"has {wrong[0]!r}, which is no decimal string" if wrong else None


def _notice_fault(notice: Mapping[str, Any]) -> str | None:
    return _text_fault(notice, "reason")


def _reply_fault(reply: Mapping[str, Any]) -> str | None:
    if reply["signed"] not in ("body", "office"):
        return f"is signed by {reply['signed']!r}, neither by the body nor by the office"
    return _text_fault(reply, "text")


def _rating_reply_fault(reply: Mapping[str, Any]) -> str | None:
    return _text_fault(reply, "text")


def _calendar_fault(plan: Mapping[str, Any]) -> str | None:
    return _text_fault(plan, "reason")


_FAULTS = {
    "figure": _figure_fault,
    "indicator": _indicator_fault,
    "notice": _notice_fault,
    "reply": _reply_fault,
    "rating-reply": _rating_reply_fault,
    "calendar": _calendar_fault,
    "key": _key_fault,
    "layout": _layout_fault,
    "filings": _filings_fault,
    "cases": _cases_fault,
    "sample": _sample_fault,
}
