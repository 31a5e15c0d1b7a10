"""The pages of evaluation: results for everybody, the evaluators' and the office's desk."""

from flask import Flask

from portal.evaluation.web import appeals, cycle_desk, desk, public, sheet, words
from portal.evaluation.web.public import blueprint as public_blueprint

blueprints = (public_blueprint, desk.blueprint, cycle_desk.blueprint, sheet.blueprint, appeals.blueprint)


def install(app: Flask) -> None:
    """Give every template the words of evaluation."""
    app.jinja_env.globals.update(
        element_words=words.ELEMENTS,
        group_words=words.GROUPS,
        rater_words=words.RATERS,
        standing_words=words.STANDINGS,
        reason_words=words.REASONS,
        cycle_state_words=words.STATES,
        appeal_words=words.APPEAL_STATES,
        party_words=words.PARTIES,
        points=words.points,
        contribution=words.contribution,
    )


__all__ = ["blueprints", "install", "public"]
