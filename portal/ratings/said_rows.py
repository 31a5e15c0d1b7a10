"""How what an edition said of a month is kept, hidden counts and all: as plain JSON beside the act's id."""

from collections.abc import Mapping
from typing import Any

from portal.ratings.rules.disclosure import Parted
from portal.ratings.rules.rolling import BodySaid, Covers, ServiceSaid
from portal.ratings.values import counts_of

Json = Mapping[str, Any]


def service_json(said: ServiceSaid) -> dict[str, Any]:
    """All but its counts and whether it is shown, which have columns of their own."""
    return {
        "ways": {way: _parted_json(parts) for way, parts in said.ways.items()},
        "questions": _parted_json(said.questions),
        "standing": None
        if said.standing is None
        else {way: _parted_json(parts) for way, parts in said.standing.items()},
        "withdrawn": sorted(said.withdrawn),
        "aside": dict(said.aside),
        "aside_while_hidden": said.aside_while_hidden,
    }


def read_service(counts: list[int], *, shown: bool, said: Json | None) -> ServiceSaid:
    """A month of before marks were split counts as one that was split in no way, and never will be."""
    whole = counts_of(counts)
    if said is None:
        return ServiceSaid(whole, shown, {}, Parted({}, frozenset()), {} if shown else None)
    standing = said["standing"]
    return ServiceSaid(
        whole,
        shown,
        {way: _parted(parts) for way, parts in said["ways"].items()},
        _parted(said["questions"]),
        None if standing is None else {way: _parted(parts) for way, parts in standing.items()},
        frozenset(said["withdrawn"]),
        said.get("aside", {}),
        said.get("aside_while_hidden", 0),
    )


def body_json(said: BodySaid) -> dict[str, Any]:
    return {
        "covers": said.covers.value,
        "whole": list(said.whole.by_level),
        "standing": None if said.standing is None else _parted_json(said.standing),
    }


def read_body(said: Json) -> BodySaid:
    standing = said["standing"]
    whole = counts_of(said["whole"])
    return BodySaid(Covers(said["covers"]), whole, None if standing is None else _parted(standing))


def _parted_json(parts: Parted) -> dict[str, Any]:
    return {
        "counts": {name: list(one.by_level) for name, one in parts.counts.items()},
        "shown": sorted(parts.shown),
    }


def _parted(said: Json) -> Parted:
    return Parted({name: counts_of(one) for name, one in said["counts"].items()}, frozenset(said["shown"]))
