"""How what was said of answers is kept: as plain JSON beside the act's id."""

from collections.abc import Mapping
from typing import Any

from portal.ratings.answers import Came, Ended
from portal.ratings.rules.answered import Answered
from portal.ratings.rules.answered_together import Hidden, Together
from portal.ratings.rules.rolling import Covers

Json = Mapping[str, Any]


def answered_json(said: Answered) -> dict[str, Any]:
    return {"came": dict(said.came), "ended": dict(said.ended)}


def read_answered(said: Json) -> Answered:
    came, ended = said["came"], said["ended"]
    return Answered({each: came[each] for each in Came}, {each: ended[each] for each in Ended})


def together_json(said: Together) -> dict[str, Any]:
    """Hidden counts are in it too: they are compared, never said."""
    standing = said.standing
    return {
        "covers": said.covers.value,
        "whole": answered_json(said.whole),
        "standing": standing
        and {
            "services": sorted(standing.services),
            "said": sorted(standing.said),
            "rest": answered_json(standing.rest),
        },
    }


def read_together(said: Json) -> Together:
    kept = said["standing"]
    standing = kept and Hidden(frozenset(kept["services"]), frozenset(kept["said"]), read_answered(kept["rest"]))
    return Together(Covers(said["covers"]), read_answered(said["whole"]), standing)
