"""What is asked of the API: its query parameters, read strictly, each described where it is read.

The same table reads the parameters and describes them in openapi.json, so that neither can promise what the
other does not do. An unknown or repeated parameter is refused with 400, a value that is not of its form with
422, and one of the right form that names nothing with 404.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.foundation.errors import PortalError
from portal.foundation.i18n import N_
from portal.publishing.found import YES
from portal.publishing.found import Kind as Found
from portal.publishing.values import Cause, ObsStatus
from portal.registry.values import Direction, Kind, Level, Period, Status
from portal.web.problems import Fault

DEFAULT_LIMIT = 100
MOST = 1000
LARGEST_EDITION = 999_999_999
CODE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
PERIOD = r"[12][0-9]{3}(-[12][0-9]{3}|-[0-9]{2}|-Q[1-4])?"


class NotAsked(PortalError):
    """The request asks for something that cannot be asked here."""

    def __init__(
        self, status: int, detail: str, faults: Sequence[Fault] = (), allowed: Sequence[str] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.allowed = tuple(allowed)


@dataclass(frozen=True)
class Parameter:
    """One query parameter: its name, meaning, JSON schema, an example, and how its text becomes a value."""

    name: str
    meaning: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    required: bool = False
    kept: bool = True
    """Whether answers to it may stay in the page cache; what anybody can ask without end may not."""


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    compiled = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(what)
        return text

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 11 and least <= int(text) <= most):
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def _of_length(least: int, most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not least <= len(text) <= most:
            raise ValueError(f"{least} to {most} characters")
        return text

    return read


def _one_of(values: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(f"one of {', '.join(values)}")
        return text

    return read


def _read_period(text: str) -> Period:
    _matching(PERIOD, "a period such as 2023, 2023-24, 2023-Q1 or 2023-04")(text)
    try:
        return Period.parse(text)
    except ValueError:
        raise LookupError("a period that there is") from None


def _code(name: str, meaning: str) -> Parameter:
    return Parameter(name, meaning, {"type": "string", "pattern": f"^{CODE}$"}, _matching(CODE, "a code"))


def _choice(name: str, meaning: str, values: Sequence[str]) -> Parameter:
    return Parameter(name, meaning, {"type": "string", "enum": list(values)}, _one_of(values))


def _period(name: str, meaning: str) -> Parameter:
    schema = {"type": "string", "pattern": f"^{PERIOD}$", "examples": ["2023", "2023-24", "2023-Q1", "2023-04"]}
    return Parameter(name, meaning, schema, _read_period)


BODY = _code("body", N_("Only what belongs to the public body with this code."))
INDICATOR = _code("indicator", N_("Only the indicator with this code."))
SERVICE = _code("service", N_("Only what belongs to the service with this code."))
PARENT = _code("parent", N_("Only bodies directly below the body with this code."))
RELEASE = _code("release", N_("Only figures whose newest version came with the release of this name."))
LEVEL = _choice("level", N_("Only bodies of this tier of government."), [one.value for one in Level])
KIND = _choice("kind", N_("Only indicators of this kind."), [one.value for one in Kind])
DIRECTION = _choice(
    "direction", N_("Only indicators for which this way is better."), [one.value for one in Direction]
)
STATUS = _choice("status", N_("Only figures that stand to their target like this."), [one.value for one in Status])
OBS_STATUS = _choice(
    "obs_status", N_("Only figures with this code of SDMX CL_OBS_STATUS."), [one.value for one in ObsStatus]
)
PERIOD_IS = _period("period", N_("Only this period, exactly as written."))
FROM = _period("period_from", N_("Only periods that begin with this one or later."))
TO = _period("period_to", N_("Only periods that end with this one or earlier."))
CAUSE = _choice("cause", N_("Only what was changed for this reason."), [one.value for one in Cause])
INCLUDE = _choice("include", N_("`versions` adds every version of each figure, and its notices."), ["versions"])
FOUND_KIND = _choice("kind", N_("Only things of this kind."), [one.value for one in Found])
TARGETS = _choice("targets", N_("`yes`: only indicators that have figures with a target."), [YES])
YEAR = Parameter(
    "year",
    N_("Only indicators that have figures of this year."),
    {"type": "string", "pattern": "^[12][0-9]{3}$"},
    _matching("[12][0-9]{3}", "a year"),
)
WORDS = Parameter(
    "q",
    N_("Words, beginnings of words, or a code. Chinese is found by any two characters side by side."),
    {"type": "string", "minLength": 1, "maxLength": 200},
    _of_length(1, 200),
    required=True,
    kept=False,
)
CHANGED = Parameter(
    "changed_since",
    N_("Only what was published or changed after this edition."),
    {"type": "integer", "minimum": 0, "maximum": LARGEST_EDITION},
    _number(0, LARGEST_EDITION),
)
EDITION = Parameter(
    "edition",
    N_("The state after this edition instead of the newest; it stays the same for ever."),
    {"type": "integer", "minimum": 1, "maximum": LARGEST_EDITION},
    _number(1, LARGEST_EDITION),
    kept=False,
)
LIMIT = Parameter(
    "limit",
    N_("How many to give at most. A page may hold fewer: only a missing `next` marks the end."),
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
    _number(1, MOST),
)
CURSOR = Parameter(
    "cursor",
    N_(
        "Where to go on, taken from `next`. It keeps the edition of its first page and fits the same filters only."
    ),
    {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,1000}$"},
    _matching("[A-Za-z0-9_-]{1,1000}", "a cursor taken from `next`"),
    kept=False,
)


def read(parameters: Sequence[Parameter], asked: MultiDict[str, str]) -> dict[str, Any]:
    """The values asked for, by name. Raises NotAsked, naming each parameter that is wrong."""
    known = {one.name: one for one in parameters}
    _require_known(known, asked)
    values: dict[str, Any] = {}
    malformed, nothing = [], []
    for name, text in asked.items():
        try:
            values[name] = known[name].read(text)
        except ValueError as error:
            malformed.append(Fault(name, f"must be {error}"))
        except LookupError as error:
            nothing.append(Fault(name, f"must be {error.args[0]}"))
    if malformed or nothing:
        faults = malformed or nothing
        detail = " ".join(f"{one.parameter} {one.detail}." for one in faults)
        raise NotAsked(422 if malformed else 404, detail, faults)
    return values


def _require_known(known: Mapping[str, Parameter], asked: MultiDict[str, str]) -> None:
    unknown = sorted(set(asked) - set(known))
    if unknown:
        faults = [Fault(name, "is not a parameter here") for name in unknown]
        names = ", ".join(known) if known else "none"
        raise NotAsked(400, f"Not a parameter here: {', '.join(unknown)}. Known: {names}.", faults, sorted(known))
    missing = [one.name for one in known.values() if one.required and one.name not in asked]
    if missing:
        faults = [Fault(name, "is needed") for name in missing]
        raise NotAsked(400, f"Needed and not given: {', '.join(missing)}.", faults, sorted(known))
    repeated = sorted(name for name, found in asked.lists() if len(found) > 1)
    if repeated:
        faults = [Fault(name, "may be given once") for name in repeated]
        raise NotAsked(400, f"Given more than once: {', '.join(repeated)}.", faults, sorted(known))
