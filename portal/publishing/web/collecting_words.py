"""The words of collection and requests in the reader's language: states, reasons, kinds of value, checks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.publishing.asking import Answer, NoReason, PublicState, Refusal, RequestState
from portal.publishing.collecting import (
    Coverage,
    Owes,
    Reason,
    RemarkKind,
    ReturnState,
    RoundState,
    ValueState,
)
from portal.publishing.values import ObsStatus
from portal.web.wording import lazy_gettext as _l

Tagged = Mapping[Any, tuple[Any, str]]

ROUND_STATE: Tagged = {
    RoundState.OPEN: (_l("Under way"), "info"),
    RoundState.CLOSED: (_l("Ended"), "neutral"),
    RoundState.CANCELLED: (_l("Cancelled"), "neutral"),
}
RETURN_STATE: Tagged = {
    ReturnState.OPEN: (_l("With the body"), "neutral"),
    ReturnState.PROPOSED: (_l("Waits for its signature"), "attention"),
    ReturnState.HANDED_IN: (_l("Handed in"), "info"),
}
VALUE_STATE: Tagged = {
    ValueState.EMPTY: (_l("Empty"), "neutral"),
    ValueState.ENTERED: (_l("Entered"), "info"),
    ValueState.HANDED_IN: (_l("Handed in"), "info"),
    ValueState.QUERIED: (_l("Question"), "attention"),
    ValueState.RETURNED: (_l("Returned"), "bad"),
    ValueState.ACCEPTED: (_l("Accepted"), "good"),
    ValueState.RELEASED: (_l("Released"), "good"),
}
REMARK: Mapping[RemarkKind, Any] = {
    RemarkKind.QUERY: _l("The office asked"),
    RemarkKind.ANSWER: _l("The body answered"),
    RemarkKind.RETURN: _l("The office returned it"),
    RemarkKind.CHANGE: _l("The office changed it"),
}
COVERAGE: Tagged = {
    Coverage.PUBLISHED: (_l("Published"), "good"),
    Coverage.ASKED: (_l("Asked for, not due yet"), "neutral"),
    Coverage.HANDED_IN: (_l("Handed in, being checked"), "info"),
    Coverage.LATE: (_l("Late"), "bad"),
    Coverage.MISSING: (_l("Missing"), "bad"),
    Coverage.SUPPRESSED: (_l("Suppressed"), "attention"),
    Coverage.WITHDRAWN: (_l("Withdrawn"), "attention"),
}
OWES: Mapping[Owes, Any] = {Owes.BODY: _l("the body"), Owes.OFFICE: _l("the office")}
REASON: Mapping[Reason, Any] = {
    Reason.NOT_DUE: _l("It is asked for, and the date has not come."),
    Reason.NOT_HANDED_IN: _l("The body has not handed it in."),
    Reason.BEING_CHECKED: _l("The body handed it in; the office has not published it."),
    Reason.NOT_SETTLED: _l("The office sent it back, and the body has not settled it."),
    Reason.NOT_COLLECTED: _l("The body did not collect it."),
    Reason.CANNOT_EXIST: _l("There can be no value."),
    Reason.NO_VALUE: _l("It was published without a value."),
    Reason.CONFIDENTIAL: _l("The value is confidential."),
    Reason.WITHDRAWN: _l("The published value was withdrawn."),
    Reason.CANCELLED: _l("The office does not ask for it any more."),
}
VALUE_KIND: Mapping[str, Any] = {
    "": _l("A normal value"),
    ObsStatus.PROVISIONAL: _l("Provisional: it may still change"),
    ObsStatus.ESTIMATED: _l("Estimated"),
    ObsStatus.BREAK: _l("Break in the series: not comparable with before"),
    ObsStatus.LOW_RELIABILITY: _l("Low reliability"),
    ObsStatus.SUPPRESSED: _l("Confidential: hand it in, do not publish it"),
    ObsStatus.NOT_COLLECTED: _l("No value: not collected"),
    ObsStatus.CANNOT_EXIST: _l("No value: there can be none"),
    ObsStatus.MISSING_VALUE: _l("No value: another reason"),
}
REQUEST_STATE: Tagged = {
    RequestState.RECEIVED: (_l("To be read"), "attention"),
    RequestState.REFUSED: (_l("Not published"), "neutral"),
    RequestState.OPEN: (_l("Waits for an answer"), "info"),
    RequestState.PROPOSED: (_l("Answer waits for a second person"), "attention"),
    RequestState.ANSWERED: (_l("Answered"), "good"),
}
PUBLIC_REQUEST: Tagged = {
    PublicState.OPEN: (_l("Waits for an answer"), "info"),
    PublicState.OVERDUE: (_l("Overdue"), "bad"),
    PublicState.ANSWERED: (_l("Answered"), "good"),
}
ANSWER: Mapping[Answer, Any] = {
    Answer.YES: _l("Yes: it is published, or will be"),
    Answer.NO: _l("No"),
}
NO_REASON: Mapping[NoReason, Any] = {
    NoReason.NOT_HELD: _l("No public body in this register holds it."),
    NoReason.NOT_MEASURED: _l("It is not measured."),
    NoReason.TOO_SMALL: _l("The numbers are so small that people could be recognised."),
    NoReason.CONFIDENTIAL: _l("A law keeps it confidential."),
    NoReason.OTHER_BODY: _l("Another authority publishes it."),
    NoReason.TOO_COSTLY: _l("Collecting it would cost more than it is worth."),
}
REFUSAL: Mapping[Refusal, Any] = {
    Refusal.PERSONAL: _l("It names a person, or tells something private."),
    Refusal.ABUSE: _l("It is abusive."),
    Refusal.NOT_A_REQUEST: _l("It does not ask for a figure."),
    Refusal.DUPLICATE: _l("The same figure was asked for before."),
}


def handed_value(text: str | None) -> Decimal | None:
    """A value as it was handed in, for `measured`."""
    return None if text is None else Decimal(text)


TEMPLATE_WORDS: Mapping[str, Any] = {
    "round_states": ROUND_STATE,
    "return_states": RETURN_STATE,
    "value_states": VALUE_STATE,
    "remark_words": REMARK,
    "coverage_words": COVERAGE,
    "owes_words": OWES,
    "coverage_reasons": REASON,
    "value_kinds": VALUE_KIND,
    "request_states": REQUEST_STATE,
    "public_request_states": PUBLIC_REQUEST,
    "answer_words": ANSWER,
    "no_reasons": NO_REASON,
    "refusal_words": REFUSAL,
    "handed_value": handed_value,
}
