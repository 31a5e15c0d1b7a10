"""What other rooms and the templates may see of a case."""

from portal.cases.values.case import (
    CaseFile,
    CaseSummary,
    Cover,
    Missed,
    Report,
    Step,
    UpheldFigure,
    case_id_of,
    reference,
)
from portal.cases.values.kinds import (
    CaseKind,
    CaseState,
    Channel,
    Deadline,
    Finding,
    HolderKind,
    ItemKind,
    Lane,
    Matter,
)
from portal.cases.values.mailbox import Entry, MailboxView
from portal.cases.values.sent import CleanedCopy, Draft, OwnMatter, SentFile, Subject

__all__ = [
    "CaseFile",
    "CaseKind",
    "CaseState",
    "CaseSummary",
    "Channel",
    "CleanedCopy",
    "Cover",
    "Deadline",
    "Draft",
    "Entry",
    "Finding",
    "HolderKind",
    "ItemKind",
    "Lane",
    "MailboxView",
    "Matter",
    "Missed",
    "OwnMatter",
    "Report",
    "SentFile",
    "Step",
    "Subject",
    "UpheldFigure",
    "case_id_of",
    "reference",
]
