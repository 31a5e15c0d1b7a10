"""The published rules in words, with the numbers the portal works by: what is expected, what is set aside."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from portal.ratings.rules import bursts, integrity, likeness
from portal.ratings.rules.integrity import Rule
from portal.ratings.values import CHANNEL_WORDS
from portal.web.wording import gettext as _
from portal.web.wording import lazy_gettext as _l

FACT_WORDS: Mapping[str, Any] = {
    "issued": _l("codes handed out"),
    "used": _l("codes used"),
    "used_same_day": _l("of these on the day they were handed out"),
    "used_old": _l("of these long after they were handed out"),
    "usual_percent": _l("usual share in per cent"),
    "matters": _l("matters settled"),
    "marks": _l("ratings of the channel"),
    "top": _l("of these the best"),
    "of": _l("of all ratings"),
    "before": _l("ratings of the channel the month before"),
    "of_before": _l("of all ratings the month before"),
    "channel": _l("channel"),
    "day": _l("on the day that ended with the night of"),
    "on_day": _l("ratings by one way on that day"),
    "usual_below": _l("on a usual day fewer than"),
    "alike": _l("comments that are nearly the same"),
    "different": _l("of these in other words"),
    "own_network": _l("ratings from the body's own network"),
}


def facts_of(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The numbers a rule fired on, in words; comments are shown apart, to some."""
    shown = {fact: value for fact, value in facts.items() if fact in FACT_WORDS and value is not None}
    if "channel" in shown:
        shown["channel"] = _(CHANNEL_WORDS[shown["channel"]])
    return [(str(FACT_WORDS[fact]), value) for fact, value in shown.items()]


def rule_sentence(rule: Rule) -> str:
    """What the rule compares, from what numbers on, and which ratings it sets aside."""
    return _SENTENCES[rule]()


def _codes() -> str:
    return _(
        "More codes than matters: in a month at least %(fewest)s more codes were handed out or used than "
        "matters were settled, and more than %(percent)s%% more. All ratings of the service with a code "
        "are set aside.",
        fewest=integrity.FEWEST_CODES_ABOVE,
        percent=_percent(integrity.MOST_CODES_ABOVE_MATTERS - 1),
    )


def _ages() -> str:
    return _(
        "The age of codes: of at least %(fewest)s codes used in a month, the part used on the day they "
        "were handed out, or later than the month after, is %(percent)s points or more above that of the "
        "last %(months)s months (a service without such a past may use its codes on the same day, and "
        "none later). Only this age is noted, without a day and apart from the answers, so all ratings of"
        " the service with a code are set aside.",
        fewest=integrity.FEWEST_AGED,
        percent=_percent(integrity.AGE_SHIFT),
        months=integrity.MONTHS_LOOKED_BACK,
    )


def _bursts() -> str:
    return _(
        "Bursts: on one day so many ratings of a service come by one way (page or picture, with or "
        "without a code) that they are at least %(doublings)s doublings above the middle day of the last "
        "%(days)s, and above %(spreads)s times the usual spread of its days. Days are kept by size only "
        "(%(smallest)s or more, twice as many and so on); days with fewer leave nothing. The ratings of "
        "that day by that way are set aside.",
        doublings=bursts.DOUBLINGS,
        days=bursts.DAYS_LOOKED_BACK,
        spreads=bursts.SPREADS,
        smallest=2**bursts.SMALLEST,
    )


def _texts() -> str:
    return _(
        "Comments that are alike: at least %(fewest)s comments on a service in a month have, each with "
        "another of them, half or more of their pieces of %(piece)s signs in common (a Chinese character "
        "counts for two). Texts of fewer than %(signs)s signs are not looked at, and at most %(most)s a "
        "month. As many ratings with the same answers by the same channels are set aside, those without a"
        " code first.",
        fewest=likeness.FEWEST_ALIKE,
        piece=likeness.PIECE,
        signs=likeness.FEWEST_SIGNS,
        most=likeness.MOST_READ,
    )


def _top() -> str:
    return _(
        "Runs of the best answer: of at least %(fewest)s ratings of one channel %(percent)s%% or more are"
        " the best answer, while those of the other channels clearly are not. The ratings of that channel"
        " are set aside.",
        fewest=integrity.FEWEST_TOP_MARKS,
        percent=_percent(integrity.TOP_SHARE),
    )


def _shift() -> str:
    return _(
        "A sudden shift: a channel's part of all ratings grows by %(percent)s points or more from one "
        "month to the next, with at least %(fewest)s ratings. The ratings of that channel are set aside.",
        percent=_percent(integrity.SHIFT),
        fewest=integrity.FEWEST_IN_SHIFT,
    )


def _own_network() -> str:
    return _(
        "The body's own network: at least %(fewest)s ratings of a service in a month, without a code, "
        "came from addresses at which the body's own people work. Of a rating only yes or no is noted, "
        "never the address, and that only until its month has been looked at; of ratings with a code not "
        "even that. These ratings are set aside.",
        fewest=integrity.FEWEST_FROM_OWN_NETWORK,
    )


def _percent(share: Decimal) -> int:
    return int(share * 100)


_SENTENCES: Mapping[Rule, Callable[[], str]] = {
    Rule.CODES_WITHOUT_MATTERS: _codes,
    Rule.RECEIPT_AGE: _ages,
    Rule.BURST: _bursts,
    Rule.ALIKE_TEXTS: _texts,
    Rule.TOP_MARKS: _top,
    Rule.CHANNEL_SHIFT: _shift,
    Rule.OWN_NETWORK: _own_network,
}
