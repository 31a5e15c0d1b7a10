"""If these failed, somebody with a pencil could work out what a handful of people answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ratings.rules.disclosure import NONE, added, hides, part
from portal.ratings.rules.rolling import (
    CHANNEL,
    CODE,
    CODED,
    WITH,
    WITHOUT,
    Counted,
    Covers,
    ServiceSaid,
    say_body,
    say_service,
)
from portal.ratings.values import Counts
from tests.ratings.attack import Known

T = 5
CHANNELS = ("web", "qr", "paper", "import")
CELLS = [
    (channel, code) for channel in CHANNELS for code in (WITH, WITHOUT) if code == WITHOUT or channel in CODED
]
Marks = Mapping[tuple[str, str], Counts]
Place = tuple[str, tuple[str, str]]

few = st.sampled_from([0, 0, 0, 1, 2, 3, 7, 12])
counts = st.builds(lambda *levels: Counts(levels), *[few] * 5)
levels = st.integers(0, 4)
marks = st.fixed_dictionaries(dict.fromkeys(CELLS, counts))
bodies = st.dictionaries(st.sampled_from("ABC"), marks, min_size=1)


def c(*levels: int) -> Counts:
    return Counts(levels)  # type: ignore[arg-type]


def counted(cells: Marks) -> Counted:
    def over(way: int, name: str) -> Counts:
        return added(one for cell, one in cells.items() if cell[way] == name)

    return Counted(
        added(cells.values()),
        {
            CHANNEL: {name: over(0, name) for name in CHANNELS},
            CODE: {name: over(1, name) for name in (WITH, WITHOUT)},
        },
    )


@dataclass(frozen=True)
class Group:
    """Marks that are counted together, shown or hidden."""

    name: str
    cells: Sequence[Any]
    counts: Counts
    shown: bool
    fewest: int = 1

    @property
    def is_secret(self) -> bool:
        """Of a service not even that nobody rated it is told, of a part of one that is no secret."""
        return self.fewest <= self.counts.n < T


class Told:
    """What one edition publishes of a body's services, and what it keeps back."""

    def __init__(
        self, truth: Mapping[str, Marks], before: "Told | None" = None, aside: Mapping[str, int] | None = None
    ) -> None:
        self.truth = truth
        self.aside = aside or {}
        self.services = {
            code: say_service(
                before.services.get(code) if before else None,
                counted(cells),
                {"burst": self.aside[code]} if code in self.aside else {},
                threshold=T,
            )
            for code, cells in truth.items()
        }
        self.body = say_body(before.body if before else None, self.services, threshold=T)

    def groups(self) -> Iterator[Group]:
        for code, said in self.services.items():
            yield Group(code, [(code, cell) for cell in CELLS], said.whole, said.shown, fewest=0)
            for parts in said.ways.values():
                for name, one in parts.counts.items():
                    cells = [(code, cell) for cell in CELLS if name in cell]
                    yield Group(f"{code} {name}", cells, one, name in parts.shown)
        if self.body.covers is Covers.ALL:
            everything = [(code, cell) for code in self.services for cell in CELLS]
            yield Group("the body", everything, self.body.whole, True)


def found_out(editions: Sequence[tuple[Told, Mapping[Place, int]]], level: int) -> list[str]:
    """The small groups that an attacker finds who has these editions, and knows when each cell last changed.

    An answer that nobody gave in a shown group, nobody gave in a part of it either: that is said, not found out.
    So is a group that is a shown one once such cells are left out.
    """
    groups = [
        replace(group, cells=[(dated[place], *place) for place in group.cells], name=f"{group.name}, edition {n}")
        for n, (told, dated) in enumerate(editions, start=1)
        for group in told.groups()
    ]
    known = Known(sorted({cell for group in groups for cell in group.cells}))
    for group in groups:
        if group.shown:
            known.learn(group.cells, group.counts.by_level[level])
    empty = {cell for group in groups if group.shown and not group.counts.by_level[level] for cell in group.cells}
    said = {frozenset(group.cells) - empty for group in groups if group.shown} | {frozenset()}
    return [
        f"{group.name}: {low} of level {level + 1}"
        for group in groups
        if group.is_secret and frozenset(group.cells) - empty not in said
        for low, high in [known.bounds(group.cells)]
        if low == high
    ]


AT_FIRST = dict.fromkeys(((code, cell) for code in "ABC" for cell in CELLS), 0)


@settings(max_examples=40)
@given(truth=bodies, level=levels)
def test_no_hidden_count_can_be_worked_out_from_one_edition(truth: Mapping[str, Marks], level: int) -> None:
    assert found_out([(Told(truth), AT_FIRST)], level) == []


@settings(max_examples=40)
@given(truth=bodies, place=st.integers(0, 2), channel=st.sampled_from(CHANNELS), late=counts, level=levels)
def test_nor_from_two_by_somebody_who_knows_where_marks_came_late_or_were_taken_out(
    truth: dict[str, Marks], place: int, channel: str, late: Counts, level: int
) -> None:
    first, code = Told(truth), sorted(truth)[place % len(truth)]
    cells = {cell: late if cell[0] == channel else one for cell, one in truth[code].items()}
    changed = {(code, cell): 1 for cell in CELLS if cell[0] == channel}
    second = Told(truth | {code: cells}, first)
    assert found_out([(first, AT_FIRST), (second, AT_FIRST | changed)], level) == []


