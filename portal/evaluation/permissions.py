"""The acts of the evaluation room that need a right. `portal/roles.py` says which role holds which."""

from enum import StrEnum


class EvaluationPermission(StrEnum):
    SEE = "evaluation.see"
    """Open the evaluation's first page and find there what is one's own to do."""

    READ = "evaluation.read"
    """See cycles, the matrix, all marks and the sheets of bodies."""

    MANAGE = "evaluation.manage"
    """Open a cycle, name the members of evaluator groups, propose weights and results."""

    APPROVE = "evaluation.approve"
    """Give the second signature to weights and results somebody else proposed."""

    APPEAL = "evaluation.appeal"
    """Appeal for the body one is employed by, or against what having verified a false figure costs oneself."""

    JUDGE = "evaluation.judge"
    """Give one of the two halves of deciding on an appeal, where one had no part in what it is against."""

    MARK = "evaluation.mark"
    """Enter marks for the evaluator group one belongs to."""
