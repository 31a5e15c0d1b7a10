"""Whether a text takes over sentences of another: a body knows people by how they write, whatever is masked."""

import re
from collections.abc import Iterable, Iterator

LONG, _WORD, _CHARACTER = 24, 3, 2
"""From which length a run is nobody's but its writer's: eight words, or twelve Chinese characters."""
_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
_PART = re.compile(f"([{_CHINESE}])|[^\\W_{_CHINESE}]+")


def taken_over(text: str, said: Iterable[str], *, besides: Iterable[str] = ()) -> str | None:
    """The first long run of `text` that stands in what was `said` as well; None when there is none.

    Capitals, spaces and signs make no difference. What is called so anyway (`besides`: the names of bodies and
    indicators) is nobody's.
    """
    theirs = {run for one in said for run, _ in _runs(one)} - {run for one in besides for run, _ in _runs(one)}
    return next((text[where] for run, where in _runs(text) if run in theirs), None)


def _runs(text: str) -> Iterator[tuple[tuple[str, ...], slice]]:
    """Every run that is just long enough, and where it stands."""
    parts = list(_PART.finditer(text))
    words = [part[0].casefold() for part in parts]
    weights = [_CHARACTER if part[1] else _WORD for part in parts]
    end, weight = 0, 0
    for start, part in enumerate(parts):
        while weight < LONG and end < len(parts):
            weight += weights[end]
            end += 1
        if weight < LONG:
            return
        yield tuple(words[start:end]), slice(part.start(), parts[end - 1].end())
        weight -= weights[start]
