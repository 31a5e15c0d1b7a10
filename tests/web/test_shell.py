"""Layouts, language switch, headers, static files and health: what every page of every room stands on."""

import re
from pathlib import Path

import pytest
from flask import render_template_string
from flask.testing import FlaskClient

from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.publishing.models import ReleasePlan
from portal.web import edge, navigation
from portal.web.static import Assets, serve_assets
from tests.conftest import new_client
from tests.pages import PageClient, handed_rows

SIDES = ("/sample", "/rate/sample", "/report/sample", "/desk/sample", "/nowhere")


@pytest.mark.parametrize("path", SIDES)
def test_every_side_sends_the_house_headers(shell: PageClient, path: str) -> None:
    headers = shell.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_reporting_pages_run_no_script_and_are_stored_nowhere(shell: PageClient) -> None:
    page = shell.get("/report/sample")
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script" not in page.text


@pytest.mark.parametrize("path", ["/rate/sample", "/desk/sample"])
def test_pages_with_a_form_of_ones_own_are_stored_nowhere(shell: PageClient, path: str) -> None:
    assert shell.get(path).headers["Cache-Control"] == "no-store"


def test_public_pages_need_no_script(shell: PageClient) -> None:
    assert "<script" not in shell.get("/sample").text


@pytest.mark.parametrize("path", ["/sample", "/report/sample", "/desk/sample"])
def test_language_switch_keeps_the_page(shell: PageClient, path: str) -> None:
    english = shell.get(path).text
    assert '<html lang="en"' in english
    there = re.findall(r'href="([^"]+)" hreflang="zh-Hans"', english)
    assert set(there) == {f"/zh-Hans{path}"}
    chinese = shell.get(there[0]).text
    assert '<html lang="zh-Hans"' in chinese
    assert set(re.findall(r'href="([^"]+)" hreflang="en"', chinese)) == {path}


def test_language_switch_keeps_the_question_asked(shell: PageClient) -> None:
    page = shell.get("/sample?q=%E6%B6%88%E9%98%B2&page=2").text
    assert 'href="/zh-Hans/sample?q=%E6%B6%88%E9%98%B2&amp;page=2"' in page


def test_language_switch_cannot_be_turned_into_markup(shell: PageClient) -> None:
    page = shell.get('/sample?q="><script>alert(1)</script>').text
    assert "<script" not in page


def test_links_of_a_chinese_page_stay_chinese(shell: PageClient) -> None:
    page = shell.get("/zh-Hans/nowhere").text
    inner = [link for link in re.findall(r'href="(/[^"]*)"', page) if not link.startswith("/static/")]
    own = [link for link in inner if link != "/nowhere"]  # the switch itself
    assert own
    assert all(link.startswith("/zh-Hans/") for link in own)


def test_nothing_of_the_page_comes_from_elsewhere(shell: PageClient) -> None:
    for path in SIDES:
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', shell.get(path).text)


def test_desk_page_shows_who_is_signed_in_and_lets_them_out(shell: PageClient) -> None:
    page = shell.get("/desk/sample").text
    assert "Chen Wei" in page
    assert 'action="/desk/sign-out"' in page


@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_footer_names_the_four_doors(shell: PageClient, prefix: str) -> None:
    page = shell.get(f"{prefix}/sample").text
    assert page.count("<li>", page.index("gp-footer__doors")) >= 4


# --- static files


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "portal.0123456789ab.css").write_text("p{}")
    (folder / "plain.txt").write_text("plain")
    (folder / "manifest.json").write_text('{"portal.css": "portal.0123456789ab.css"}')
    return folder


def test_names_with_a_digest_may_be_kept_for_ever_and_others_not(shell: PageClient, dist: Path) -> None:
    shell.application.wsgi_app = serve_assets(shell.application.wsgi_app, https=True, folder=dist)  # type: ignore[method-assign]
    hashed = shell.get(Assets(dist).address("portal.css"))
    assert hashed.status_code == 200
    assert hashed.text == "p{}"
    assert "immutable" in hashed.headers["Cache-Control"]
    assert hashed.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in hashed.headers["Content-Security-Policy"]
    assert "immutable" not in shell.get("/static/plain.txt").headers["Cache-Control"]


