"""If these failed, somebody would wait for ever, or be told of what went wrong with somebody else's."""

import threading
from collections.abc import Callable, Sequence

import pytest

from portal.foundation import joint
from portal.foundation.joint import Asked, Joint

PATIENCE = 20


class Work:
    """Doubles numbers, in goes that begin when they are let; refuses what is negative, and gives up at zero."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.begun, self.may_end = threading.Semaphore(0), threading.Semaphore(0)
        self.joint = Joint(self._carry_out)
        self.ends: dict[int, object] = {}

    def _carry_out(self, asked: Sequence[Asked[int]]) -> None:
        self.goes.append([one.what for one in asked])
        self.begun.release()
        assert self.may_end.acquire(timeout=PATIENCE)
        for one in asked:
            if one.what == 0:
                raise ArithmeticError("all goes wrong")
            if one.what < 0:
                one.error = ValueError(one.what)
            else:
                one.outcome = one.what * 2

    def _ask(self, number: int) -> None:
        try:
            with self.joint.on_way():
                self.ends[number] = self.joint.do(number)
        except (ValueError, ArithmeticError) as error:
            self.ends[number] = type(error)

    def start(self, *numbers: int) -> list[threading.Thread]:
        """Ask for each in a thread of its own, one after another."""
        threads = []
        for number in numbers:
            before = self._come
            threads.append(threading.Thread(target=self._ask, args=(number,), daemon=True))
            threads[-1].start()
            wait_until(lambda before=before: self._come > before)
        return threads

    @property
    def _come(self) -> int:
        return sum(map(len, self.goes)) + len(self.joint._waiting)

    def end(self, threads: Sequence[threading.Thread], goes: int) -> None:
        for _ in range(goes):
            self.may_end.release()
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE * 100):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came about")


@pytest.fixture
def work() -> Work:
    return Work()


def test_whoever_is_alone_begins_at_once(work: Work) -> None:
    work.end(work.start(3), goes=1)
    assert work.ends == {3: 6}
    work.end(work.start(4), goes=1)
    assert work.ends == {3: 6, 4: 8}


def test_all_who_came_meanwhile_are_done_in_the_next_go(work: Work) -> None:
    threads = work.start(1)
    assert work.begun.acquire(timeout=PATIENCE)
    threads += work.start(2, 3, 4)
    work.end(threads, goes=2)
    assert work.goes == [[1], [2, 3, 4]]
    assert work.ends == {1: 2, 2: 4, 3: 6, 4: 8}


def test_a_go_begins_when_those_on_their_way_are_there(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint, "MOST_WAIT", PATIENCE)
    with work.joint.on_way():
        threads = work.start(1)
        assert not work.begun.acquire(timeout=0.1)
    work.end(threads, goes=1)
    assert work.ends == {1: 2}, "who was on their way asked for nothing after all"


def test_whoever_comes_from_their_way_is_taken_along(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint, "MOST_WAIT", PATIENCE)
    with work.joint.on_way():
        threads = work.start(1)
        assert not work.goes
        work.may_end.release()
        assert work.joint.do(2) == 4
    work.end(threads, goes=0)
    assert work.goes == [[1, 2]]


def test_nobody_waits_for_long(work: Work) -> None:
    with work.joint.on_way():
        threads = work.start(1)
        assert work.begun.acquire(timeout=PATIENCE)
        work.end(threads, goes=1)


def test_each_is_told_of_their_own_mistake_alone(work: Work) -> None:
    threads = work.start(1)
    assert work.begun.acquire(timeout=PATIENCE)
    threads += work.start(2, -3, 4)
    work.end(threads, goes=2)
    assert work.ends == {1: 2, 2: 4, -3: ValueError, 4: 8}


def test_when_a_go_breaks_off_those_left_undone_hear_of_it_and_everything_goes_on(work: Work) -> None:
    threads = work.start(1)
    assert work.begun.acquire(timeout=PATIENCE)
    threads += work.start(2, 0, 4)
    work.end(threads, goes=2)
    assert work.ends == {1: 2, 2: 4, 0: ArithmeticError, 4: ArithmeticError}
    work.end(work.start(5), goes=1)
    assert work.ends[5] == 10
