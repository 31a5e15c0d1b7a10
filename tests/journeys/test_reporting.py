"""Reporting without scripts over HTTPS, behind the proxy's settings that we give away: all that a reporter meets,
and what is left of it afterwards in the browser, the proxy, and the portal."""

import re
import shutil
import sqlite3
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from benchmarks.load import HOST, free_port
from portal.app import install_roles, open_portal
from portal.cases.models import ReporterSession
from portal.config import load_settings
from portal.duties import mailing
from portal.duties.hours import hour_of
from portal.foundation.context import Portal
from portal.front.demo.people import known_accounts
from tests.factories.mail import mail_server
from tests.journeys.conftest import FLAGS, chromium, served_copy
from tests.journeys.house import House
from tests.journeys.looking import PHONE, Answer, look, looking
from tests.journeys.proxy import NAME, ORIGIN, Proxy, Wire, proxied, until
from tests.journeys.reporting import FILES, NEEDLE, QUESTION, REFUSED, WORDS, Reporter, walk
from tests.journeys.test_leftovers import everything_kept
from tests.journeys.visiting import Place

pytestmark = pytest.mark.browser
ADDRESSES = {
    "/report",
    *(f"/report/{step}" for step in ("what", "how", "files", "figures", "who", "check", "done", "left")),
    "/report/mailbox",
    "/report/mailbox/message",
    *(f"/report/mailbox/{number}" for number in range(1, 7)),
}
"""Where a reporter can have been: the addresses are the same whatever is reported."""
EVERY_HOUR = ",".join(str(hour) for hour in range(24))


@pytest.mark.parametrize(("engine", "prefix"), [("postgres", ""), ("sqlite", "/zh-Hans")])
def test_a_whole_report_over_https_leaves_nothing_behind(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path, engine: str, prefix: str
) -> None:
    metrics = free_port()
    settings = {"PORTAL_ORIGIN": ORIGIN, "PORTAL_METRICS_PORT": str(metrics)}
    with (
        served_copy(request, engine, tmp_path / "var", settings) as house,
        proxied(house.url.removeprefix("http://")) as proxy,
    ):
        profile = tmp_path / "profile"
        with reporters_browser(browser, profile, proxy) as page:
            asked: list[str] = []
            complaints: list[str] = []
            page.on("request", lambda one: asked.append(one.url))
            page.on("console", lambda one: complaints.append(one.text))
            office = Office(house)
            before = written_by(house)
            reporter = walk(page, prefix, office.asks)
            meet_an_error(reporter, office)
            assert written_by(house) == before
            headers = [(one.request.method, one.url, one.status, one.all_headers()) for one in reporter.replies]

        uploads_pass_through(proxy, house)
        assert_secure(headers)
        assert all(urlsplit(url).netloc == NAME for url in asked)
        assert not [one for one in complaints if "Content Security Policy" in one or "Refused" in one]
        assert_accessible(browser, house, reporter)
        counted = urllib.request.urlopen(f"http://{HOST}:{metrics}/metrics", timeout=10).read()
        house.stop()
        assert b"portal_replies" in counted and b"report" not in counted.replace(b"portal_re", b"")

        in_browser = files_in(profile)
        assert found(in_browser.items(), [NEEDLE]), "looking through the profile finds nothing at all"
        assert_history_is_the_same_for_everybody(profile, prefix)
        kept = {**in_browser, **dict(proxy.kept()), "letters": office.letters(), "/metrics": counted}
        secret = [*words_of_the_report(reporter.code), *reporter.secrets]
        assert found(kept.items(), secret) == []
        assert found(everything_kept(house), secret) == []
        access = b"".join(data for place, data in proxy.kept() if place.endswith("gongping.log"))
        assert b"/search" in access and b"report" not in access and NEEDLE.encode() not in access
        assert [place for place, data in proxy.kept() if data and not place.endswith("gongping.log")] == []


def meet_an_error(reporter: Reporter, office: "Office") -> None:
    """Another report is sent, and looked at, while a table that both need is away; then it is given up."""
    reporter.comes_to_send()
    with office.without(ReporterSession.__tablename__):
        reporter.press(name="an error")
        reporter.go("/report/check")
    answers = [(one.request.method, one.status) for one in reporter.replies if one.request.is_navigation_request()]
    assert answers[-3] == ("POST", 303), answers[-3:]
    assert [method for method, status in answers[-2:] if status in (500, 503)] == ["GET", "GET"], answers[-2:]
    reporter.go("/report/what")
    reporter.leaves()


