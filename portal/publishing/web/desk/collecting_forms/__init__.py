"""The forms of collection at the desk. What is wrong with an answer is said by the services."""

from portal.publishing.web.desk.collecting_forms.requests import ReplyForm, ScreenForm
from portal.publishing.web.desk.collecting_forms.returns import (
    AnswerForm,
    EntryForm,
    FileForm,
    SheetForm,
    SignForm,
)
from portal.publishing.web.desk.collecting_forms.rounds import (
    CheckForm,
    DueForm,
    ReleaseFactsForm,
    RoundActForm,
    RoundForm,
)

__all__ = [
    "AnswerForm",
    "CheckForm",
    "DueForm",
    "EntryForm",
    "FileForm",
    "ReleaseFactsForm",
    "ReplyForm",
    "RoundActForm",
    "RoundForm",
    "ScreenForm",
    "SheetForm",
    "SignForm",
]
