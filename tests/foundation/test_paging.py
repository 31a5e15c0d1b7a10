"""A long list leads on from each page to the first, the last and those beside it."""

from portal.foundation.paging import Page


def shown(number: int, pages: int) -> list[int | None]:
    return list(Page((), number, 10, pages * 10).shown)


def test_pages_far_from_the_one_looked_at_are_left_out() -> None:
    assert shown(1, 1) == [1]
    assert shown(2, 3) == [1, 2, 3]
    assert shown(1, 9) == [1, 2, None, 9]
    assert shown(4, 9) == [1, None, 3, 4, 5, None, 9]
    assert shown(8, 9) == [1, None, 7, 8, 9]


def test_numbers_are_few_and_rise_however_many_pages_there_are() -> None:
    for number in range(1, 1001, 37):
        found = shown(number, 1000)
        numbers = [n for n in found if n is not None]
        assert numbers == sorted(set(numbers)) and {1, number, 1000} <= set(numbers)
        assert len(found) <= 7