def written_by(house: House) -> list[str]:
    """What the real server wrote. A schedule of the runner may have missed the table as well, or, late in the day,
    have given the log the root over the reports of earlier days, which comes every day whether there are any."""
    lines = (house.var / "server.log").read_text().splitlines()
    return [line for line in lines if "schedule failed" not in line and '"kind": "filings"' not in line]


@contextmanager
def reporters_browser(browser: Browser, profile: Path, proxy: Proxy) -> Iterator[Page]:
    """A browser of its own that keeps what any browser keeps, in `profile`, pages to go back to included."""
    context = browser.browser_type.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=[*FLAGS, *proxy.browser_flags],
        ignore_default_args=["--disable-back-forward-cache"],
        headless=True,
        java_script_enabled=False,
        viewport={"width": PHONE[0], "height": PHONE[1]},
    )
    page = context.pages[0]
    page.set_default_timeout(60_000)
    yield page
    context.close()


class Office:
    """The staff side of a served house, in this process."""

    def __init__(self, house: House) -> None:
        settings = load_settings(**house.settings, origin=ORIGIN, argon2_memory_kib=1024, argon2_time=1)
        install_roles(settings)
        self.portal = open_portal(settings)

    def asks(self, about: str) -> None:
        """An officer finds the report by its words, acknowledges it, takes it, and puts a question."""
        officer = Place(self.portal).at_desk("officer")
        officer.get("/desk/cases")
        cases = {link for link in officer.links() if link.startswith("/desk/cases/") and len(link) == 42}
        [case] = [link for link in cases if about in officer.get(link).get_data(as_text=True)]
        accounts = known_accounts(self.portal.settings.var)
        me = next(one.person_id for one in accounts if one.key == "officer")
        for act, filled in (("acknowledge", {}), ("assign", {"person": me}), ("question", {"text": QUESTION})):
            officer.get(f"{case}/{act}")
            assert officer.send(**filled).status_code == 303, act

    @contextmanager
    def without(self, table: str) -> Iterator[None]:
        self._rename(table, "gone_for_a_while")
        try:
            yield
        finally:
            self._rename("gone_for_a_while", table)

    def _rename(self, table: str, name: str) -> None:
        with self.portal.database.write() as session:
            session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))

    def letters(self) -> bytes:
        """All mail that tells staff of what waits for them now."""
        with mail_server() as server:
            told = {"smtp_url": server.url, "mail_from": f"desk@{NAME}", "mail_hours": EVERY_HOUR}
            settings = self.portal.settings.model_copy(update=told)
            post = Portal(**{**vars(self.portal), "settings": settings})
            hour = hour_of(settings, post.clock.now())
            assert hour is not None
            mailing.tell(post, {"hour": hour.isoformat()})
            sent = b"\n".join(one.raw + one.text.encode() for one in server.letters)
        self.portal.database.dispose()
        assert sent, "nobody was told of anything"
        return sent


def words_of_the_report(code: str) -> list[str]:
    """Everything typed, sent and shown, in pieces that stand in no other text; the code's words by twos."""
    texts = [
        *WORDS.values(),
        *REFUSED.values(),
        QUESTION,
        *(part for name, data in FILES.values() for part in (name, data.decode())),
    ]
    pieces = {piece.strip(":,。") for text in texts for piece in text.split()[:1] + text.split()[-1:]}
    known = {piece for piece in pieces if len(piece) > 9 or not piece.isascii()}
    pairs = {one + between + two for one, two in pairwise(code.split()) for between in (" ", "-", "+", "%20")}
    return sorted(known | pairs)


def found(kept: Iterable[tuple[str, bytes]], words: list[str]) -> list[tuple[str, str]]:
    """Which of the words lie where, in any letters and either encoding that a browser writes."""
    forms = [(word, form) for word in words for form in {word, word.lower(), word.upper()}]
    sought = [(word, form.encode(code)) for word, form in forms for code in ("utf-8", "utf-16-le")]
    return [(word, place) for place, data in kept for word, form in sought if form in data]


def assert_secure(replies: list[tuple[str, str, int, dict[str, str]]]) -> None:
    """Every form was taken; pages are for this site over TLS alone, and are to be forgotten when one leaves."""
    ours = [(method, urlsplit(url).path, status, headers) for method, url, status, headers in replies]
    for method, path, status, headers in ours:
        taken = {"GET": (200, 303, 308, 404), "POST": (303,)}  # 404: gone back to after leaving
        taken["GET"] += (
            422,
        )  # the page that says what is wrong; as the answer itself, it had the browser keep it
        torn = method == "GET" and path.endswith("/report/check") and status in (500, 503)
        assert status in taken[method] or torn, f"{method} {path}: {status}"
        if status == 308 or path.startswith("/static/"):
            continue  # to encryption; and what a browser takes from its cache has lost this header there
        assert "max-age=63072000" in headers.get("strict-transport-security", ""), (method, path)
        if "/report" in path:
            assert headers["cache-control"] == "no-store", path
            assert "content-encoding" not in headers, path
            assert "script-src 'none'" in headers["content-security-policy"], path
    assert sum(method == "POST" for method, *_ in ours) > 15
    left = [headers for method, path, _, headers in ours if path.endswith("/leave")]
    assert len(left) == 3
    assert all(headers["clear-site-data"] == '"cache", "cookies", "storage"' for headers in left)