ASIDE = ("web", "aside")
"""Marks that are set aside in one edition and counted in the other."""
many = st.builds(lambda *levels: Counts(levels), *[st.integers(1, 9)] * 5)
hardly_any = st.builds(lambda *levels: Counts(levels), *[st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1])] * 5)
small_bodies = st.dictionaries(
    st.sampled_from("ABC"), st.one_of(marks, st.fixed_dictionaries(dict.fromkeys(CELLS, hardly_any))), min_size=1
)


@settings(max_examples=60)
@given(truth=small_bodies, taken=st.dictionaries(st.sampled_from("ABC"), many, min_size=1), let_in=st.booleans())
def test_nor_from_how_many_are_set_aside_before_or_after(
    truth: dict[str, Marks], taken: dict[str, Counts], let_in: bool
) -> None:
    """Marks of a channel are said to be set aside, and are counted in the edition before or after: nobody learns
    from that how many a hidden number was."""
    taken = {code: counts for code, counts in taken.items() if code in truth}
    aside = {code: counts.n for code, counts in taken.items()}
    whole = {
        code: cells | {("web", WITHOUT): added([cells["web", WITHOUT], taken[code]])} if code in taken else cells
        for code, cells in truth.items()
    }
    if let_in:
        first = Told(truth, None, aside)
        editions = [(first, False), (Told(whole, first), True)]
    else:
        first = Told(whole)
        editions = [(first, True), (Told(truth, first, aside), False)]
    assert counts_found_out(editions, taken) == []


def counts_found_out(editions: Sequence[tuple[Told, bool]], taken: Mapping[str, Counts]) -> list[str]:
    """The hidden numbers that an attacker finds who knows which marks were moved, whether each edition counts
    them, and how many of them are said to be set aside in the other."""
    groups: list[tuple[Group, int]] = []
    was: dict[str, tuple[ServiceSaid, bool]] = {}
    for n, (told, counts_them) in enumerate(editions, start=1):
        for code, said in told.services.items():  # the very same is said again while that can wait
            was[code] = was[code] if code in was and was[code][0] is said else (said, counts_them)
        counted_in_it = {code for code, (_, counts_it) in was.items() if counts_it and code in taken}
        for group in told.groups():
            webs = {code for code, cell in group.cells if cell == ("web", WITHOUT)}
            cells = [*group.cells, *((code, ASIDE) for code in webs & counted_in_it)]
            groups.append((replace(group, cells=cells, name=f"{group.name}, edition {n}"), group.counts.n))
        for code, said in told.services.items():
            if said.aside:
                groups.append((Group(f"{code} aside, edition {n}", [(code, ASIDE)], NONE, True), taken[code].n))
    known = Known(sorted({cell for group, _ in groups for cell in group.cells}))
    for group, number in groups:
        if group.shown:
            known.learn(group.cells, number)
    empty = {cell for group, number in groups if group.shown and not number for cell in group.cells}
    said = {frozenset(group.cells) - empty for group, _ in groups if group.shown} | {frozenset()}
    return [
        f"{group.name}: {low}"
        for group, number in groups
        if group.is_secret and number < T and frozenset(group.cells) - empty not in said
        for low, high in [known.bounds(group.cells)]
        if low == high
    ]


def test_a_service_with_few_counted_marks_says_how_many_are_set_aside_only_while_nothing_follows() -> None:
    few, many_more = Counted(c(1, 0, 1, 0, 2)), Counted(c(1, 0, 1, 0, 32))
    hidden = say_service(None, few, {"burst": 30}, threshold=T)
    assert (hidden.shown, hidden.aside) == (False, {"burst": 30})
    assert not say_service(hidden, many_more, threshold=T).shown  # 34 would tell that there were 4
    shown = say_service(None, many_more, threshold=T)
    assert say_service(shown, few, {"burst": 30}, threshold=T).aside == {}  # 34 were shown before
    assert say_service(shown, Counted(c(9, 0, 1, 0, 2)), {"burst": 30}, threshold=T).aside == {"burst": 30}


@settings(max_examples=60)
@given(parts=st.dictionaries(st.sampled_from("abcdef"), counts, min_size=2))
def test_what_is_hidden_beside_shown_parts_is_never_few_marks_or_one_group(parts: dict[str, Counts]) -> None:
    if added(parts.values()).n < T:
        return
    found = part(parts, threshold=T)
    assert all(parts[name].n >= T or not parts[name].n for name in found.shown)
    assert not found.hidden or (len(found.hidden) > 1 and found.rest.n >= T)


