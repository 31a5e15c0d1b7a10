"""Every page as a screen reader and a phone meet it: no axe violation, no scrolling sideways, in both languages.

The demonstration answers in this process, so that each page is known by the template that drew it; a template
that nobody here was shown fails the test. The browser is then given what was drawn, one page after another.
"""

import io
import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser
from pyrage import x25519
from sqlalchemy import select, text, update

from portal.accounts.key_pairs import generate
from portal.accounts.models import HandlerKey
from portal.accounts.passwords import Stretcher
from portal.accounts.queries.keys import find_waiting_row
from portal.accounts.services import connect, create_person, issue_start_code
from portal.accounts.values import ConnectionKind
from portal.cases.models import BatchRow, Case, ReporterSession
from portal.cases.services.batches import close_some
from portal.cases.services.epochs import holders_of
from portal.cases.services.samples import commit_due
from portal.cases.services.upkeep import change_lock
from portal.cases.values import Lane, case_id_of
from portal.duties.models import DutyRow
from portal.evaluation.services.appeals import file_appeal
from portal.evaluation.values import Party
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.front.demo.people import acting, code_now, known_accounts
from portal.publishing.citing import Citation, Subject
from portal.publishing.queries import current_edition, evaluations
from portal.publishing.services import append_waiting
from portal.ratings.jobs import run_publish
from portal.ratings.models import ReceiptCountRow
from portal.ratings.rules.answering import Terms
from portal.ratings.services import hand_over, issue_receipts
from portal.ratings.services.folding import add_totals
from tests.factories import publishing as published
from tests.factories.answers import look_after, want_answer
from tests.factories.cases import filed_report
from tests.factories.publishing import append
from tests.factories.ratings import fold
from tests.factories.releases import figures_csv, line
from tests.journeys.looking import Answer, look, looking
from tests.journeys.visiting import ORIGIN, Form, Place, Visitor, open_place, page_templates
from tests.pages import handed_rows

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)
"""One dot."""
CITY = "new-york-city"
BODY, SERVICE, SERIES = "RBO", "RBO-PERMIT", ("RBO", "RBO-PLAN-DAYS")
FIGURE = f"/bodies/{SERIES[0]}/indicators/{SERIES[1]}"
ANSWERS = {
    "t": "rating-answers",
    "service": SERVICE,
    "body": BODY,
    "period": "2026-01",
    "as_of": "2026-03-01",
    "threshold": 10,
    "asked": "12",
    "came": {"in-time": "6", "late": "2", "waiting": "1", "overdue": "3"},
    "ended": {"explained": "1", "claimed": "2", "confirmed": "3", "elapsed": "1", "disputed": "1"},
}
CASE = re.compile(r"/desk/cases/[0-9a-hjkmnp-tv-z-]{30}$")
TOO_LARGE = b"x" * (26 * 1024 * 1024)


@pytest.mark.browser
@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_every_page_template_is_accessible_and_fits_a_phone(
    loaded_on_sqlite: Path, tmp_path: Path, browser: Browser, prefix: str
) -> None:
    place = open_place(shutil.copytree(loaded_on_sqlite, tmp_path / "var"))
    Walk(place, prefix).everything()
    never = sorted(place.pages - {sight.template for sight in place.sights})
    assert never == [], "nobody on this walk is shown a page of these templates: lead somebody there"
    assert place.broken == []
    assert handed_rows(place.app) == []
    sights = place.different_sights()
    with looking(browser, ORIGIN, served_by(place)) as page:
        faults = {str(sight): found for sight in sights if (found := look(page, sight.html))}
        page.set_viewport_size({"width": 1280, "height": 800})
        first = {sight.template: sight for sight in reversed(sights)} if not prefix else {}
        faults |= {f"wide, {sight}": found for sight in first.values() if (found := look(page, sight.html))}
    assert faults == {}


@pytest.mark.browser
@pytest.mark.parametrize("prefix", ["", "/zh-Hans"])
def test_a_telephone_shows_how_late_a_case_is(
    loaded_on_sqlite: Path, tmp_path: Path, browser: Browser, prefix: str
) -> None:
    """The mark of a case and the days, of which there are three digits, do not stand on one line."""
    place = open_place(shutil.copytree(loaded_on_sqlite, tmp_path / "var"))
    with place.portal.database.write() as session:
        session.execute(update(DutyRow).values(due_at=place.portal.clock.now() - timedelta(days=186)))
    page_of_today = place.at_desk("officer", prefix).get(f"{prefix}/desk").text
    assert "186" in page_of_today
    with looking(browser, ORIGIN, served_by(place)) as page:
        assert look(page, page_of_today) == []


