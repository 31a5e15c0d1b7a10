"""Addresses built by their kind are those that Flask builds one by one."""

import flask
import pytest
from werkzeug.routing import BuildError

from portal.web import editions
from portal.web.addresses import url_for
from tests.pages import PageClient


@pytest.mark.parametrize(
    "values",
    [
        {"body": "DOB", "indicator": "mmr-1"},
        {"indicator": "mmr-1", "body": "DOB"},
        {"body": "a b", "indicator": "100%"},
        {"body": "市政", "indicator": "x/y"},
        {"body": "DOB", "indicator": "mmr-1", "page": 2},
        {"body": "DOB", "indicator": "mmr-1", "year": "2022"},
        {"body": "DOB", "indicator": "mmr-1", "year": None},
    ],
)
@pytest.mark.parametrize("path", ["/", "/?edition=1"])
def test_an_address_is_what_flask_makes_of_it(shell: PageClient, values: dict[str, object], path: str) -> None:
    with shell.application.test_request_context(path, environ_overrides={"SCRIPT_NAME": "/zh-Hans"}):
        editions.asked()
        given: dict[str, object] = {**values}
        expected = flask.url_for("published.figure", **given)  # type: ignore[arg-type]
        assert [url_for("published.figure", **given) for _ in range(2)] == [expected, expected]
        assert expected.startswith("/zh-Hans/bodies/")


def test_a_number_may_come_as_text(shell: PageClient) -> None:
    with shell.application.test_request_context("/"):
        assert url_for("log.entry", n="3") == flask.url_for("log.entry", n="3")


@pytest.mark.parametrize(
    "values", [{"_anchor": "top"}, {"_external": "yes"}, {"_method": "GET"}, {"form": "json"}, {"form": "html"}]
)
@pytest.mark.parametrize("endpoint", ["published.figure", "data.all_editions"])
def test_what_says_how_to_build_is_left_to_flask(shell: PageClient, endpoint: str, values: dict[str, str]) -> None:
    place = {"body": "DOB", "indicator": "mmr-1"} if endpoint == "published.figure" else {}
    with shell.application.test_request_context("/"):
        expected = flask.url_for(endpoint, **place, **values)  # type: ignore[arg-type]
        assert [url_for(endpoint, **place, **values) for _ in range(2)] == [expected, expected]


@pytest.mark.parametrize("values", [{"form": "xml"}, {}])
def test_an_address_that_is_not_there_is_a_fault_as_in_flask(shell: PageClient, values: dict[str, str]) -> None:
    with shell.application.test_request_context("/"):
        for build in (flask.url_for, url_for):
            with pytest.raises(BuildError):
                build("published.figure", **values)  # type: ignore[arg-type]