def assert_accessible(browser: Browser, house: House, reporter: Reporter) -> None:
    def ask(path: str) -> Answer:
        with urllib.request.urlopen(house.url + path, timeout=10) as reply:  # noqa: S310  (loopback)
            return reply.status, reply.headers["Content-Type"], reply.read()

    with looking(browser, ORIGIN, ask) as page:
        faults = {name: wrong for name, html in reporter.pages.items() if (wrong := look(page, html))}
    assert faults == {}
    language = "zh-Hans" if reporter.prefix else "en"
    assert all(f'<html lang="{language}"' in html for html in reporter.pages.values())


def assert_history_is_the_same_for_everybody(profile: Path, prefix: str) -> None:
    """Addresses and titles of the reporting side say that somebody reported, and nothing of what."""
    copy = shutil.copy(profile / "Default/History", profile.parent / "History")
    with sqlite3.connect(copy) as history:
        visited = list(history.execute("SELECT url, title FROM urls"))
    history.close()
    assert any(NEEDLE in url for url, _ in visited)
    reporting = {urlsplit(url).path.removeprefix(prefix) for url, _ in visited if "/report" in url}
    assert reporting <= ADDRESSES
    assert not [url for url, _ in visited if "/report" in url and ("?" in url or "#" in url)]
    cookies = shutil.copy(profile / "Default/Cookies", profile.parent / "Cookies")
    with sqlite3.connect(cookies) as jar:
        assert list(jar.execute("SELECT name FROM cookies WHERE host_key LIKE ?", (f"%{NAME}",))) == []
    jar.close()


def uploads_pass_through(proxy: Proxy, house: House) -> None:
    """Half of a large file has reached the portal, sealed, while nginx holds nothing of it; what is too large gets
    the portal's page, and what is far too large a page that says so."""
    wire = Wire(proxy)
    for path in ("/report", "/report/files"):
        wire.head("POST" if path == "/report" else "GET", path, Content_Length="0")
        _, page = wire.reply()
    token = re.search(r'name="form_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    start = (
        f'--cut\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token[1]}\r\n'
        '--cut\r\nContent-Disposition: form-data; name="then"\r\n\r\nadd\r\n'
        '--cut\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
    ).encode()
    end, half = b"\r\n--cut--\r\n", b"Tangerinelocomotive " * 131_072  # 2.5 MiB
    form = {"Content_Type": "multipart/form-data; boundary=cut"}
    before = stored(house)
    wire.head("POST", "/report/files", Content_Length=str(len(start + end) + 2 * len(half)), **form)
    wire.connection.send(start + half)
    until(lambda: stored(house) - before > len(half) // 2)
    assert [place for place, _ in proxy.kept() if "logs/" not in place] == []
    assert not [one for one in proxy.held_open() if "/temp/" in one]
    assert found(files_in(house.var).items(), ["Tangerinelocomotive"]) == []
    wire.connection.send(half + end)
    assert wire.reply()[0].status == 303
    limit = 20 * 1024 * 1024
    wire.head("POST", "/report/files", Content_Length=str(limit + 2**20), **form)
    wire.connection.send(start + bytes(limit + 2**20 - len(start + end)) + end)
    assert wire.reply()[0].status == 303
    wire.head("GET", "/report/files")
    answer, page = wire.reply()
    assert answer.status == 413 and "20 MB" in page and "/report/files" in page
    for path in ("/report/files", "/zh-Hans/report/mailbox/1"):
        wire.head("POST", path, Content_Length=str(65 * 2**20), **form)
        answer, _ = wire.reply()
        assert answer.status == 303 and answer.headers["Location"] == path.split("/report")[0] + "/report/again"
        wire = Wire(proxy)
    wire.head("POST", "/rate", Content_Length=str(65 * 2**20), **form)
    answer, page = wire.reply()
    assert answer.status == 413 and "smaller file" in page and "较小的文件" in page


def stored(house: House) -> int:
    """Bytes of the reporters' files, those that are arriving included."""
    return sum(path.stat().st_size for path in (house.var / "files").rglob("*"))


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
