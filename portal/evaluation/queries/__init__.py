"""Reads of the evaluation room: rows and published facts in, values out."""

from portal.evaluation.queries.computing import Computed, compute
from portal.evaluation.queries.cycles import (
    get_cycle,
    list_cycles,
    marks_of,
    members,
    memberships_of,
    object_state,
)
from portal.evaluation.queries.published import (
    PublishedCycle,
    appeals_counted,
    find_published,
    published_cycles,
    published_results,
    published_versions,
    results_of_body,
)
from portal.evaluation.queries.tasks import MarkTask, mark_tasks
from portal.evaluation.rules.changes import Change, ChangeKind, changes

__all__ = [
    "Change",
    "ChangeKind",
    "Computed",
    "MarkTask",
    "PublishedCycle",
    "appeals_counted",
    "changes",
    "compute",
    "find_published",
    "get_cycle",
    "list_cycles",
    "mark_tasks",
    "marks_of",
    "members",
    "memberships_of",
    "object_state",
    "published_cycles",
    "published_results",
    "published_versions",
    "results_of_body",
]
