"""A small public record with something of everything the API can answer."""

from portal.foundation.context import Portal
from portal.publishing.services import salt_text
from tests.factories.publishing import append, body, figure, indicator, release, service

FORMER = [{"names": {"en": "Roads", "zh_Hans": "道路局"}, "until": "2009-12-31"}]
ENDED = {"on": "2025-01-01", "how": "merged", "into": ["DPR"]}
PERIODS = ("2021", "2022", "2022-23", "2023-Q1", "2023-04")


def fill(portal: Portal) -> int:
    """Two bodies, their figures over several editions, a correction, a notice, ratings; the newest edition."""
    with portal.database.write() as session:
        note = salt_text(session, 'Counted anew: “twice”, 共两次 \\ "quoted"')
        comment = salt_text(session, "等了三周。")
        reply = salt_text(session, "We now open at eight.")
    append(
        portal,
        body(names={"en": 'Parks "and" gardens', "zh_Hans": "公园局"}, codes={"uscc": "12100000400000000X"}),
        body("DOT", parent="DPR", valid_from="2001-01-01", former=FORMER, ended=ENDED),
        service(),
        indicator(service="permits"),
        indicator("delay", unit={"en": "days", "zh_Hans": "天"}, direction="down", body="DOT"),
        kind="register",
    )
    first = append(
        portal,
        release(),
        *(figure(period=period, note={"digest": note}) for period in PERIODS),
        *(figure(body="DOT", indicator="delay", period=period, target=None) for period in PERIODS),
        figure(body="DOT", actual=None, obs_status="O"),
    )
    handin = {"edition": first, "salt": None, "said": None}
    corrected = figure(actual="81.0", cause="upheld-report", replaces=first, handin=handin)
    notice = {"t": "notice", "body": "DPR", "indicator": "clean-parks", "period": "2021", "state": "under-review"}
    notice["reason"] = {"digest": note}
    append(portal, corrected, notice, kind="correction")
    shares = {str(level): {"share": "0.2", "low": "0.1", "high": "0.3"} for level in range(1, 6)}
    rating = {"t": "rating", "service": "permits", "body": "DPR", "suppressed": False, "n": "40", "levels": shares}
    said = {"t": "comment", "service": "permits", "body": "DPR", "period": "2026-01", "level": None}
    return append(
        portal,
        {**rating, "period": "2026-01", "threshold": 10, "served": {"transactions": "160", "receipts": None}}
        | {"by": {"channel": {"web": {"n": "40", "levels": shares}, "qr": None}}, "questions": {"a/b": None}},
        {**rating, "period": "2026-02", "suppressed": True, "n": None, "levels": {}},
        {"t": "rating-body", "body": "DPR", "period": "2026-01", "covers": "all", "suppressed": False}
        | {"n": "40", "levels": shares},
        {**said, "text": {"digest": comment}},
        {"t": "rating-reply", "service": "permits", "body": "DPR", "period": "2026-01", "text": {"digest": reply}},
        {"t": "rating-answers", "service": "permits", "body": "DPR", "period": "2026-01", "as_of": "2026-03-01"}
        | {"threshold": 10, "asked": "12"}
        | {"came": {"in-time": "6", "late": "2", "waiting": "1", "overdue": "3"}}
        | {"ended": {"explained": "1", "claimed": "2", "confirmed": "3", "elapsed": "2", "disputed": "0"}},
        {"t": "rating-body-answers", "body": "DPR", "period": "2026-01", "as_of": "2026-03-01", "covers": "shown"}
        | {"threshold": 10, "asked": "12"}
        | {"came": {"in-time": "6", "late": "2", "waiting": "1", "overdue": "3"}}
        | {"ended": {"explained": "1", "claimed": "2", "confirmed": "3", "elapsed": "2", "disputed": "0"}},
        kind="ratings",
    )
