"""If these failed, the server would write down what broke on a reporter's address, and when, message and all."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.cases.web.plain import PlainReports
from portal.ratings.web.plain import PlainMarks
from portal.web import errors
from portal.web.accepting import Accepting
from portal.web.cache import PageCache
from portal.web.line import LineFull
from portal.web.locale import LocaleMiddleware
from portal.web.unfailing import Unfailing
from tests.pages import PageClient

CSP = "Content-Security-Policy"
LAYERS = (Accepting, PageCache, LineFull, LocaleMiddleware, PlainReports, PlainMarks)


def fail(*_: object, **__: object) -> Any:
    raise RuntimeError("tell-tale")


def test_it_is_the_outermost_layer(shell: PageClient) -> None:
    assert isinstance(shell.application.wsgi_app, Unfailing)


@pytest.mark.parametrize("path", ["/report/what", "/zh-Hans/report/check"])
def test_pages_of_a_report_never_come_near_what_is_kept_for_others(
    shell: PageClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PageCache, "__call__", fail)
    assert shell.get(path).status_code == 404
    assert shell.get("/bodies").status_code == 500


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.__name__)
@pytest.mark.parametrize("path", ["/report", "/zh-Hans/report", "/rate", "/bodies"])
def test_whatever_fails_outside_of_flask_is_our_own_error_page(
    shell: PageClient,
    layer: type,
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(layer, "__call__", fail)
    page = shell.post(path, data={"what": "tell-tale"})

    assert page.status_code == 500
    assert ("出了问题" if "zh" in path else "Something went wrong on our side") in page.text
    assert page.headers["Cache-Control"] == "no-store" and "default-src 'none'" in page.headers[CSP]
    written = "".join(capfd.readouterr())
    assert "tell-tale" not in written
    assert ("request failed" in written) is ("report" not in path)


@pytest.mark.parametrize("path", ["/report/sample", "/rate/sample"])
def test_an_answer_that_breaks_off_while_it_is_made_is_an_error_page_too(
    shell: PageClient, path: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def breaks_off(*_: object) -> Iterator[bytes]:
        yield b"half a page"
        fail()

    monkeypatch.setattr(Flask, "wsgi_app", breaks_off)
    page = shell.get(path)
    assert page.status_code == 500 and "half a page" not in page.text
    assert "tell-tale" not in "".join(capfd.readouterr())


def test_where_not_even_the_page_can_be_made_there_are_bare_words(
    shell: PageClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(LocaleMiddleware, "__call__", fail)
    monkeypatch.setattr(errors, "unforeseen", fail)
    page = shell.get("/report")
    assert page.status_code == 500 and "Something went wrong on our side" in page.text
    assert capfd.readouterr() == ("", "")
