"""Failures are pages in plain words, with their status, and tell neither reader nor log what was typed."""

import json

import pytest
import structlog

from tests.pages import PageClient

STATUSES = {
    "invalid": 422,
    "forbidden": 403,
    "missing": 404,
    "conflict": 409,
    "slow": 429,
    "away": 503,
    "database": 503,
    "template": 500,
    "bug": 500,
    "404": 404,
    "405": 405,
    "413": 413,
    "418": 418,
}


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
@pytest.mark.parametrize("side", ["", "/report"])
@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_every_failure_is_a_page_that_says_what_to_do(
    shell: PageClient, prefix: str, side: str, kind: str, status: int
) -> None:
    for reply in (shell.get(f"{prefix}{side}/fail/{kind}"), shell.post(f"{prefix}{side}/fail/{kind}")):
        assert reply.status_code == status
        assert reply.mimetype == "text/html"
        assert f'lang="{"zh-Hans" if prefix else "en"}"' in reply.text
        assert reply.text.count("govuk-body") >= 3
        assert reply.headers["Cache-Control"] == "no-store"


def test_message_of_the_product_is_shown_and_translated_with_its_values(shell: PageClient) -> None:
    assert "It was closed on 9 February." in shell.get("/fail/conflict").text


def test_waiting_time_is_told(shell: PageClient) -> None:
    assert shell.get("/fail/slow").headers["Retry-After"] == "17"
    assert int(shell.get("/fail/away").headers["Retry-After"]) > 0
    assert int(shell.get("/fail/database").headers["Retry-After"]) > 0


def test_missing_page_is_a_page_in_both_languages(shell: PageClient) -> None:
    assert shell.get("/nowhere").status_code == 404
    assert shell.get("/zh-Hans/nowhere").status_code == 404


def test_too_large_a_form_is_refused_with_a_page(shell: PageClient) -> None:
    assert shell.post("/sample", data={"words": "x" * (2 * 1024 * 1024)}).status_code == 413


def test_failure_tells_log_nothing_that_was_typed_and_nobody_but_its_reporter(
    shell: PageClient, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever sent a report gets the fields of the form back; what stands in the address, what broke and what was
    typed elsewhere comes back to nobody."""
    with structlog.testing.capture_logs() as lines:
        for kind in ("bug", "database", "template"):
            for side in ("", "/report"):
                reply = shell.post(f"{side}/fail/{kind}?q=tell-tale-asked", data={"words": "tell-tale"})
                given_back = '<input type="hidden" name="words" value="tell-tale">' if side else ""
                assert given_back in reply.text
                assert "tell-tale" not in reply.text.replace(given_back or "<nothing>", "")
    written = json.dumps(lines) + "".join(capsys.readouterr()) + caplog.text
    assert "tell-tale" not in written
    assert "/fail" not in written
    assert any(line["kind"] == "RuntimeError" for line in lines)


def test_failed_report_leaves_no_line_in_the_log(shell: PageClient) -> None:
    """The time of a line could be laid beside whoever was seen at a computer then."""
    with structlog.testing.capture_logs() as lines:
        shell.get("/report/fail/bug")
    assert lines == []


def test_page_that_cannot_be_drawn_is_still_answered(shell: PageClient) -> None:
    shell.application.jinja_env.globals["public_links"] = lambda: 1 / 0
    reply = shell.get("/fail/bug")
    assert reply.status_code == 500
    assert "Something went wrong on our side" in reply.text


@pytest.mark.parametrize(
    ("path", "accepted", "problem"),
    [
        ("/nowhere.json", "text/html", True),
        ("/nowhere.csv?bom=0", "*/*", True),
        ("/nowhere", "application/problem+json, application/json;q=0.5", True),
        ("/zh-Hans/nowhere", "text/csv", True),
        ("/nowhere", "*/*", False),
        ("/nowhere", "", False),
        ("/nowhere", "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8", False),
        ("/report/nowhere.json", "application/json", False),
        ("/desk/nowhere.json", "application/json", False),
    ],
)
def test_who_asks_for_data_is_told_by_a_problem_and_who_asks_for_a_page_by_a_page(
    shell: PageClient, path: str, accepted: str, problem: bool
) -> None:
    reply = shell.get(path, headers={"Accept": accepted})
    assert reply.status_code == 404
    assert reply.mimetype == ("application/problem+json" if problem else "text/html")
