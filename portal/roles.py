"""One table: what each role may do. Whoever audits the portal reads this page first.

Nothing is allowed that is not listed. No role holds both halves of an act that needs two people in the
sense that matters: the second half always refuses the person who did the first (see `duties`).
"""

from collections.abc import Mapping

from portal.accounts.permissions import AccountsPermission
from portal.audit.permissions import AuditPermission
from portal.cases.permissions import CasesPermission
from portal.evaluation.permissions import EvaluationPermission
from portal.publishing.permissions import PublishingPermission
from portal.ratings.permissions import RatingsPermission
from portal.registry.permissions import RegistryPermission

ROLES: Mapping[str, frozenset[str]] = {
    # manages people; has no path to what reports say, and cannot be given one
    "administrator": frozenset(
        {AccountsPermission.MANAGE_PEOPLE, AccountsPermission.RECORD_TRAINING, AccountsPermission.READ_ROLES}
    ),
    # reads what staff did: the main chain of the audit record and this table
    "auditor": frozenset({AuditPermission.READ, AccountsPermission.READ_ROLES}),
    # keeps the register, brings in figures, puts releases and corrections forward
    "registrar": frozenset(
        {
            RegistryPermission.MAINTAIN,
            EvaluationPermission.APPEAL,
            PublishingPermission.SEE,
            PublishingPermission.SEE_CORRECTIONS,
            PublishingPermission.PREPARE,
            PublishingPermission.PROPOSE_CORRECTION,
            PublishingPermission.PROPOSE_WITHDRAWAL,
            PublishingPermission.COLLECT,
            PublishingPermission.SEE_REQUESTS,
            PublishingPermission.ANSWER_REQUESTS,
            RatingsPermission.RECONCILE,
            RatingsPermission.KEEP_OFFICE_KEYS,
        }
    ),
    # publishes what a registrar put forward
    "publisher": frozenset(
        {
            PublishingPermission.SEE,
            PublishingPermission.SEE_CORRECTIONS,
            PublishingPermission.PUBLISH,
            PublishingPermission.APPROVE_CORRECTION,
            PublishingPermission.SEE_REQUESTS,
            PublishingPermission.APPROVE_WITHDRAWAL,
            PublishingPermission.APPROVE_ANSWERS,
            RatingsPermission.RECONCILE,
            RatingsPermission.SETTLE,
        }
    ),
    # works in a public body: enters its values, or signs what a colleague entered, for the bodies they are
    # employed by
    "body-editor": frozenset(
        {CasesPermission.ANSWER, PublishingPermission.ENTER_VALUES, RatingsPermission.ANSWER}
    ),
    "body-signer": frozenset(
        {
            CasesPermission.ANSWER,
            PublishingPermission.ENTER_VALUES,
            PublishingPermission.SIGN_RETURNS,
            EvaluationPermission.APPEAL,
            RatingsPermission.ANSWER,
        }
    ),
    # works at the counters of a body they are employed by: hands out rating codes, enters paper slips
    "service-clerk": frozenset({RatingsPermission.ISSUE_RECEIPTS, RatingsPermission.ENTER_PAPER}),
    # reads comments, and requests for figures, before they can appear
    "moderator": frozenset(
        {
            RatingsPermission.MODERATE,
            PublishingPermission.SEE_REQUESTS,
            PublishingPermission.SCREEN_REQUESTS,
        }
    ),
    # receives reports, works on cases, puts the correction of a figure found false forward
    "case-officer": frozenset(
        {
            CasesPermission.READ,
            CasesPermission.INTAKE,
            CasesPermission.HANDLE,
            PublishingPermission.SEE_CORRECTIONS,
            PublishingPermission.PROPOSE_CORRECTION,
            AccountsPermission.SIGN_KEYS,
        }
    ),
    # gives the second signature on findings and on corrections
    "case-decider": frozenset(
        {
            CasesPermission.READ,
            CasesPermission.INTAKE,
            CasesPermission.HANDLE,
            CasesPermission.DECIDE,
            CasesPermission.KEEP_REPLIES,
            CasesPermission.UNMASK,
            PublishingPermission.SEE_CORRECTIONS,
            PublishingPermission.PROPOSE_CORRECTION,
            PublishingPermission.APPROVE_CORRECTION,
            AccountsPermission.SIGN_KEYS,
        }
    ),
    # opens evaluation cycles, names evaluators, puts weights and results forward
    "evaluation-officer": frozenset(
        {EvaluationPermission.SEE, EvaluationPermission.READ, EvaluationPermission.MANAGE}
    ),
    # gives the second signature on weights and results
    "evaluation-approver": frozenset(
        {EvaluationPermission.SEE, EvaluationPermission.READ, EvaluationPermission.APPROVE}
    ),
    # enters marks for the evaluator group they belong to, and sees nobody else's
    "evaluator": frozenset({EvaluationPermission.SEE, EvaluationPermission.MARK}),
    # two of these decide on an appeal, of those who had no part in what it is against
    "appeal-reviewer": frozenset({EvaluationPermission.APPEAL, EvaluationPermission.JUDGE}),
    # beside one of the two above: two of these together, and nobody alone, open who a reporter is
    "identity-keeper": frozenset({CasesPermission.IDENTITY}),
    # outside the office: receives what nobody unconnected in it could
    "outside-recipient": frozenset({CasesPermission.READ, CasesPermission.OUTSIDE, CasesPermission.HANDLE}),
}

#: What somebody must have been trained in before a role counts. Without a valid certificate it is held back.
TRAINING: Mapping[str, str] = {
    "case-officer": "reports",
    "case-decider": "reports",
    "evaluation-officer": "evaluation",
    "evaluation-approver": "evaluation",
    "evaluator": "evaluation",
    "appeal-reviewer": "evaluation",
}

#: Courses, and for how many months their certificates are valid.
COURSES: Mapping[str, int] = {"reports": 24, "evaluation": 36}

#: Pairs that one person must not hold together.
INCOMPATIBLE: frozenset[frozenset[str]] = frozenset(
    frozenset({"administrator", role})
    for role in ("case-officer", "case-decider", "identity-keeper", "body-editor", "body-signer")
)
