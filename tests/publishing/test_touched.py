"""If an act changed a page without touching it, readers would go on being shown what is no longer so."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from portal.app import create_app
from portal.foundation.context import Portal
from portal.publishing import queries
from portal.publishing.log.statements import FIELDS
from portal.publishing.queries.editions import current_edition
from portal.publishing.services import salt_text
from portal.publishing.touched import ALL, met_by, touches
from portal.publishing.values import Edition, Statement, cite
from portal.web import cache as page_cache
from tests.factories.publishing import append, body, figure, indicator, release, service
from tests.publishing.test_as_published import EVALUATION
from tests.publishing.test_pages import summary

BODIES, INDICATORS, SERVICES = ("above", "below"), ("common", "own"), ("permits", "parks")
PAGES = (
    *(f"/bodies/{b}" for b in BODIES),
    *(f"/bodies/{b}/indicators/{i}" for b in BODIES for i in INDICATORS),
    *(f"/indicators/{i}" for i in INDICATORS),
    *(f"/services/{s}" for s in SERVICES),
    *(f"/releases/r{n}" for n in range(3)),
)
FORMS = ("{}", "/zh-Hans{}", "{}.json", "{}.csv")


class Stamp(int):
    """An edition that pages are drawn from, while what they print is another."""

    printed: int

    def __str__(self) -> str:
        return str(self.printed)

    def __format__(self, spec: str) -> str:
        return format(self.printed, spec)


class World:
    """A small register about which acts of every kind are made at random."""

    def __init__(self, portal: Portal, seed: int) -> None:
        self.portal = portal
        self.random = random.Random(seed)
        self.releases = 0
        self.last: dict[tuple[str, str, str], int] = {}
        self.digests: list[str] = []

    def acts(self, count: int) -> Iterator[str]:
        kinds: dict[str, Callable[[], list[Statement]]] = {
            "register": self.register,
            "release": self.release,
            "correction": self.correction,
            "notice": self.notice,
            "reply": self.reply,
            "ratings": lambda: [*self.ratings(), *self.answers()],
            "evaluation": self.evaluation,
            "withdrawal": self.withdrawal,
        }
        start = [body("above"), service("permits", body="above"), indicator("common", service="permits")]
        append(self.portal, *start, kind="register")
        for _ in range(count):
            kind = self.random.choice([*kinds, *("release", "correction") * 3])
            statements = kinds[kind]()
            if not statements:
                continue
            n = append(self.portal, *statements, kind=kind)
            for one in statements:
                if one["t"] == "figure":
                    self.last[one["body"], one["indicator"], one["period"]] = n
            yield f"{kind} {statements}"

    def one_of(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def register(self) -> list[Statement]:
        name = {"en": f"Name {self.random.random()}", "zh_Hans": "名"}
        return [
            self.one_of(
                body(self.one_of(*BODIES), names=name, parent=None),
                body("below", names=name, parent="above"),
                service(self.one_of(*SERVICES), body=self.one_of(*BODIES), names=name),
                indicator(self.one_of(*INDICATORS), names=name, service=self.one_of(None, *SERVICES)),
            )
        ]

    def release(self) -> list[Statement]:
        if self.releases == 3:
            return [self.figure()]
        self.releases += 1
        slug = f"r{self.releases - 1}"
        found = [release(slug, source=slug), self.figure()]
        return [indicator("own", body="below"), *found] if self.random.random() < 0.4 else found

    def figure(self) -> Statement:
        note = None
        if self.random.random() < 0.5:
            with self.portal.database.write() as session:
                self.digests.append(salt_text(session, f"note {self.random.random()}"))
            note = cite(self.digests[-1])
        key = {
            "body": self.one_of(*BODIES),
            "indicator": self.one_of(*INDICATORS),
            "period": self.one_of("2021", "2022"),
        }
        before = self.last.get((key["body"], key["indicator"], key["period"]))
        return figure(**key, actual=f"{self.random.randint(1, 999)}", note=note, replaces=before)

    def correction(self) -> list[Statement]:
        made = self.figure()
        return [{**made, "cause": "source-correction"}] if made["replaces"] else []

    def notice(self) -> list[Statement]:
        if not self.last:
            return []
        b, i, p = self.one_of(*sorted(self.last))
        state = self.one_of("under-review", "lifted")
        return [{"t": "notice", "body": b, "indicator": i, "period": p, "state": state}]

    def reply(self) -> list[Statement]:
        if not self.last:
            return []
        b, i, p = self.one_of(*sorted(self.last))
        with self.portal.database.write() as session:
            text = cite(salt_text(session, f"reply {self.random.random()}"))
        place = {"body": b, "indicator": i, "period": p, "edition": self.last[b, i, p]}
        return [{"t": "reply", **place, "text": text, "signed": "body"}]

    def ratings(self) -> list[Statement]:
        return [
            summary(service=self.one_of(*SERVICES), body=self.one_of(*BODIES), n=str(self.random.randint(10, 99)))
        ]

    def answers(self) -> list[Statement]:
        """How the office answered low ratings, and what it says about them."""
        about = {"service": self.one_of(*SERVICES), "body": self.one_of(*BODIES), "period": "2026-01"}
        came = {"in-time": str(self.random.randint(1, 9)), "late": "0", "waiting": "0", "overdue": "9"}
        ended = {"explained": "0", "claimed": "0", "confirmed": "1", "elapsed": "0", "disputed": "0"}
        with self.portal.database.write() as session:
            text = cite(salt_text(session, f"in public {self.random.random()}"))
        return [
            {"t": "rating-answers", **about, "as_of": "2026-03-01", "threshold": 5, "asked": "18"}
            | {"came": came, "ended": ended},
            {"t": "rating-body-answers", "body": about["body"], "period": "2026-01", "covers": "shown"}
            | {"as_of": "2026-03-01", "threshold": 5, "asked": "18", "came": came, "ended": ended},
            {"t": "rating-reply", **about, "text": text},
        ]

    def evaluation(self) -> list[Statement]:
        return [{**EVALUATION, "body": self.one_of(*BODIES), "score": str(self.random.randint(1, 99))}]

    def withdrawal(self) -> list[Statement]:
        return [{"t": "withdrawal", "digest": self.digests.pop(), "ground": "law"}] if self.digests else []


def said(reply: Any, path: str) -> Any:
    """What a reply says, but for the edition it is drawn from."""
    if reply.status_code != 200:
        return None  # nothing but a whole page is ever kept
    if not path.endswith(".json"):
        return reply.get_data()
    return {key: value for key, value in json.loads(reply.text).items() if key not in ("edition", "edition_at")}


def forget(app: Flask) -> None:
    app.extensions[page_cache.PAGES]._current.drop(lambda _key, _page: True)


@pytest.mark.parametrize("seed", range(3))
def test_a_page_kept_through_any_act_is_what_a_fresh_one_would_be(
    portal: Portal, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not portal.database.is_sqlite:
        pytest.skip("what acts touch has nothing to do with the engine")
    portal = replace(portal, settings=portal.settings.model_copy(update={"page_files_mb": 16}))
    app, elsewhere = create_app(portal), create_app(portal)
    kept, uncached = Client(app), Client(app.wsgi_app._views)  # type: ignore[attr-defined]
    other = Client(
        elsewhere
    )  # as another process, which remembers nothing and has what the first one put in files
    known = queries.changed_in
    paths = [form.format(page) for page in PAGES for form in FORMS]

    def drawn_from_the_newest(session: Any, path: str) -> Edition:
        newest, changed = current_edition(session), known(session, path)
        n = Stamp(newest.n)
        n.printed = changed.n
        return Edition(n, changed.at)

    for act in World(portal, seed).acts(20):
        shown = {path: said(kept.get(path), path) for path in paths}
        forget(elsewhere)
        for path, before in shown.items():
            assert before == said(other.get(path), path), f"{path} in files after {act}"
        with monkeypatch.context() as patch:
            patch.setattr(queries, "changed_in", drawn_from_the_newest)
            for path, before in shown.items():
                assert before == said(uncached.get(path), path), f"{path} after {act}"


def test_pages_that_an_act_does_not_touch_stay_and_others_go(portal: Portal) -> None:
    app = create_app(portal)
    append(portal, body("above"), body("below"), indicator("common"), kind="register")
    append(portal, release(), figure(body="above", indicator="common"), figure(body="below", indicator="common"))
    client = Client(app)
    cache = app.extensions[page_cache.PAGES]._current
    pages = [
        "/",
        "/bodies/above",
        "/bodies/below.json",
        "/zh-Hans/bodies/below/indicators/common",
        "/indicators/common",
    ]
    for path in pages:
        assert client.get(path).status_code == 200
    append(portal, figure(body="above", indicator="common", period="2023"))
    client.get("/healthz")
    assert [key[0] for key in cache._pages] == ["/bodies/below.json", "/zh-Hans/bodies/below/indicators/common"]
    assert json.loads(client.get("/bodies/below.json").text)["edition"] == 2
    assert json.loads(client.get("/bodies/above.json").text)["edition"] == 3


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_kind_of_statement_touches_something(kind: str) -> None:
    text = {"digest": "0" * 64}
    statement = {"t": kind} | {field: text if field == "text" else f"{field}-1" for field in FIELDS[kind]}
    assert set(touches(statement))


def test_a_kind_that_nobody_thought_of_touches_everything() -> None:
    assert list(touches({"t": "surprise"})) == [ALL]


def test_a_page_is_met_by_its_address_by_all_above_it_and_by_everything() -> None:
    assert met_by("/bodies/b/indicators/i.json") == (
        *("/bodies/b/indicators/i", "/bodies/*", "/bodies/b/*", "/bodies/b/indicators/*", "*"),
    )
    assert met_by("/bodies") == ("/bodies", "*")