def test_a_part_that_nobody_used_says_so_until_a_few_people_have() -> None:
    def told(web: int, qr: int, paper: int) -> Counted:
        parts = {"web": c(0, 0, 0, 0, web), "qr": c(0, 0, 0, 0, qr), "paper": c(0, 0, 0, 0, paper)}
        return Counted(added(parts.values()), {CHANNEL: parts})

    first = say_service(None, told(20, 20, 0), threshold=T)
    assert first.ways[CHANNEL].shown == {"web", "qr", "paper"}
    assert say_service(first, told(30, 20, 2), threshold=T) is first  # 2 alone could be worked out
    assert not say_service(first, told(10, 20, 2), threshold=T).shown  # and what was taken out may not stay
    third = say_service(first, told(20, 20, 12), threshold=T)
    assert third.ways[CHANNEL].shown == {"web", "qr", "paper"}


def test_one_group_or_few_marks_hide_nothing() -> None:
    nothing_more = c(0, 0, 0, 0, 0)
    assert not hides([c(9, 9, 9, 9, 9)], given=nothing_more, threshold=T)
    assert not hides([c(0, 0, 0, 0, 2), c(0, 0, 0, 0, 2)], given=nothing_more, threshold=T)
    assert hides([c(0, 0, 0, 0, 2), c(0, 0, 0, 0, 3)], given=nothing_more, threshold=T)


def test_the_smallest_large_part_is_hidden_with_a_lone_small_one() -> None:
    parts = {"web": c(9, 9, 9, 9, 9), "qr": c(2, 2, 2, 2, 2), "paper": c(0, 0, 0, 0, 3)}
    assert part(parts, threshold=T).shown == {"web"}
    assert part({"web": c(9, 0, 0, 0, 9), "qr": c(5, 0, 0, 0, 5)}, threshold=T).shown == {"web", "qr"}


def test_no_service_is_hidden_for_the_sake_of_the_sum_of_its_body() -> None:
    services = {code: say_service(None, Counted(one), threshold=T) for code, one in ONE_SMALL.items()}
    body = say_body(None, services, threshold=T)
    assert [code for code, one in services.items() if one.shown] == ["A", "B"]
    assert (body.covers, body.whole) == (Covers.SHOWN, c(2, 2, 2, 2, 22))


ONE_SMALL = {"A": c(1, 1, 1, 1, 11), "B": c(1, 1, 1, 1, 11), "C": c(0, 0, 0, 0, 4)}


def test_a_sum_over_all_services_is_said_where_the_small_ones_hide_each_other() -> None:
    small = {"C": c(1, 1, 1, 0, 1), "D": c(0, 0, 0, 1, 3)}
    services = {code: say_service(None, Counted(one), threshold=T) for code, one in (ONE_SMALL | small).items()}
    assert say_body(None, services, threshold=T).covers is Covers.ALL


def test_a_service_that_is_shown_or_hidden_anew_is_in_no_later_sum_over_all() -> None:
    small = {"C": c(1, 1, 1, 0, 1), "D": c(0, 0, 0, 1, 3), "E": c(1, 1, 1, 1, 0)}

    def say(before: dict[str, ServiceSaid], counts: Mapping[str, Counts]) -> dict[str, ServiceSaid]:
        return {code: say_service(before.get(code), Counted(one), threshold=T) for code, one in counts.items()}

    first = say({}, ONE_SMALL | small)
    body = say_body(None, first, threshold=T)
    assert body.covers is Covers.ALL
    grown = say(first, ONE_SMALL | small | {"E": c(9, 9, 9, 9, 9)})
    assert grown["E"].shown
    assert say_body(body, grown, threshold=T).covers is Covers.SHOWN  # else the two sums would tell what E was
    fallen = say(first, ONE_SMALL | small | {"B": c(1, 0, 0, 0, 1)})
    assert not fallen["B"].shown
    assert say_body(body, fallen, threshold=T).covers is Covers.SHOWN  # nor what is left of B
    assert say_body(None, fallen, threshold=T).covers is Covers.SHOWN


def test_parts_that_changed_by_a_few_marks_are_not_shown_beside_a_whole_that_changed_by_many() -> None:
    def told(web: int, paper: int) -> Counted:
        parts = {"web": c(0, 0, 0, 0, web), "paper": c(0, 0, 0, 0, paper)}
        return Counted(added(parts.values()), {CHANNEL: parts})

    first = say_service(None, told(20, 20), threshold=T)
    assert first.ways[CHANNEL].shown == {"web", "paper"}
    assert say_service(first, told(20, 24), threshold=T) is first
    second = say_service(first, told(22, 30), threshold=T)
    assert (second.whole.n, second.ways[CHANNEL].shown) == (52, frozenset())
    assert say_service(second, told(40, 50), threshold=T).ways[CHANNEL].shown == frozenset()
    assert say_service(first, told(20, 30), threshold=T).ways[CHANNEL].shown == {"web", "paper"}


def test_each_question_is_shown_when_enough_people_answered_it() -> None:
    asked = {"in-person/attitude": c(1, 0, 0, 0, 4), "online/platform": c(0, 0, 0, 0, 4)}
    said = say_service(None, Counted(c(4, 4, 4, 4, 4), questions=asked), threshold=T)
    assert said.questions.shown == {"in-person/attitude"}
    assert say_service(None, Counted(c(0, 0, 0, 0, 4), questions=asked), threshold=T).questions.shown == set()
