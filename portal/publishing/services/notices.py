"""Notices: a neutral mark beside a published figure that its value is being looked at, or no longer is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.audit.values import MAIN
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.errors import NoSuchFigure, NoticeStands
from portal.publishing.services.acts import propose_act
from portal.publishing.standing import figure_standing, hold_still, notice_standing
from portal.publishing.statements import notice_statement
from portal.publishing.values import ActKind, FigureKey, NoticeState


def place_notice(
    session: Session,
    *,
    figure: FigureKey,
    state: NoticeState,
    actor: Actor,
    now: datetime,
    approved_by: str | None = None,
    chain: str = MAIN,
) -> str:
    """Mark a figure as under review, or lift the mark; returns the act's id.

    Whoever calls has decided it by two people: `actor` and `approved_by`. A decision on a case gives its
    audit `chain`, so that the main record does not tell who handles it.
    Raises NoSuchFigure, or NoticeStands when the figure is marked so already.
    """
    hold_still(session)
    if figure_standing(session, figure) is None:
        raise NoSuchFigure(message(N_("There is no published figure {figure}."), figure=str(figure)))
    if (notice_standing(session, figure) or NoticeState.LIFTED) is state:
        raise NoticeStands(N_("The figure is already marked so."))
    act_id = propose_act(
        session,
        kind=ActKind.NOTICE,
        statements=[notice_statement(figure, state)],
        proposed_by=actor.person_id,
        approved_by=approved_by,
        now=now,
    )
    details = {"act": act_id, "state": state.value}
    record(
        session,
        actor=actor,
        act="publishing.notice",
        subject=f"figure:{figure}",
        details=details,
        now=now,
        chain=chain,
    )
    return act_id