def test_what_counts_are_pages_not_the_layouts_they_fill_nor_the_parts_they_are_made_of() -> None:
    pages = page_templates()
    assert {"front/home.html", "cases/what.html", "publishing/embed.html", "errors/error.html"} <= pages
    assert not {"layout/base.html", "publishing/layout.html", "cases/_step.html", "components/table.html"} & pages


@pytest.mark.browser
def test_a_faulty_page_is_found_out(browser: Browser) -> None:
    wide = '<h1>-</h1><details><summary>more</summary><img src="data:,"><hr style="width: 999px"></details>'
    faulty = f'<!DOCTYPE html><html lang="en"><title>-</title><main>{wide}</main>'
    with looking(browser, ORIGIN, None) as page:
        found = look(page, faulty)
    assert len(found) == 3 and found[0].startswith("image-alt") and found[1] == "scrolls sideways", found
    assert found[2].startswith("in letters of the browser <h1>"), found


def served_by(place: Place) -> Callable[[str], Answer]:
    client = place.app.test_client()

    def ask(path: str) -> Answer:
        reply = client.get(path, base_url=ORIGIN)
        return reply.status_code, reply.content_type, reply.get_data()

    return ask


def tell_of_appeals(portal: Portal) -> None:
    """The body's newest result takes points for two figures; against one of them it has appealed."""
    with portal.database.read() as session:
        newest = evaluations(session, BODY, edition=current_edition(session).n)[-1]
    first, second = (f"{BODY}/{indicator}/2025" for indicator in ("RBO-PLAN-DAYS", "RBO-UNSAFE"))
    taken = [
        {"figure": first, "points": "5", "edition": 2, "appeal": "open", "assessor": "suspended"},
        {"figure": second, "points": "5", "edition": 2, "appeal": "dismissed", "assessor": "stands"},
    ]
    published.append(portal, {"t": "evaluation", **newest.content, "deductions": taken}, kind="evaluation")
    signer = next(one for one in known_accounts(portal.settings.var) if one.key == "signer")
    with portal.database.write() as session:
        file_appeal(
            session,
            figure=first,
            party=Party.BODY,
            words="It was counted from the day the plan was complete. 自材料齐全之日起算。",
            actor=acting(session, signer),
            settings=portal.settings,
            now=portal.clock.now(),
        )


def tell_of_reports(portal: Portal) -> None:
    """Quarters of reports, one of them with too few; the demonstration is younger than a quarter."""
    kept = {"in_time": "29", "missed": "1", "median_days": "2"}
    many = {
        "n": "30",
        "stages": dict.fromkeys(("received", "read"), None) | {"investigated": "0", "decided": "18"},
        "outcomes": dict.fromkeys(("upheld", "partly", "not-upheld", "not-admissible", "referred"), None),
        "duties": {"acknowledge": kept, "message": kept, "feedback": kept | {"median_days": None}},
    }
    few: dict[str, object] = {"n": None, "stages": {}, "outcomes": {}, "duties": {}}
    for period, said in (("2026-Q1", few), ("2026-Q2", many)):
        about = {"period": period, "first": "2026-Q1", "as_of": "2026-10-01", "threshold": "10"}
        published.append(portal, {"t": "cases", **about, "suppressed": said is few, **said}, kind="cases")
    told = {"seed": "00" * 32, "drawn": "7", "read": {"agrees": "5", "doubts": "1", "reopened": "0"}}
    for period, more in (("2026-Q2", told), ("2026-Q3", {"seed": None, "drawn": None, "read": {}})):
        promised = {"period": period, "commitment": sha256(bytes(32)).hexdigest(), "percent": "20"}
        published.append(portal, {"t": "sample", **promised, **more}, kind="cases")


