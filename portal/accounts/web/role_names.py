"""What roles are called where people read them; `portal/roles.py` says what each may do."""

from portal.foundation.i18n import N_
from portal.web.wording import gettext as _

NAMES = {
    "administrator": N_("Administrator"),
    "auditor": N_("Auditor"),
    "registrar": N_("Registrar"),
    "publisher": N_("Publisher"),
    "body-editor": N_("Editor of a public body"),
    "body-signer": N_("Signer of a public body"),
    "service-clerk": N_("Counter clerk"),
    "moderator": N_("Moderator"),
    "case-officer": N_("Case officer"),
    "case-decider": N_("Case decider"),
    "evaluation-officer": N_("Evaluation officer"),
    "evaluation-approver": N_("Evaluation approver"),
    "evaluator": N_("Evaluator"),
    "appeal-reviewer": N_("Appeal reviewer"),
    "identity-keeper": N_("Identity keeper"),
    "outside-recipient": N_("Outside recipient"),
}


def role_name(code: str) -> str:
    """The role's name in the reader's language; the code of a role that has none."""
    return _(NAMES.get(code, code))
