"""A small log told from memory: every kind of statement that a data file can show, with its odd cases.

What the files of a layout look like is pinned on it, byte for byte (`layouts/`), so nothing here ever changes:
a case that is missing is added to the acts of a later layout.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.publishing.files import FileHead
from portal.publishing.log.commitments import commit
from portal.publishing.values import Text
from portal.publishing.verification.replay import Replay

ORIGIN = "gongping.example/log"
BEGAN = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)
FORMULA, TAKEN, REASON = ("1" * 64, "2" * 64, "3" * 64)
TEXTS = (
    Text(FORMULA, '=HYPERLINK("http://evil.example"), 手工统计; "twice"', None),
    Text(TAKEN, None, 5),
    Text(REASON, "counted\nanew", None),
)
SALT = bytes(range(32))


def _names(en: str | None, zh: str | None) -> dict[str, str]:
    return {locale: name for locale, name in (("en", en), ("zh_Hans", zh)) if name is not None}


def _body(code: str, **more: Any) -> dict[str, Any]:
    said = {"t": "body", "code": code, "names": _names(f"Bureau, {code}", f"{code}局"), "parent": None}
    return said | {"level": "city", "invented": False} | more


def _indicator(code: str, **more: Any) -> dict[str, Any]:
    said = {"t": "indicator", "code": code, "names": _names(f"-{code}", f"指标“{code}”"), "unit": "%"}
    said |= {"definition": _names("What is counted; how.", "统计口径。"), "direction": "up", "kind": "constrained"}
    return said | {"body": None, "service": None} | more


def _figure(body: str, indicator: str, period: str, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"t": "figure", "body": body, "indicator": indicator, "period": period}
    said |= {"target": None, "actual": None, "numerator": None, "denominator": None, "obs_status": None}
    return said | {"note": None, "cause": "scheduled", "replaces": None} | more


def _notice(body: str, state: str) -> dict[str, Any]:
    return {"t": "notice", "body": body, "indicator": "clean", "period": "2022", "state": state}


def value(number: int, actual: str) -> dict[str, Any]:
    """What a body handed in for the number-th time."""
    said = {"t": "value", "round": "spring", "body": "B", "indicator": "days", "period": "2023-Q1"}
    said |= {"target": "5", "actual": actual, "numerator": None, "denominator": None, "obs_status": None}
    return said | {"number": number, "note": None}


def handin(number: int, actual: str, *, late: bool = False) -> dict[str, Any]:
    said = {"t": "handin", "body": "B", "indicator": "days", "period": "2023-Q1", "round": "spring"}
    return said | {"number": number, "commitment": commit(SALT, value(number, actual)), "late": late}


def _rating(period: str, **more: Any) -> dict[str, Any]:
    levels = {str(level): {"share": f"0.{level}0", "low": "0.0123", "high": "1"} for level in range(1, 6)}
    said = {"t": "rating", "service": "permits", "body": "A", "period": period, "suppressed": False, "n": "40"}
    return said | {"levels": levels} | more


ACTS: Sequence[Sequence[dict[str, Any]]] = (
    (
        _body("A"),
        _body("A-b", parent="A", invented=True, names=_names(None, "只有中文")),
        _body(
            "B",
            codes={"uscc": "91350100M000100Y43", "gbt2260": "350100", "oid": "1.2"},
            valid_from="1998-05-01",
            ended={"on": "2024-03-01", "how": "merged", "into": ["A", "C"]},
            former=[{"names": _names("Old", "旧局"), "until": "2001-01-01"}],
        ),
        {"t": "service", "code": "permits", "body": "A", "names": _names("Permits", "许可")},
        _indicator("clean", service="permits", weight="12.50", criteria=_names("By half points.", "按半分计。")),
        _indicator("days", unit=_names("days", "天"), direction="down", kind="expected", body="B"),
        _indicator("plain", unit="", direction="none", part_of="clean", definition={}),
    ),
    (
        {"t": "release", "slug": "first", "names": _names("First", "第一次"), "period": "2022"}
        | {
            "source": "An office; its yearbook",
            "licence": "CC0 1.0 https://creativecommons.org/publicdomain/zero/1.0/",
        },
        _figure("A", "clean", "2022", target="85", actual="91.50", numerator="183", denominator="200"),
        _figure("A", "plain", "2022", actual="-0.10", note={"digest": FORMULA}),
        _figure("A-b", "clean", "2022", target="0", actual="0", obs_status="P", note={"digest": TAKEN}),
        _figure("A-b", "days", "2022", obs_status="O"),
        _figure("A", "unknown", "2022-23", actual="12345678901234567890.10"),
    ),
    (_notice("A", "under-review"), _notice("A-b", "withdrawn"), _rating("2026-01")),
    (
        _figure("A", "clean", "2022", target="90", actual="81.0", cause="upheld-report", replaces=2)
        | {"note": {"digest": FORMULA}},
        _notice("A", "lifted"),
        _rating("2026-02", suppressed=True, n=None, levels=None),
        _body("A", names=_names("Renamed", "改名")),
    ),
    (
        {"t": "withdrawal", "digest": TAKEN, "ground": "personal-data"},
        _indicator("days", unit=_names("working days", "工作日"), direction="down", kind="expected", body="B")
        | {"cause": "method-change", "reason": {"digest": REASON}},
        handin(1, "4.0"),
    ),
    (handin(2, "4.50", late=True),),
    (
        {"t": "release", "slug": "second", "names": _names("Second", "第二次"), "period": "2023"}
        | {"source": "An office", "licence": "Public domain"},
        _figure("B", "days", "2023-Q1", target="5", actual="4.60", obs_status="A")
        | {"handin": {"edition": 6, "salt": SALT.hex(), "said": value(2, "4.50")}},
    ),
)
"""The statements of entries 1, 2, …"""

_GROUP = {"n": "20", "levels": _rating("2026-01")["levels"]}
ACTS_OF_3: Sequence[Sequence[dict[str, Any]]] = (
    *ACTS,
    (
        _rating("2026-03", threshold=10, served={"transactions": "160", "receipts": None})
        | {
            "by": {
                "code": {"with": _GROUP, "without": _GROUP},
                "channel": {"web": _GROUP, "qr": None, "api": None},
            }
        }
        | {"questions": {"in-person/attitude": _GROUP, "online/platform": None}},
        _rating("2026-04", n="7", served={"transactions": "0", "receipts": "12"}),
        {"t": "rating-body", "body": "A", "period": "2026-03", "covers": "all", "suppressed": False} | _GROUP,
        {"t": "rating-body", "body": "B", "period": "2026-03", "covers": "shown", "suppressed": True}
        | {"n": None, "levels": {}},
    ),
)
"""The same and one act more: what layout 3 shows and no layout before it."""

ACTS_OF_4: Sequence[Sequence[dict[str, Any]]] = (
    *ACTS_OF_3,
    (
        {"t": "rating-answers", "service": "permits", "body": "A", "period": "2026-01", "as_of": "2026-03-01"}
        | {"threshold": 10, "asked": "12"}
        | {"came": {"in-time": "6", "late": "2", "waiting": "1", "overdue": "3"}}
        | {"ended": {"explained": "1", "claimed": "2", "confirmed": "3", "elapsed": "2", "disputed": "0"}},
    ),
)
"""The same and how a body answered: what layout 4 shows."""

ACTS_OF_5: Sequence[Sequence[dict[str, Any]]] = (
    *ACTS_OF_4,
    (
        {"t": "rating-body-answers", "body": "A", "period": "2026-01", "as_of": "2026-03-01", "covers": "all"}
        | {"threshold": 10, "asked": "25"}
        | {"came": {"in-time": "12", "late": "5", "waiting": "2", "overdue": "6"}}
        | {"ended": {"explained": "3", "claimed": "4", "confirmed": "6", "elapsed": "3", "disputed": "1"}},
    ),
)
"""The same and how it answered for its services together: what layout 5 shows."""


def replayed(acts: Sequence[Sequence[Mapping[str, Any]]] = ACTS) -> tuple[Replay, FileHead]:
    """The log after these acts, an hour apart, and the head of the files of its newest edition."""
    replay, at = Replay(), BEGAN
    for n, statements in enumerate(acts, start=1):
        at = BEGAN + timedelta(hours=n - 1)
        replay.begin(n, at)
        for position, statement in enumerate(statements):
            replay.take(n, position, statement)
    for text in TEXTS:
        replay.take_text(text)
    return replay, FileHead(ORIGIN, len(acts), at)
