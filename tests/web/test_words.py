"""Dates are absolute and numbers keep their digits, in both languages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from portal.foundation.i18n import Message
from portal.web import words
from portal.web.undefined import PortalUndefined
from tests.pages import PageClient

AT = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)


@contextmanager
def reading(shell: PageClient, prefix: str) -> Iterator[None]:
    with shell.application.test_request_context(
        "/sample", environ_overrides={"portal.locale": "zh_Hans" if prefix else "en"}
    ):
        yield


@pytest.mark.parametrize(
    ("prefix", "day", "moment", "weekday"),
    [
        ("", "3 February 2026", "3 February 2026, 09:30 UTC", "Tuesday, 3 February"),
        ("zh", "2026年2月3日", "2026年2月3日 09:30（UTC）", "2月3日 星期二"),
    ],
)
def test_dates_are_absolute(shell: PageClient, prefix: str, day: str, moment: str, weekday: str) -> None:
    with reading(shell, prefix):
        assert words.day(AT) == day
        assert words.moment(AT) == moment
        assert words.weekday(AT) == weekday


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("0.10", "0.10"),
        ("11.2", "11.2"),
        ("-1234567.890", "-1,234,567.890"),
        ("0", "0"),
        ("-0.5", "-0.5"),
        (1139, "1,139"),
        (Decimal("1E+3"), "1E+3"),
        ("", ""),
        ("[c]", "[c]"),
        ("1,5", "1,5"),
        ("١٢", "١٢"),
        ("12.", "12."),
        (".5", ".5"),
    ],
)
def test_numbers_keep_the_digits_they_were_published_with(given: Decimal | int | str, shown: str) -> None:
    assert words.number(given) == shown


def test_message_picks_names_in_the_readers_language(shell: PageClient) -> None:
    told = Message(
        "{body} answered on {day}, {n} times.",
        {"body": {"en": "Fire", "zh_Hans": "消防"}, "day": AT.date(), "n": 1200},
    )
    with reading(shell, ""):
        assert words.say(told) == "Fire answered on 3 February 2026, 1,200 times."
    with reading(shell, "zh"):
        assert words.say(told).startswith("消防")


def test_message_keeps_braces_that_somebody_typed(shell: PageClient) -> None:
    with reading(shell, ""):
        assert (
            words.say(Message("Not a number: {typed}.", {"typed": "{0.__class__}"}))
            == "Not a number: {0.__class__}."
        )
        assert words.say("100 % {x}") == "100 % {x}"


def test_forgotten_variable_of_a_template_is_a_fault(shell: PageClient) -> None:
    environment = shell.application.jinja_env
    assert environment.undefined is PortalUndefined
    for source in ("{{ gone }}", "{% if gone %}{% endif %}", "{% for x in gone %}{% endfor %}", "{{ gone.x }}"):
        with pytest.raises(Exception, match="undefined"):
            environment.from_string(source).render()
    assert (
        environment.from_string("{{ given.option }}{% if given.option.deeper %}{% endif %}").render(given={}) == ""
    )
    with pytest.raises(Exception, match="no attribute"):
        environment.from_string("{{ given.option }}").render(given=AT)
