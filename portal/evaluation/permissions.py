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

    MARK = "evaluation.mark"
    """Enter marks for the evaluator group one belongs to."""
