"""The tables of this room. In clear: body and figure, kind, state, days, padded sizes, who holds a wrap.

No column holds a time of day: days only, so that a dump cannot be laid beside an access log.
"""

from portal.cases.models.after import (
    AppealedRow,
    CheckInRow,
    CountedRow,
    ExportRow,
    HoldRow,
    NoticeRow,
    RereadRow,
    SampleRow,
)
from portal.cases.models.batch import BatchMemberRow, BatchRefusedRow, BatchRow
from portal.cases.models.case import (
    LISTED_BY,
    LISTED_ON,
    SHELF,
    Case,
    LinkRow,
    MissedRow,
    StepRow,
    SubjectRow,
    Transition,
)
from portal.cases.models.contents import Filing, Item, Mailbox, MaskingRow, ReporterSession, StoredFile
from portal.cases.models.desk import CompetenceRow, ReplyRow, ViewRow
from portal.cases.models.inquiry import HearingReaderRow, HearingRow, InspectionRow, InspectorRow
from portal.cases.models.keys import (
    Epoch,
    ForsakenRow,
    Identity,
    IdentityHalf,
    IdentityKey,
    IdentityShare,
    Recusal,
    Wrap,
)

__all__ = [
    "LISTED_BY",
    "LISTED_ON",
    "SHELF",
    "AppealedRow",
    "BatchMemberRow",
    "BatchRefusedRow",
    "BatchRow",
    "Case",
    "CheckInRow",
    "CompetenceRow",
    "CountedRow",
    "Epoch",
    "ExportRow",
    "Filing",
    "ForsakenRow",
    "HearingReaderRow",
    "HearingRow",
    "HoldRow",
    "Identity",
    "IdentityHalf",
    "IdentityKey",
    "IdentityShare",
    "InspectionRow",
    "InspectorRow",
    "Item",
    "LinkRow",
    "Mailbox",
    "MaskingRow",
    "MissedRow",
    "NoticeRow",
    "Recusal",
    "ReplyRow",
    "ReporterSession",
    "RereadRow",
    "SampleRow",
    "StepRow",
    "StoredFile",
    "SubjectRow",
    "Transition",
    "ViewRow",
    "Wrap",
]
