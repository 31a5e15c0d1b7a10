"""The mapping of a file of ratings (TOML): which column is what, and which end of the scale is best.

See docs/ratings.md for every key. It is checked as a whole before any row is read.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal.foundation.i18n import N_, message
from portal.ratings.details import QUESTIONS, Capacity, Reason
from portal.ratings.errors import MappingRefused
from portal.ratings.values import Level

SHIPPED = Path(__file__).parent / "mappings"
LevelNumber = Annotated[int, Field(ge=1, le=5)]
Words = dict[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileFormat(_Part):
    encoding: str | None = None
    sheet: int | str = 0
    header_row: int = Field(1, ge=1, le=1000)


class Columns(_Part):
    """Their columns. `respondent` tells people apart; without it every row is a person of its own."""

    level: str | None = None
    service: str | None = None
    month: str | None = None
    respondent: str | None = None
    comment: str | None = None


class Scale(_Part):
    """Numbers from `worst` to `best`, five of them; or `levels`, each of their words with ours (5 is best).

    `unanswered` are the cells of people who gave no mark.
    """

    best: int | None = None
    worst: int | None = None
    levels: dict[str, LevelNumber] = Field(default_factory=dict)
    unanswered: tuple[str, ...] = ("",)

    @model_validator(mode="after")
    def _has_a_direction(self) -> "Scale":
        if self.levels and self.best is None and self.worst is None:
            return self
        if self.levels or self.best is None or self.worst is None or abs(self.best - self.worst) != 4:
            raise ValueError("say which number is best and which is worst, four apart; or list levels")
        return self

    def by_cell(self) -> dict[str, Level]:
        """Every cell that is a mark, with its level."""
        if self.levels:
            return {cell.strip(): Level(level) for cell, level in self.levels.items()}
        assert self.best is not None and self.worst is not None  # noqa: S101  (a valid scale has them)
        step = 1 if self.best > self.worst else -1
        return {str(self.worst + step * (level - 1)): level for level in sorted(Level)}


class Counts(_Part):
    """Columns that hold how many gave a level, where the file counts already.

    A row with a cell of `hidden` stays hidden as a whole: what was left of it would tell what was hidden.
    """

    levels: dict[str, LevelNumber]
    hidden: tuple[str, ...] = ()


class Answers(_Part):
    """A column of answers to a question of ours: each of their words with our code for it; in one cell there may
    be several with `separator` between them. Other cells are no answer."""

    column: str
    words: Words = Field(min_length=1)
    separator: str | None = None


class Comments(_Part):
    placeholders: tuple[str, ...] = ()


class Mapping(_Part):
    """What a file of ratings says, and how."""

    file: FileFormat = FileFormat()
    columns: Columns = Columns()
    constants: Words = Field(default_factory=dict)
    scale: Scale | None = None
    counts: Counts | None = None
    services: Words = Field(default_factory=dict)
    dates: tuple[str, ...] = ()
    comments: Comments = Comments()
    dimensions: Words = Field(default_factory=dict)
    """Their column of a point marked on the same scale -> our name of it, such as in-person/attitude."""
    capacity: Answers | None = None
    reasons: Answers | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Mapping":
        if unknown := set(self.constants) - {"service", "month"}:
            raise ValueError(f"constants are service and month, not {', '.join(sorted(unknown))}")
        for name in ("service", "month"):
            if (getattr(self.columns, name) is None) == (name not in self.constants):
                raise ValueError(f"say where the {name} comes from: columns.{name} or constants.{name}")
        if (self.columns.level is None) == (self.counts is None):
            raise ValueError("say where the answers are: columns.level, or counts")
        more = self.dimensions or self.capacity or self.reasons
        if self.counts is not None and (self.columns.respondent or self.columns.comment or more):
            raise ValueError("counts have neither respondents, comments nor answers to further questions")
        if unknown := set(self.dimensions.values()) - set(QUESTIONS):
            raise ValueError(f"dimensions are {', '.join(QUESTIONS)}, not {', '.join(sorted(unknown))}")
        for name, answers, known in (("capacity", self.capacity, Capacity), ("reasons", self.reasons, Reason)):
            if answers and (unknown := set(answers.words.values()) - set(known)):
                raise ValueError(f"{name} are {', '.join(known)}, not {', '.join(sorted(unknown))}")
        return self

    @property
    def more_columns(self) -> tuple[str, ...]:
        """The columns of further questions."""
        answers = (one.column for one in (self.capacity, self.reasons) if one)
        return (*self.dimensions, *answers)


def load_mapping(path: Path) -> Mapping:
    """The mapping in a file, or a shipped one by its bare name. Raises MappingRefused saying what is wrong."""
    found = path if path.exists() or path.name != str(path) else SHIPPED / path.name
    try:
        content: dict[str, Any] = tomllib.loads(found.read_text(encoding="utf-8"))
        return Mapping.model_validate(content)
    except OSError:
        raise MappingRefused(message(N_("There is no mapping {name}."), name=str(path))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingRefused(
            message(N_("{name} is not a TOML file: {why}"), name=path.name, why=str(error))
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or path.name
        raise MappingRefused(message(N_("{name}: {why}"), name=place, why=first["msg"])) from None