def test_static_files_never_leave_their_folder(shell: PageClient, dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("tell-tale")
    shell.application.wsgi_app = serve_assets(shell.application.wsgi_app, https=True, folder=dist)  # type: ignore[method-assign]
    for path in ("/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static//../secret.txt", "/static/"):
        assert shell.get(path).status_code == 404


def test_styles_hold_no_font_or_picture_of_others() -> None:
    sheets = list(Assets().folder.glob("portal.*.css"))
    assert sheets, "the styles are not built: make styles"
    text = sheets[0].read_text()
    assert "GDS" not in text
    assert "url(" not in text
    packed = (sheets[0].with_name(sheets[0].name + ".gz")).stat().st_size
    assert packed < 25_000, "the style sheet outgrew its budget for slow phones"


# --- health


def test_process_is_up_without_a_database(portal: Portal, client: PageClient) -> None:
    portal.database.dispose()
    reply = client.get("/healthz")
    assert (reply.status_code, reply.json) == (200, {"process": "up"})


def test_ready_when_database_schema_keys_and_styles_are_there(client: PageClient) -> None:
    reply = client.get("/readyz")
    assert reply.json == {"database": "ok", "keys": "ok", "styles": "ok"}
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"


def test_not_ready_when_a_key_file_is_gone(portal: Portal, client: PageClient) -> None:
    next(portal.keys.folder.glob("*.key")).unlink()
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.json is not None
    assert reply.json["keys"] == "missing"


def test_not_ready_when_a_key_file_cannot_be_read(portal: Portal, client: PageClient) -> None:
    """As after a command that root ran: until it is started again the portal itself goes on with what it knows."""
    assert portal.keys.get("lookup")
    portal.keys.path("lookup").write_text("no key")
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.json is not None
    assert reply.json["keys"] == "not readable"


def test_not_ready_at_another_schema(portal: Portal, client: PageClient) -> None:
    with portal.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    reply = client.get("/readyz")
    assert reply.status_code == 503
    assert reply.json is not None
    assert reply.json["database"] == "other schema"


def test_not_ready_while_the_database_is_away(shell: PageClient, tmp_path: Path) -> None:
    shell.application.extensions["portal"].database.dispose()
    (tmp_path / "portal.sqlite3").rename(tmp_path / "away")
    (tmp_path / "portal.sqlite3").mkdir()
    reply = shell.get("/readyz")
    assert reply.status_code == 503
    assert reply.json is not None
    assert reply.json["database"] == "not reachable"


# --- metrics


def test_metrics_count_by_side_and_know_nothing_of_reporting(portal: Portal) -> None:
    from prometheus_client import generate_latest

    portal.settings.__dict__["metrics_port"] = 9999  # counting is on; nothing is served here
    client: FlaskClient = new_client(portal)
    for path in ("/nowhere", "/report/nowhere", "/zh-Hans/report/nowhere", "/zh-Hans/nowhere"):
        client.get(path)
    text = generate_latest().decode()
    assert 'portal_replies_total{page="past",status="404",surface="public"}' in text
    assert "report" not in text
    assert "nowhere" not in text


def test_desk_links_show_only_what_one_may_open(shell: PageClient) -> None:
    def view() -> str:
        return ""

    view.desk_guard = "cases.read"  # type: ignore[attr-defined]
    with shell.application.test_request_context("/desk"):
        shell.application.view_functions["cases.queue"] = view
        edge.set_actor(Actor("p", "Li Na", frozenset()))
        assert "/desk/cases" not in {link.path for link in navigation.desk_links()}
        edge.set_actor(Actor("p", "Li Na", frozenset({"cases.read"})))
        assert "/desk/cases" in {link.path for link in navigation.desk_links()}
        edge.set_actor(None)
        assert navigation.desk_links() == ()


def test_a_row_handed_to_a_template_fails_the_page_that_shows_it(shell: PageClient) -> None:
    """A row in a template reads the database while the page is drawn, and shows what nobody decided to show."""
    row, app = ReleasePlan(slug="spring"), shell.application
    with app.test_request_context():
        render_template_string("{{ listed[0][0].slug }}", listed=[(row, "2027-03")], named={"one": "spring"})
    assert handed_rows(app) == ["None: listed[…][…] is a ReleasePlan"]
