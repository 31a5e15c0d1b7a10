"""What one evaluator has to mark: their groups' cells of the matrix, for the bodies still open."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.evaluation.models import ObjectRow
from portal.evaluation.queries.cycles import list_cycles, marks_of, memberships_of
from portal.evaluation.values import Cycle, CycleState, Element, Group, Mark


@dataclass(frozen=True)
class MarkTask:
    """One cell of the matrix a person may mark for one body, with the mark they gave, if any."""

    cycle: Cycle
    body: str
    element: Element
    group: Group
    mark: Mark | None


def mark_tasks(session: Session, person_id: str) -> tuple[MarkTask, ...]:
    """Everything the person may mark now, by cycle and body."""
    belongs = memberships_of(session, person_id)
    rows = session.execute(select(ObjectRow.cycle, ObjectRow.body).where(ObjectRow.state == CycleState.OPEN))
    open_objects = {(cycle, body) for cycle, body in rows}
    found = []
    for cycle in list_cycles(session):
        for body in cycle.bodies:
            if (cycle.code, body) not in open_objects:
                continue
            groups = {one.group for one in belongs if one.body in (None, body)}
            given = {
                (mark.element, mark.group): mark
                for mark in marks_of(session, cycle.code, body)
                if mark.person_id == person_id
            }
            found += [
                MarkTask(cycle, body, element, group, given.get((element, group)))
                for element, shares in cycle.method.groups.items()
                for group in shares
                if group in groups
            ]
    return tuple(found)
