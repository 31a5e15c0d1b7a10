"""What is promised to reporters and raters holds in the proxy's settings that we give away, too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.load import HOST, free_port
from portal.config import Settings
from portal.foundation.i18n import URL_PREFIX
from tests.journeys.proxy import Proxy, Wire, proxied, until

NGINX = (Path(__file__).parents[1] / "deploy/nginx.conf").read_text()
SERVICE, BACKUP, TIMER = (
    (Path(__file__).parents[1] / "deploy" / name).read_text()
    for name in ("gongping.service", "gongping-backup.service", "gongping-backup.timer")
)
LOCATIONS = dict(re.findall(r"location ~ (\S+) \{(.*?)\n    \}", NGINX, re.DOTALL))


def location_of(path: str) -> str | None:
    """The settings of the first location, in the order of the file, whose pattern fits."""
    return next((body for pattern, body in LOCATIONS.items() if re.search(pattern, path)), None)


@pytest.mark.parametrize("prefix", ["", *(f"/{prefix}" for prefix in URL_PREFIX.values())])
@pytest.mark.parametrize("path", ["/report", "/report/mailbox/message", "/rate", "/rate/r/abc"])
def test_nothing_is_written_down_of_who_reports_or_rates(prefix: str, path: str) -> None:
    """One line of an access log ties an address to an hour, and the hour to a case."""
    settings = location_of(prefix + path)
    assert settings is not None
    assert "access_log off;" in settings and "error_log /dev/null crit;" in settings
    if "/report" in path:
        for header in ("X-Forwarded-For", "User-Agent"):
            assert f'proxy_set_header {header} "";' in settings


def test_other_pages_are_logged_without_their_readers() -> None:
    assert location_of("/releases") is None and location_of("/reports") is None
    (line,) = re.findall(r"^log_format.*$", NGINX, re.MULTILINE)
    for name in ("$remote_addr", "$http_user_agent", "$http_referer", "$args", "$request ", "$request_uri"):
        assert name not in line


def test_no_upload_is_laid_on_the_proxys_disk() -> None:
    server = NGINX.split("location", 1)[0]
    assert "proxy_request_buffering off;" in server and "proxy_max_temp_file_size 0;" in server
    (size,) = re.findall(r"client_max_body_size (\d+)m;", server)
    limit: int = Settings.model_fields["upload_limit_mb"].default
    assert int(size) > limit


def test_what_stands_beside_a_token_is_not_compressed() -> None:
    """Debian's own settings compress every page, and lengths would tell of what a mailbox holds."""
    assert "gzip off;" in NGINX.split("location", 1)[0]


def test_what_is_too_large_for_the_proxy_itself_is_not_written_down_either() -> None:
    """A reply of its own ends in another place of the settings, with the log of that place."""
    own = NGINX.split("location @far_too_large", 1)[1]
    assert "access_log off;" in own and "error_log /dev/null crit;" in own


@pytest.fixture(scope="module")
def alone() -> Iterator[Proxy]:
    """nginx in front of a portal that is not there."""
    with proxied(f"{HOST}:{free_port()}") as proxy:
        yield proxy


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/report", "/report/again"),
        ("/zh-Hans/report/what", "/zh-Hans/report/again"),
        ("/report/mailbox/message", "/report/again"),
        ("//elsewhere/report", "/elsewhere/report/again"),
    ],
)
def test_what_a_reporter_sends_while_the_portal_is_down_is_kept_by_no_page(
    alone: Proxy, path: str, to: str
) -> None:
    """A browser keeps a form, words and all, for as long as it shows the page that answered it."""
    wire = Wire(alone)
    wire.head("POST", path, Content_Length="0")
    answer, _ = wire.reply()
    assert (answer.status, answer.headers["Location"]) == (303, to)


@pytest.mark.parametrize("path", ["/report/again", "/zh-Hans/bodies"])
def test_while_the_portal_is_down_a_page_says_so_in_both_languages(alone: Proxy, path: str) -> None:
    wire = Wire(alone)
    wire.head("GET", path)
    answer, page = wire.reply()
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Server"]) == (502, "60", "nginx")
    assert "Load the page again" in page and "请过几分钟重新加载本页" in page


def test_a_portal_that_is_down_is_logged_but_not_who_reports_meanwhile(alone: Proxy) -> None:
    for method, path in (("GET", "/coverage"), ("GET", "/report"), ("POST", "/report/what"), ("POST", "/rate")):
        wire = Wire(alone)
        wire.head(method, path, Content_Length="0")
        wire.reply()
    until(lambda: any(b"GET /coverage 502" in kept for _, kept in alone.kept()))
    assert not [place for place, kept in alone.kept() if b"/report" in kept or b"/rate" in kept]


def test_a_backup_is_made_every_day_in_the_hour_after_marks_are_folded() -> None:
    """Two backups side by side then tell least about who rated how."""
    (hour,) = re.findall(r"^OnCalendar=\*-\*-\* (\d\d):15:00 UTC$", TIMER, re.MULTILINE)
    fields = Settings.model_fields
    assert (int(hour), "UTC") == (fields["fold_hour"].default + 1, fields["time_zone"].default)
    assert "Persistent=true" in TIMER  # a machine that was off then makes it when it is on again


def test_what_makes_backups_may_do_no_more_than_what_serves() -> None:
    kept = {
        line for line in SERVICE.splitlines() if re.match(r"(Private|Protect|Restrict|NoNew|Lock|Cap|UMask)", line)
    }
    assert len(kept) > 15 and kept <= set(BACKUP.splitlines())
    (command,) = re.findall(r"^ExecStart=\S+ -m portal (\w+) (\w+) ", BACKUP, re.MULTILINE)
    assert command == ("backup", "make")
