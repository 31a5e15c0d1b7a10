"""Commands: `evaluation compute` prints a body's score with everything it is made of."""

from collections.abc import Iterator

import click

from portal.evaluation.evidence import AnswersEvidence, Evidence, FigureEvidence, RatingEvidence
from portal.evaluation.queries import Computed, compute
from portal.evaluation.values import Part
from portal.foundation.context import Portal, pass_portal
from portal.foundation.errors import PortalError


@click.group()
def evaluation() -> None:
    """The internal evaluation."""


@evaluation.command("compute")
@click.option("--cycle", required=True, help="Code of the cycle.")
@click.option("--body", required=True, help="Code of the body.")
@pass_portal
def compute_command(portal: Portal, cycle: str, body: str) -> None:
    """Print a body's score as of the newest edition, opened into its evidence. Nothing is stored."""
    try:
        with portal.database.read() as session:
            computed = compute(session, cycle=cycle, body=body)
    except PortalError as error:
        raise click.ClickException(str(error)) from None
    for line in explained(computed):
        click.echo(line)


def explained(computed: Computed) -> Iterator[str]:
    """The score as an indented list, a part a line."""
    score = computed.score
    value = "no score" if score.value is None else f"{score.value} of 100"
    yield f"{computed.body} in {computed.cycle.code}, as of edition {computed.as_of}: {value}"
    if score.low != score.high:
        yield f"  between {score.low} and {score.high}, because ratings are a sample"
    yield f"  {score.scored_share} % of the weight could be scored"
    yield from _lines(score.whole, 1)
    for one in score.deductions:
        how = "less" if one.counts else f"not less, the appeal being {one.appeal},"
        yield f"  {how} {one.points} for integrity: {one.figure}, corrected in edition {one.edition}"
    for given in score.credits:
        how = "and" if given.counts else f"not added, a report having been upheld in edition {given.withdrawn},"
        yield f"  {how} {given.points} for disclosing: {given.figure}, corrected in edition {given.edition}"
    if computed.previous is not None:
        same = "the same as" if not computed.is_news else "not the same as"
        yield f"  {same} the result published in edition {computed.previous.edition}"


def _lines(part: Part, depth: int) -> Iterator[str]:
    points = part.standing.value if part.value is None else f"{part.value}"
    mark = " (voided)" if part.standing.value == "voided" else ""
    yield f"{'  ' * depth}{part.code}  weight {part.weight} %  {points}{mark}"
    for one in part.evidence:
        yield f"{'  ' * (depth + 1)}{_evidence(one)}"
    for child in part.parts:
        yield from _lines(child, depth + 1)


def _evidence(one: Evidence) -> str:
    if isinstance(one, FigureEvidence):
        notice = f", under review since edition {one.notice}" if one.notice else ""
        return f"actual {one.actual}, target {one.target}, edition {one.edition} ({one.cause}){notice}"
    if isinstance(one, RatingEvidence):
        marks = "too few ratings" if one.n is None else f"{one.n} ratings"
        with_code = "" if one.code is None else f" {one.code} a rating code"
        return f"{one.period}: {marks}{with_code}, edition {one.edition}"
    if isinstance(one, AnswersEvidence):
        how = f"{one.in_time} answered in time, {one.late} late, {one.overdue} overdue"
        return f"{one.period}: {how}, edition {one.edition}"
    return f"mark {one.value}"


commands = (evaluation,)
