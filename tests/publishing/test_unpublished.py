"""Nothing of a release can be read before its time, by whoever guesses its code, act or figures, also when its
pages are drawn already.

Two houses are alike but for one release that two people approved and that waits. Every public address is
asked of both, with everything the release is known by inside; each answer must be the same, byte for byte.
"""

import gzip
import itertools
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.app import create_app
from portal.drawing import draw_ahead
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.ids import use_source
from portal.publishing.models import ActChunk, Chunk, ReleaseDraft, SaltedText
from portal.publishing.services import append_waiting, prepare_release, publish_release
from portal.publishing.services.filing import make_missing
from portal.publishing.services.shelving import sign_made
from portal.publishing.services.timing import check_scheduled, next_due, publish_due
from tests.conftest import new_client, open_test_portal
from tests.factories.accounts import person
from tests.factories.calendar import announced, confirmed
from tests.factories.releases import draft, figures_csv, line, publish
from tests.publishing.test_ahead import handing_over, pages_of

SLUG = "review-2022"
#: what a key of a question may be answered with; beside them all keys are asked at once
KEYS = {
    "q": (SLUG, "hidden-days", "SECRETNOTE"),
    "body": ("hidden-body",),
    "indicator": ("hidden-days",),
    "edition": ("5",),
    "from": ("4",),
    "until": ("5",),
    "period": ("2022",),
    "slug": (SLUG,),
    "release": (SLUG,),
    "cause": ("SECRETNOTE",),
    "page": ("2",),
    "cursor": (SLUG,),
}
SECRETS = figures_csv(
    line("2021", actual="77.123"),
    line("2022", actual="88.456", obs_note="SECRETNOTE"),
    line("2022", actual="99.789", indicator_code="hidden-days", indicator_name="Hidden days"),
    line(
        "2022",
        body_code="hidden-body",
        body_name="Hidden body",
        service_code="",
        indicator_code="hidden-own",
        indicator_name="Hidden own",
    ),
)


def house(portal: Portal, *, with_release: bool) -> list[str]:
    """Both announce the release and have its two people; one holds it. Returns what it is known by."""
    with use_source(random.Random(7).randbytes):
        registrar, publisher = person(portal, roles=["registrar"]), person(portal, roles=["publisher"])
        publish(portal, figures_csv(line("2020")), "review-2020", registrar, publisher)
        announced(portal, registrar=registrar)
        confirmed(portal, registrar=registrar, publisher=publisher)
    if not with_release:
        return []
    draft(portal, SECRETS, SLUG, registrar.actor)
    now = portal.clock.now()
    with portal.database.write() as session:
        prepare_release(session, slug=SLUG, actor=registrar.actor, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=SLUG, actor=publisher.actor, now=now)
    append_waiting(portal)
    check_scheduled(portal)
    with portal.database.read() as session:
        act = session.scalar(select(ReleaseDraft.act_id).where(ReleaseDraft.slug == SLUG))
        chunks = session.scalars(
            select(Chunk.sha256).join(ActChunk, ActChunk.sha256 == Chunk.sha256).where(ActChunk.act_id == act)
        ).all()
        texts = session.scalars(select(SaltedText.digest).where(SaltedText.text == "SECRETNOTE")).all()
    assert act is not None
    assert chunks
    assert texts
    return [act, *chunks, *texts]


@pytest.fixture
def houses(
    tmp_path: Path, new_database_url: Callable[[], str], clock: FixedClock
) -> Iterator[tuple[Portal, Portal, list[str]]]:
    with_it, without = (
        with_pages_in_files(open_test_portal(tmp_path / name, new_database_url(), clock))
        for name in ("with", "without")
    )
    shutil.copytree(with_it.keys.folder, without.keys.folder, dirs_exist_ok=True)
    known = house(with_it, with_release=True)
    house(without, with_release=False)
    for one in (with_it, without):
        make_missing(one)
        sign_made(one)
    yield with_it, without, known
    with_it.database.dispose()
    without.database.dispose()


def with_pages_in_files(portal: Portal) -> Portal:
    return replace(portal, settings=portal.settings.model_copy(update={"page_files_mb": 64}))


def guesses(rule: Rule, known: list[str]) -> Iterator[str]:
    """Addresses of a rule with what the release is known by in each of its places."""
    codes = {
        "slug": [SLUG, "review-2020", *known[:1]],
        "body": ["riverside", "hidden-body"],
        "indicator": ["review-days", "hidden-days"],
        "service": ["permits"],
        "period": ["2020", "2021", "2022"],
        "n": ["1", "2", "3", "4", "5"],
        "sha256": known[1:],
        "digest": known[1:],
        "form": ["csv", "json", "xlsx", "parquet", "atom", "ics"],
    }
    parts = re.split(r"<(?:[^:<>]+:)?([^<>]+)>", rule.rule)
    wanted = [codes.get(name, [SLUG, *known, "hidden-body", "1", "4"]) for name in parts[1::2]]
    for values in itertools.islice(itertools.product(*wanted), 20):
        filled = "".join(a + b for a, b in itertools.zip_longest(parts[::2], values, fillvalue=""))
        yield filled
    if not rule.arguments - set(rule.defaults or ()):
        for key, values in KEYS.items():
            yield from (f"{rule.rule}?{key}={value}" for value in values)
        for value in (SLUG, "hidden-days", "SECRETNOTE"):
            yield f"{rule.rule}?" + "&".join(f"{key}={value}" for key in KEYS)


def test_every_public_address_answers_as_if_there_were_no_release(
    houses: tuple[Portal, Portal, list[str]], clock: FixedClock
) -> None:
    with_it, without, known = houses
    at = next_due(with_it)
    assert at is not None
    ahead = draw_ahead(with_it, slug=SLUG, at=at)
    assert ahead is not None
    assert any(b"88.456" in page.plain for page in pages_of(ahead).values())
    one, other = new_client(with_it), new_client(without)
    rules = [
        rule
        for rule in create_app(with_it).url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/desk", "/static"))
    ]
    asked = 0
    for address in sorted({address for rule in rules for address in guesses(rule, known)}):
        mine, theirs = one.open(address, method="GET"), other.open(address, method="GET")
        asked += 1
        assert mine.status_code == theirs.status_code, address
        assert masked(mine.data) == masked(theirs.data), address
        for secret in ("88.456", "SECRETNOTE", "Hidden days"):
            assert secret in address or secret.encode() not in mine.data, address
        assert {k: v for k, v in mine.headers if k not in VARYING} == {
            k: v for k, v in theirs.headers if k not in VARYING
        }, address
    assert asked > 500
    assert not [file for file in with_it.settings.var.glob("cache/**/*") if file.is_file() and holds(file)]
    clock.at += timedelta(weeks=7)
    publish_due(with_it, handing_over(ahead, []))
    assert "88.456" in one.get("/bodies/riverside/indicators/review-days").text


def holds(file: Path) -> bool:
    """Whether a file of the page cache shows what is not out yet."""
    head, _, body = file.read_bytes().partition(b"\n")
    return b"88.456" in (gzip.decompress(body) if b'"packed": true' in head else body)


VARYING = {"ETag", "Content-Length", "Set-Cookie", "Date", "Last-Modified"}


def masked(body: bytes) -> bytes:
    """Without the tokens that forms carry; nothing else may differ."""
    return re.sub(rb'name="(form_token|[a-z_]*token)"[^>]*value="[^"]+"', b"token", body)