class Walk:
    """Everybody does what they are there for, in one language; forms are also sent empty."""

    def __init__(self, place: Place, prefix: str) -> None:
        self.place, self.prefix = place, prefix
        self.staff: dict[str, Visitor] = {}
        self.seven_words = ""

    def everything(self) -> None:
        self.people_at_work()
        self.an_early_reader()
        self.readers()
        self.a_client_rates()
        self.clerks_of_a_body()
        self.ratings_set_aside()
        self.answers_to_low_ratings()
        self.a_reporter()
        self.a_case_officer()
        self.accounts()
        self.everybody_looks_around()
        self.what_goes_wrong()

    def at(self, path: str) -> str:
        return self.prefix + path

    def desk(self, name: str) -> Visitor:
        if name not in self.staff:
            self.staff[name] = self.place.at_desk(name, self.prefix)
        return self.staff[name]

    def open_grave(self, person: Visitor, name: str, path: str) -> None:
        """A page that asks again who is there, where the walk took its time to come to it."""
        if person.get(path).status_code != 303:
            return
        account = next(one for one in known_accounts(self.place.portal.settings.var) if one.key == name)
        person.go_on()
        person.send(code=code_now(account, self.place.portal))
        person.go_on()

    def everybody_looks_around(self) -> None:
        """Two pages of each kind that links lead to, and each form sent empty."""
        reader, others = self.place.visitor(), ("/desk", "/static", "/log/", "/zh-Hans")
        away = tuple(f"{self.prefix}{other}" for other in others) if self.prefix else others
        doors = [self.at("/"), self.at("/rate"), self.at("/report")]
        here = f"{self.prefix}/"
        forms = reader.wander(doors, lambda path: path.startswith(here) and not path.startswith(away))
        for _, form in forms:
            reader.post(form, form.emptied)
        for account in known_accounts(self.place.portal.settings.var):
            person = self.desk(account.key)
            forms = person.wander([self.at("/desk")], lambda path: path.startswith(self.at("/desk")))
            for _, form in forms:
                person.post(form, form.emptied)

    def people_at_work(self) -> None:
        registrar, evaluator, marker = self.desk("registrar"), self.desk("evaluator"), self.desk("marker")
        registrar.get(self.at("/desk/corrections/new"))
        registrar.send(figure="/".join([*SERIES, "2024"]), new_actual="30.5", cause="source-correction")
        registrar.go_on()
        self.upload("walk-columns", figures_csv(line()), mapping="point")
        self.upload("walk-faulty", figures_csv(line(actual="many")))
        evaluator.get(self.at("/desk/evaluation/open"))
        months = {"ratings_from": "2023-01", "ratings_until": "2023-12"}
        evaluator.send(code="walk", name_en="Walk", name_zh_hans="巡查", period="2023", bodies=BODY, **months)
        evaluator.go_on()
        for page in ("walk/weights", f"walk/{BODY}/propose"):
            evaluator.get(self.at(f"/desk/evaluation/{page}"))
            evaluator.send()
        marker.get(self.at(f"/desk/evaluation/walk/{BODY}/mark/organisational-ability/higher-government"))
        marker.send(value="many")

    def upload(self, slug: str, csv: str, mapping: str = "") -> None:
        registrar = self.desk("registrar")
        registrar.get(self.at("/desk/releases/new"))
        file = (io.BytesIO(csv.encode()), f"{slug}.csv")
        words = {"title_en": "A walk", "title_zh": "巡查", "source": "Invented", "licence": "CC BY 4.0"}
        registrar.send(slug=slug, file=file, mapping=mapping, **words)
        registrar.go_on()

    def an_early_reader(self) -> None:
        """A release of tomorrow, as somebody on its access list sees it today."""
        registrar, publisher, auditor = self.desk("registrar"), self.desk("publisher"), self.desk("auditor")
        portal = self.place.portal
        soon = (portal.clock.now() + timedelta(hours=20)).astimezone(ZoneInfo(portal.settings.time_zone))
        page = self.at("/desk/calendar/walk-early")
        registrar.get(self.at("/desk/calendar/new"))
        words = {"title_en": "Tomorrow", "title_zh": "明天", "holds_en": "Days.", "holds_zh": "天数。"}
        registrar.send(slug="walk-early", when=f"{soon:%Y-%m-%d}", contact="The office", **words)
        registrar.get(page)
        registrar.send(act="confirm", day=f"{soon:%Y-%m-%d}", hour=f"{soon:%H:%M}", reason="Its day.")
        registrar.get(f"{page}/access")
        registrar.send("/access", readers="auditor@gongping.example | The mayor's office | Questions at nine")
        for waits, decision in ((page, "/walk-early"), (f"{page}/access", "/decision")):
            publisher.get(waits)
            publisher.send(decision, act="approve")
        self.upload("walk-early", figures_csv(line()))
        registrar.send(act="confirm")
        for person, act in ((registrar, "prepare"), (publisher, "publish")):
            person.get(self.at("/desk/releases/walk-early"))
            person.send(act=act)
        append_waiting(portal)
        auditor.get(self.at("/desk/previews"))
        auditor.get(self.at("/desk/previews/walk-early"))
        self.place.visitor().get(self.at("/releases/walk-early"))

    def readers(self) -> None:
        reader = self.place.visitor()
        with self.place.portal.database.read() as session:
            n = current_edition(session).n
        subjects = (
            Citation(Subject.SERIES, SERIES, n),
            Citation(Subject.FIGURE, (*SERIES, "2024"), n - 10),
            Citation(Subject.RATINGS, (SERVICE,), n),
            Citation(Subject.INDICATOR, SERIES[1:], n),
        )
        addresses = (
            *(f"/cite/{subject.id}" for subject in subjects),
            *(f"/embed/{subject.id}" for subject in subjects[:2]),
            f"/embed{FIGURE}",
            "/search?q=building",
            "/search?q=建筑",
            "/search?q=nothing-like-it",
            "/compare",
            f"/compare?indicator={SERIES[1]}&body={BODY}",
            "/verify/figure",
            "/verify/figure?page=there&period=&when=soon",
            f"{FIGURE}?edition={n - 1}",
        )
        for address in addresses:
            reader.get(self.at(address))
        reader.get(self.at("/requests/new"))
        reader.send(text="How long does an answer to a letter take? 答复一封来信需要多久？")
        code = reader.words(".//*[@id='code']")
        reader.get(self.at("/requests/follow"))
        reader.send(code=code)
        tell_of_appeals(self.place.portal)
        tell_of_reports(self.place.portal)
        reader.get(self.at("/cases"))

    def a_client_rates(self) -> None:
        client = self.place.visitor("a client")
        with self.place.portal.database.write() as session:
            now = self.place.portal.clock.now()
            keys = self.place.portal.keys
            [receipt] = issue_receipts(session, service=SERVICE, count=1, keys=keys, now=now)
        client.get(self.at("/rate/visit"))
        client.get(self.at(f"/rate/r/{receipt}"))
        client.go_on()
        client.send()
        client.send(level="2")
        client.go_on()
        client.send(words="")
        client.send(words="Slow. 太慢。", reasons="waiting", wants_answer="y")
        client.go_on()
        client.get(self.at("/rate/thanks"))

    def clerks_of_a_body(self) -> None:
        """One makes codes and enters slips, the other checks them; anybody prints a poster."""
        first, second = self.desk("clerk"), self.desk("clerk-2")
        for layout in ("text", "sheet"):
            first.get(self.at("/desk/receipts"))
            first.send(service=SERVICE, count="2", layout=layout, language="both")
        first.get(self.at("/desk/paper"))
        first.send(service=SERVICE, answers="5 5 5")
        second.get(self.at("/desk/paper"))
        [waiting] = (link for link in second.links() if "/desk/paper/" in link)
        second.get(waiting)
        second.send(answers="5")
        second.send(answers="555")
        first.get(self.at("/desk/paper"))
        first.send(service=SERVICE, lines="2 x")
        first.send(service=SERVICE, lines="2 340 ac B | They sent me away. 让我去了别的大厅。")
        second.get(self.at("/desk/paper"))
        [waiting] = (link for link in second.links() if "/desk/paper/" in link)
        second.get(waiting)
        second.send(lines="2 340 ac B", words_right="y")
        self.place.visitor().get(self.at(f"/rate/poster/{SERVICE}?size=a5&language=both"))

    def ratings_set_aside(self) -> None:
        """The office finds more codes than matters, one of two decides, and people are called back."""
        month, portal = "2026-01", self.place.portal
        with portal.database.write() as session:
            add_totals(
                session, Counter({(SERVICE, month, 5, True, "qr"): 40, (SERVICE, month, 3, False, "web"): 30})
            )
            session.merge(ReceiptCountRow(service=SERVICE, period=month, issued=80, used=40, expired=0))
        publisher, signer, served = self.desk("publisher-2"), self.desk("signer"), self.at("/desk/ratings")
        registrar = self.desk("registrar")
        registrar.get(self.at("/desk/office-keys"))
        registrar.send(body=BODY)
        registrar.send(body=BODY, name="North hall 北厅", good_for="both", per_day="100")
        registrar.get(self.at("/desk/office-keys"))
        matters = f"service_code,period,way,count\n{SERVICE},{month},in-person,40\n"
        publisher.get(served)
        publisher.send("/ratings", source="Halls", file=(io.BytesIO(matters.encode()), "matters.csv"))
        publisher.get(served)
        publisher.send("/samples", service=SERVICE, size="900")
        publisher.send("/samples", service=SERVICE, size="5")
        publisher.go_on()
        publisher.send(reached="4", offered="5", pressed="0")
        publisher.get(self.at("/desk/ratings/networks"))
        publisher.send(body=BODY, ranges="198.51.100.0/33")
        publisher.send(body=BODY, ranges="198.51.100.0/24")
        publisher.go_on()
        run_publish(portal)
        publisher.get(self.at("/desk/findings"))
        [found] = [link for link in publisher.links() if "/desk/findings/" in link]
        publisher.get(found)
        publisher.send(let_in="no", reason="No second hall exists.")
        publisher.go_on()
        self.desk("publisher").get(found)  # who is connected to the body settles nothing
        signer.get(found.replace("/findings/", "/own-ratings/findings/"))
        signer.send(words="Ask the second hall.")
        for path in ("/ratings/how", "/about/privacy", "/about/accessibility"):
            self.place.visitor().get(self.at(path))

    def answers_to_low_ratings(self) -> None:
        """Two ask for an answer and wait too long; one gets it, and says whether the matter is fixed."""
        portal, client = self.place.portal, self.place.visitor("a client with a code")
        editor, moderator, registrar = self.desk("editor"), self.desk("moderator"), self.desk("registrar")
        code, _ = want_answer(portal, SERVICE), want_answer(portal, SERVICE)
        fold(portal)
        client.get(self.at("/rate/answer"))
        client.send()
        client.send(code="nothing")
        client.send(code=code)
        with portal.database.write() as session:
            long_ago = portal.clock.now() - timedelta(days=90)
            hand_over(session, terms=Terms.of(portal.settings), now=long_ago)
        look_after(portal)
        registrar.get(self.at("/desk/answers"))
        editor.get(self.at("/desk/own-ratings"))
        asked = [link for link in editor.links() if "/own-ratings/answers/" in link]
        for answer in asked:
            editor.get(answer)
            editor.send(words="")
            editor.send(step="fixed", words="A second window is open. 已增开一个窗口。")
            editor.go_on()
            moderator.get(answer.replace("/own-ratings", ""))
            moderator.send("/show")
            editor.get(answer)
        client.get(self.at("/rate/answer"))
        client.send(code=code)
        client.send("/word")
        client.send("/word", settled="no")
        self.answers_in_public(editor, moderator)

    def answers_in_public(self, editor: Visitor, moderator: Visitor) -> None:
        """The office says two things about a month of its ratings, and how it answered is published."""
        portal = self.place.portal
        editor.get(self.at("/desk/own-ratings"))
        reply = next(link for link in editor.links() if f"/own-ratings/replies/{SERVICE}/" in link)
        for words in ("We have opened window 3. 已增开三号窗口。", "Ask at 13800138000."):
            editor.get(reply)
            editor.send(words="")
            editor.send(words=words)
            editor.go_on()
            moderator.get(reply.replace("/own-ratings/replies", "/public-replies"))
            moderator.send("/publish", names="")
            append_waiting(portal)
        editor.get(reply)
        together = {name: ANSWERS[name] for name in ANSWERS if name != "service"}
        append(portal, ANSWERS, together | {"t": "rating-body-answers", "covers": "all"}, kind="ratings")
        self.place.visitor().get(self.at(f"/services/{SERVICE}"))
        self.place.visitor().get(self.at(f"/bodies/{BODY}"))

    def a_reporter(self) -> None:
        reporter = self.place.visitor("a reporter")
        reporter.get(self.at(FIGURE))
        reporter.send("/report")
        for words in ({}, {"what": "The inspections were never made. 检查从未进行。"}, {"how": "I was there."}):
            reporter.go_on()
            reporter.send(**words, then="on")
        reporter.go_on()
        reporter.send(file=(io.BytesIO(b""), ""), then="add")
        reporter.send(file=(io.BytesIO(b"a,b"), "表格.csv"), then="add")
        reporter.go_on()
        reporter.send(file=(io.BytesIO(TOO_LARGE), "large.csv"), then="add")
        reporter.get(self.at("/report/figures"))
        reporter.send(q="no such name", then="search")
        reporter.send(q="parks", then="search")
        reporter.get(self.at("/report/who"))
        reporter.send(names="Somebody 某人", bodies="new-york-city", identity="My name 我的名字")
        reporter.go_on()
        reporter.send()
        reporter.go_on()
        self.seven_words = code = reporter.words(".//p[@translate='no']")
        reporter.send("/leave")
        reporter.go_on()
        reporter.get(self.at("/report/done"))
        reporter.get(self.at("/report/again"))
        reporter.get(self.at("/report/mailbox"))
        reporter.send(code="seven words that nobody was ever given")
        reporter.send(code=code)
        reporter.go_on()
        writing = reporter.forms()
        reporter.send("/message", text="")
        reporter.send("/message", text="One more thing. 补充一点。")
        reporter.go_on()
        reporter.get(self.at("/report/mailbox/5"))
        reporter.get(self.at("/report/mailbox/1"))
        reporter.send(file=(io.BytesIO(b""), ""))
        reporter.send(file=(io.BytesIO(b"c,d"), "更多.csv"))
        reporter.go_on()
        reporter.get(self.at("/report/mailbox/1"))
        reporter.send(file=(io.BytesIO(PICTURE), "照片.png"))
        reporter.go_on()
        for page in ("4", "3"):
            reporter.get(self.at(f"/report/mailbox/{page}"))
            reporter.send(text="")
        reporter.get(self.at("/report/mailbox"))
        reporter.send("/leave")
        late = next(form for form in writing if form.action.endswith("/message"))
        reporter.post(late, {**late.fields, "text": "Too late. 太迟了。"})

    def a_case_officer(self) -> None:
        """Enters a letter, and opens what the reporter attached."""
        officer = self.desk("officer")
        officer.get(self.at("/desk/cases/enter"))
        officer.send(channel="letter", body=BODY, matter="other", what="They wrote. 来信。", then="about")
        officer.go_on()
        officer.send(q="parks", then="search")
        officer.get(self.at("/desk/cases/enter/files"))
        officer.send(file=(io.BytesIO(b""), ""), then="add")
        officer.send(file=(io.BytesIO(b"a,b"), "表格.csv"), then="add")
        officer.go_on()
        officer.send(file=(io.BytesIO(TOO_LARGE), "large.csv"), then="add")
        officer.get(self.at("/desk/cases/enter/check"))
        officer.send()
        officer.get(self.at("/desk/cases"))
        for case in [link for link in officer.links() if CASE.search(link)]:
            officer.get(case)
            for file in [link for link in officer.links() if "/files/" in link]:
                officer.get(file)
                officer.send()
                officer.go_on()
                officer.get(f"{file}/original")
                officer.send()
        self.a_case_is_decided()
        self.a_flood_is_dismissed()

    def a_case_is_decided(self) -> None:
        """And its reporter says how they were dealt with, and what was done to them since."""
        officer, decider, reporter = self.desk("officer"), self.desk("decider"), self.place.visitor("a reporter")
        officer.get(self.at("/desk/cases"))
        for case in [link for link in officer.links() if CASE.search(link)]:
            if "检查从未进行" in officer.get(case).get_data(as_text=True):
                break
        mine = next(
            one.person_id for one in known_accounts(self.place.portal.settings.var) if one.key == "officer"
        )
        asked = {"text": "Which day? 哪一天？"}
        steps = (("acknowledge", {}), ("assign", {"person": mine}), ("question", asked), ("conflict", {}))
        steps += (("hear", {"text": "Please explain the inspections. 请说明检查情况。"}), ("inspect", {}))
        for act, filled in steps:
            officer.get(f"{case}/{act}")
            officer.send(**filled)
        self.it_is_inspected(case, mine)
        officer.get(self.at("/desk/cases/handover"))
        officer.send(of=mine, to=mine)
        officer.get(f"{case}/link")
        officer.send(other="nothing")
        officer.get(f"{case}/propose")
        officer.send(finding="not-upheld", reason="It is right. 属实。")
        signer = self.desk("signer")
        signer.get(self.at("/desk/asked"))
        for asked_once in {link for link in signer.links() if "/desk/asked/" in link}:
            if "<textarea" in signer.get(asked_once).get_data(as_text=True):
                for answer in ("", "They were made. 已经检查。"):
                    signer.send(text=answer)
                signer.go_on()
        self.open_grave(officer, "officer", f"{case}/identity")
        officer.send(reason="A court asks for a witness. 法院要求作证。")
        self.open_grave(decider, "decider", f"{case}/identity-agree")
        decider.send(sure="y")
        self.open_grave(officer, "officer", f"{case}/who")
        officer.send()
        officer.get(f"{case}/mask")
        officer.send(words="检查", reason="", file_3="covered", cells_3="?")
        officer.send(words="检查", reason="They name others. 涉及他人。", file_3="covered", cells_3="A1:B2")
        decider.get(f"{case}/mask-agree")
        decider.send()
        officer.get(f"{case}/unmasked")
        officer.send()
        for file in [link for link in officer.links() if "/files/" in link]:
            officer.get(file)
            officer.get(f"{file}/unmasked")
        self.open_grave(officer, "officer", f"{case}/export")
        officer.send(recipient=str(x25519.Identity.generate().to_public()), reason="They ask. 来函调取。")
        self.open_grave(decider, "decider", f"{case}/export-agree")
        decider.send()
        self.open_grave(officer, "officer", f"{case}/package")
        reporter.get(self.at("/report/mailbox"))
        reporter.send(code=self.seven_words)
        reporter.go_on()
        decider.get(f"{case}/decide")
        decider.send()
        reporter.get(self.at("/report/mailbox/2"))
        reporter.send(text="Slow. 太慢。")
        reporter.send(text="Slow. 太慢。", level="partly")
        reporter.get(self.at("/report/mailbox/3"))
        reporter.send(text="They moved me. 我被调离。")
        reporter.go_on()
        reporter.get(self.at("/report/mailbox"))
        self.nobody_holds_it(case)
        reporter.get(self.at("/report/mailbox"))
        reporter.get(self.at("/report/mailbox/6"))
        reporter.send()
        reporter.go_on()
        officer.get(self.at("/desk/cases/handling"))
        officer.get(self.at("/desk/cases/views?due=week"))
        officer.send(name="Soon 近期")
        officer.get(self.at("/desk/cases?q=2022&inside=y"))
        officer.get(self.at("/desk/cases/views"))
        officer.get(f"{case}/timeline")
        officer.get(self.at("/desk/cases/competence"))
        officer.send(languages="zh_Hans")
        decider.get(self.at("/desk/cases/replies/new"))
        decider.send(language="en", title="First word 首次答复", text="Thank you. {nothing}")
        decider.send(language="en", title="First word 首次答复", text="Thank you. 谢谢。")
        decider.go_on()
        [kept] = [link for link in decider.links() if "/replies/" in link and not link.endswith("/new")]
        decider.get(kept)
        officer.get(f"{case}/message?reply={kept.rpartition('/')[2]}")
        officer.get(case)

    def it_is_inspected(self, case: str, mine: str) -> None:
        """With what was found, and a file of it."""
        officer = self.desk("officer")
        officer.get(f"{case}/inspect")
        today = self.place.portal.clock.now().date().isoformat()
        officer.send(method="field", day=today, team=mine, text="Count the sheets. 清点记录。")
        officer.get(f"{case}/inspected-file")
        officer.send(file=(io.BytesIO(TOO_LARGE), "large.csv"))
        officer.get(f"{case}/inspected-file")
        officer.send(file=(io.BytesIO(b""), ""))
        officer.send(file=(io.BytesIO(b"e,f"), "清单.csv"))
        officer.go_on()
        attached = next(link for link in officer.links() if "/files/" in link)
        officer.get(f"{case}/inspected")
        officer.send(text="")
        officer.send(text="None was there. 没有记录。")
        officer.go_on()
        officer.get(attached)
        officer.send()
        officer.go_on()

    def a_flood_is_dismissed(self) -> None:
        """One officer proposes it, another opens what was drawn and signs."""
        portal = self.place.portal
        junk = [filed_report(portal, subject={"body": BODY}, what=f"Cheap 便宜 {n}") for n in range(2)]
        with portal.database.write() as session:
            for one in junk:
                session.get_one(Case, one.case_id).lane = Lane.QUARANTINE
            commit_due(session, keys=portal.keys, settings=portal.settings, now=portal.clock.now())
        append_waiting(portal)
        officer, decider = self.desk("officer"), self.desk("decider")
        officer.get(self.at("/desk/cases?list=aside"))
        officer.get(self.at("/desk/cases/batches"))
        officer.send(body=BODY)
        officer.send(body=BODY, why="alike")
        officer.go_on()
        decider.get(self.at("/desk/cases/batches"))
        [batch] = [link for link in decider.links() if "/batches/" in link]
        decider.get(batch)
        for drawn in [link for link in decider.links() if f"{batch}/" in link]:
            decider.get(drawn)
            decider.send()
        decider.get(batch)
        decider.send("/sign")
        with portal.database.write() as session:
            [only] = session.scalars(select(BatchRow.id))
            close_some(session, batch_id=only, now=portal.clock.now())
        reporter = self.place.visitor("a reporter")
        reporter.get(self.at("/report/mailbox"))
        reporter.send(code=junk[0].code)
        reporter.go_on()

    def nobody_holds_it(self, case: str) -> None:
        """As if all who held a key to the case had left, and others had come."""
        portal = self.place.portal
        with portal.database.write() as session:
            found = session.get_one(Case, case_id_of(case.rpartition("/")[2]))
            people = holders_of(session, found.id)
            change_lock(session, found, without=people, settings=portal.settings, now=portal.clock.now())

    def accounts(self) -> None:
        """Setting up an account, changing a pass phrase, making a new key."""
        portal = self.place.portal
        with portal.database.write() as session:
            system, now = Actor.system(), portal.clock.now()
            person = create_person(
                session, name="New 新人", address="new@gongping.example", roles=("auditor",), actor=system, now=now
            )
            code = issue_start_code(
                session, person_id=person.id, stretcher=Stretcher.of(portal.settings), actor=system, now=now
            )
        newcomer = self.place.visitor("a newcomer")
        newcomer.get(self.at("/desk/sign-in"))
        newcomer.send(address="new@gongping.example", phrase="wrong")
        newcomer.send(address="new@gongping.example", phrase=code.phrase)
        newcomer.go_on()
        newcomer.send("/set-up", phrase="wrong", code="000000")
        auditor = self.desk("auditor")
        account = next(one for one in known_accounts(portal.settings.var) if one.key == "auditor")
        auditor.get(self.at("/desk/phrase"))
        auditor.send("/phrase", phrase="wrong")
        auditor.send("/phrase", phrase=account.phrase)
        auditor.go_on()
        auditor.send("/new", phrase="wrong")
        with portal.database.write() as session:
            if find_waiting_row(session, account.person_id) is None:
                made, _ = generate(account.person_id)
                halves = {"box_public": made.box_public, "sign_public": made.sign_public, "waiting": True}
                now = portal.clock.now()
                session.add(HandlerKey(id=made.key_id, person_id=made.person_id, created_at=now, **halves))
        auditor.get(self.at("/desk/keys?done=made"))
        self.open_grave(auditor, "auditor", self.at("/desk/keys/new"))
        auditor.send("/keys/new", phrase="wrong")
        auditor.get(self.at("/desk/keys"))
        auditor.get(next(link for link in auditor.links() if link.endswith("/withdraw")))
        auditor.send("/withdraw")
        auditor.get(self.at("/desk/keys?done=withdrawn"))
        auditor.get(self.at("/desk/confirm"))
        auditor.send("/confirm", code="000000")
        for done in ("late", "copied", "everywhere", "set-up"):
            newcomer.get(self.at(f"/desk/sign-in?done={done}"))
        self.one_is_away_and_one_too_many_connected()

    def one_is_away_and_one_too_many_connected(self) -> None:
        """A colleague stands in; whoever would leave too few for reports about a body is told so first."""
        portal, officer, publisher = self.place.portal, self.desk("officer"), self.desk("publisher")
        publisher.get(self.at("/desk/away"))
        until = (portal.clock.now() + timedelta(days=9)).date().isoformat()
        publisher.send(until=until, address="publisher-2@gongping.example")
        assert "Leila Benali" in publisher.go_on().text
        staff, others = known_accounts(portal.settings.var), ("officer-2", "decider", "connected", "ombudsman")
        self.are_connected({one.person_id for one in staff if one.key in others}, CITY)
        officer.get(self.at("/desk/connections"))
        officer.send(body_code=CITY)
        assert 'role="alert"' in officer.reply.text

    def what_goes_wrong(self) -> None:
        """Refusals on each side of the house, and a body nobody unconnected could look into."""
        reader, auditor = self.place.visitor(), self.desk("auditor")
        reader.get(self.at("/nowhere"))
        reader.get(self.at("/report/nowhere"))
        auditor.get(self.at("/desk/nowhere"))
        auditor.get(self.at("/desk/releases/new"))
        typed = Form(self.at("/desk/mail"), "post", {}, frozenset())
        reader.post(typed, {"text": "It took longer than the session lasted. 写得太久了。"})
        self.a_report_is_not_answered()
        self.are_connected({one.person_id for one in known_accounts(self.place.portal.settings.var)}, BODY)
        reader.get(self.at(FIGURE))
        reader.send("/report")
        reader.go_on()

    def a_report_is_not_answered(self) -> None:
        """A table is away: what was typed, and that a file was sent, comes back on the page that says so."""
        reporter, table = self.place.visitor("a reporter whom we fail"), ReporterSession.__tablename__
        reporter.get(self.at(FIGURE))
        reporter.send("/report")
        reporter.go_on()
        what = reporter.forms()[0]
        reporter.get(self.at("/report/files"))
        files = reporter.forms()[0]
        self.rename(table, "away_for_a_while")
        reporter.post(what, {**what.fields, "what": "It was made up. 编造的。"})
        assert reporter.reply.status_code == 503 and "编造的" in reporter.reply.text
        reporter.post(files, {**files.fields, "then": "add", "file": (io.BytesIO(b"a,b"), "表格.csv")})
        self.rename("away_for_a_while", table)

    def rename(self, table: str, name: str) -> None:
        with self.place.portal.database.write() as session:
            session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))

    def are_connected(self, people: set[str], body: str) -> None:
        portal = self.place.portal
        with portal.database.write() as session:
            for person in people:
                kind, now = ConnectionKind.SUPERVISING, portal.clock.now()
                connect(session, person_id=person, body_code=body, kind=kind, now=now)
