"""The acts of the evaluation room that need a right. `portal/roles.py` says which role holds which."""

from enum import StrEnum


class EvaluationPermission(StrEnum):
    READ = "evaluation.read"
    """See cycles, the matrix and the sheets of bodies."""

    MANAGE = "evaluation.manage"
    """Open a cycle, name the members of evaluator groups, propose weights and results."""

    APPROVE = "evaluation.approve"
    """Give the second signature to weights and results somebody else proposed."""

    MARK = "evaluation.mark"
    """Enter marks for the evaluator group one belongs to."""
