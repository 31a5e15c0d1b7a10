"""Rows keep the day of a report and no time: a server that logs every statement would keep it beside them."""

import pytest

from portal.foundation.context import Portal
from portal.foundation.server_settings import KEEPS_NOTHING, keeping_moments


def test_as_it_comes_a_database_keeps_no_moments(portal: Portal) -> None:
    assert keeping_moments(portal.database) == ()


@pytest.mark.parametrize("engine_name", ["postgres"])
@pytest.mark.parametrize(
    ("name", "value"), [("log_statement", "mod"), ("log_duration", "on"), ("log_min_duration_statement", "250")]
)
def test_a_setting_that_logs_when_something_came_is_named(portal: Portal, name: str, value: str) -> None:
    with portal.database.engine.begin() as connection:
        database = connection.exec_driver_sql("SELECT current_database()").scalar()
        connection.exec_driver_sql(f"ALTER DATABASE \"{database}\" SET {name} = '{value}'")
    portal.database.dispose()
    assert keeping_moments(portal.database) == (name,)


@pytest.mark.parametrize("engine_name", ["postgres"])
def test_every_setting_is_one_that_the_server_has(portal: Portal) -> None:
    with portal.database.engine.connect() as connection:
        had = set(connection.exec_driver_sql("SELECT name FROM pg_settings").scalars())
    assert had >= KEEPS_NOTHING.keys()
