"""The words of the questions that go with each kind, as a reporter is asked them and as officers read them."""

from typing import Any

from portal.cases.values import Details, Question, Wrong
from portal.cases.web.forms.words import answer, short
from portal.web.wording import lazy_gettext as _l

LONGEST = 2_000
WRONGS_LABEL = _l("What was recorded falsely?")
WRONGS = {
    Wrong.CLOSED_EARLY: _l("It was closed before it was done"),
    Wrong.DATES: _l("Its dates were changed"),
    Wrong.RATING: _l("A rating stands in my name that I never gave"),
}
LABELS: dict[Question, tuple[Any, Any]] = {
    Question.TRUE_VALUE: (_l("What should the number be?"), _l("Or about how far it is off.")),
    Question.CHANGED: (
        _l("When was it made up or changed, and at whose word?"),
        _l("A post is enough. Give a name only if you are sure."),
    ),
    Question.RECORDS: (
        _l("Where are the true records?"),
        _l("For example a register, a sheet or a system, and for which days."),
    ),
    Question.PROMISED: (_l("How long were you told it would take?"), _l("For example: 10 working days.")),
    Question.APPLIED: (_l("When did you apply?"), _l("As exactly as is safe: the month is enough.")),
    Question.DONE: (_l("When was it really done?"), _l("Or: it is not done yet.")),
    Question.RECORDED: (
        _l("What does the record say?"),
        _l("For example: closed on 3 March, or done in 4 days."),
    ),
    Question.EVIDENCE: (
        _l("What do you have that shows it?"),
        _l("For example a receipt, a letter or a message. You can add files later."),
    ),
    Question.RATED: (_l("Which service or which counter is it about?"), ""),
    Question.RATED_DAYS: (_l("On which days, or since when?"), ""),
    Question.SEEN: (
        _l("What did you see?"),
        _l("For example many marks in a row, one telephone used for many people, bad marks left out."),
    ),
    Question.PRESSED: (
        _l("Who asked what of whom?"),
        _l("A post is enough. Give a name only if you are sure."),
    ),
    Question.IN_WORDS: (_l("When was it, and in which words?"), ""),
    Question.MESSAGE: (_l("Is there a message or a notice, or did somebody else hear it?"), ""),
    Question.TOGETHER: (
        _l("Who acts together with whom?"),
        _l("A post is enough. Give a name only if you are sure."),
    ),
    Question.AGREED: (_l("What do they agree on, and since when?"), ""),
    Question.SHOWN: (
        _l("What shows that they agree?"),
        _l("For example messages, meetings, or numbers known before they could be."),
    ),
}
_SHORT = frozenset({Question.PROMISED, Question.APPLIED, Question.DONE, Question.RECORDED})


def field_of(question: Question) -> Any:
    label, hint = LABELS[question]
    if question in _SHORT:
        return short(label, hint)
    return answer(label, longest=LONGEST, rows=2, description=hint)


def said(details: Details) -> list[tuple[str, str]]:
    """Each question that was answered, with its answer, to be shown."""
    wrongs = "\n".join(str(WRONGS[one]) for one in details.wrongs)
    texts = [(str(LABELS[question][0]), text) for question, text in details.said]
    return [(str(WRONGS_LABEL), wrongs), *texts] if wrongs else texts
