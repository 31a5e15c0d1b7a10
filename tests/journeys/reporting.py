"""A reporter's whole way, as one person walks it in a browser without scripts, in one language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from babel.support import Translations
from playwright.sync_api import Page, Response, expect

from benchmarks.load import ROOT
from tests.journeys.proxy import ORIGIN

CHINESE = Translations.load(ROOT / "translations", ["zh_Hans"])
FIGURE = "/bodies/RBO/indicators/RBO-UNSAFE"
OTHER_BODY = "parks"
NEEDLE = "Quincetumbler"
"""Searched for on a public page, whose address says so: a browser keeps it, so looking has to find it."""
WORDS = {
    "what": "Zephyrquartz: the inspections were never made. 检查记录全是事后补写的。",
    "promised": "Marmaladefjord working days 约二十个工作日",
    "recorded": "Cobaltwindmill: closed in four days 四天办结",
    "how": "Thimblecanyon: I filed two of them myself. 其中两份是本人归档。",
    "names": "Thistlewhistle 欧阳苜蓿",
    "identity": "Harlequinbreeze 端木栀子",
    "short": "Quokkalantern 袋鼠灯笼",
    "answer": "Juniperladder: on the second of March. 三月二日补写。",
    "more": "Saffronanvil: the list lies in the archive. 名单在档案室。",
}
LONGEST = 20_000
LONG = " and so on" * (LONGEST // 10)
FILES = {
    "first": ("obsidianledger-台账底稿.csv", b"Quicksilverharbour,2025-03-04\n" * 40),
    "second": ("velvetanchor-补充材料.txt", b"Peppermintquarry 2025-03-05\n" * 40),
}
NO_PROOF_YET = (
    "Once a day the public log takes a number that binds us to all reports of the days before. Yours is not in it"
    " yet; look again tomorrow."
)
ON_SCREEN_ONLY = ("What happens next", "What else you can do", "Skip to main content", "Accessibility", "Leave")
REFUSED = {
    "what": "Dragonflyteapot 蜻蜓茶壶",
    "how": "Buttercupanchor 毛茛船锚",
    "search": "Moonstoneferry 月光石渡船",
    "names": "Foxglovelantern 毛地黄灯笼",
    "message": "Walnutcarousel 核桃木马",
    "withdraw": "Heatherbellows 石楠风箱",
    "code": "Larkspurchimney Nettlegondola Pumpkinastrolabe",
    "late": "Ivorysundial 象牙日晷",
}
"""Typed into forms that are answered by a page: too long, not found, with seven words in it, too late."""
QUESTION = "Gossamerpebble: on which day? 哪一天补写的？"


@dataclass
class Reporter:
    """Walks from a public page to a left mailbox, and remembers every page and reply on the way."""

    page: Page
    prefix: str
    pages: dict[str, str] = field(default_factory=dict)
    replies: list[Response] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    code: str = ""

    def __post_init__(self) -> None:
        self.page.on("response", lambda one: self.replies.append(one))

    def at(self, path: str) -> str:
        return ORIGIN + self.prefix + path

    def said(self, words: str) -> str:
        """What the portal says in the reporter's language."""
        return CHINESE.gettext(words) if self.prefix else words

    def go(self, path: str) -> None:
        self.page.goto(self.at(path))
        self.see()

    def see(self, name: str = "") -> None:
        """Keep the page that is open; none may scroll sideways, nor come from elsewhere than asked."""
        path = urlsplit(self.page.url).path
        self.pages[f"{name or path} · {len(self.pages)}"] = self.page.content()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 320, f"{path} scrolls sideways"

    def press(self, button: str = "main form button", name: str = "") -> None:
        """Send the form, and look at the page that comes back."""
        with self.page.expect_navigation():
            self.page.locator(button).first.click()
        self.see(name)

    def say(self, **typed: str) -> None:
        for name, words in typed.items():
            field = self.page.locator(f"main [name={name}]").first
            if len(words) > LONGEST:  # as one pastes it; to be typed it takes a minute
                field.evaluate("(one, words) => { one.value = words }", words)
            else:
                field.fill(words)

    def is_refused(self, status: int, button: str = "main form button", **typed: str) -> None:
        """Send what is answered by a page, and load that page again: what was refused is not lost."""
        self.say(**typed)
        self.press(button, f"refused, {status}")
        for loaded_again in (False, True):
            if loaded_again:
                self.page.reload()
            assert [one.status for one in self.replies if one.request.is_navigation_request()][-1] == status
            for name, words in typed.items():
                shown = self.page.locator(f"main [name={name}]").first.input_value()
                assert shown == "" if loaded_again and status == 200 else shown.startswith(words[:100])

    def attach(self, which: str) -> None:
        name, data = FILES[which]
        self.page.set_input_files(
            "input[type=file]", files=[{"name": name, "mimeType": "application/octet-stream", "buffer": data}]
        )

    def reads(self) -> None:
        """Comes by the address that is not encrypted, searches, and reads a figure and the advice."""
        self.page.goto(f"http://{urlsplit(ORIGIN).netloc}{self.prefix}/search?q={NEEDLE}")
        assert self.page.url.startswith(self.at("/search"))
        self.go("/report")
        self.go(FIGURE)
        assert self.page.context.cookies() == []

    def files_a_report(self) -> None:
        self.press('form[action$="/report"] button')
        self.is_refused(422, what=REFUSED["what"] + LONG)
        self.say(what=WORDS["what"])
        self.page.locator("input[value=own-matter]").check()
        self.press(name="questions of its kind")
        self.say(promised=WORDS["promised"], recorded=WORDS["recorded"])
        self.page.locator("input[type=checkbox][name=wrongs]").last.check()
        self.press()
        self.is_refused(422, how=REFUSED["how"] + LONG)
        self.say(how=WORDS["how"])
        self.press()
        self.is_refused(422, "button[value=add]")
        self.attach("first")
        self.press("button[value=add]")
        self.go("/report/figures")
        self.is_refused(200, "button[value=search]", q=REFUSED["search"])
        self.say(q=OTHER_BODY)
        self.press("button[value=search]")
        self.page.locator("input[name=chosen]").first.check()
        self.press("button[value=add]")
        self.go("/report/who")
        self.is_refused(422, names=REFUSED["names"] + LONG)
        self.say(names=WORDS["names"], identity=WORDS["identity"])
        self.press()
        main = self.page.locator("main")
        for said in ("what", "promised", "recorded", "how", "names", "identity"):
            expect(main).to_contain_text(WORDS[said])
        expect(main).to_contain_text(FILES["first"][0])
        self.press()
        self.code = self.page.locator(".gp-words").inner_text().strip()
        assert len(self.code.split()) == 7

    def comes_to_send(self) -> None:
        """The shortest way to the last button."""
        self.go(FIGURE)
        self.press('form[action$="/report"] button')
        self.say(what=WORDS["short"])
        self.press()
        self.go("/report/check")

    def prints(self) -> None:
        """The page on paper: narrow, and without what only a screen can do."""
        self.page.emulate_media(media="print")
        self.see("printed")
        self.page.emulate_media(media="screen")

    def prints_the_mailbox(self) -> None:
        """On paper comes what is to be kept, nothing that only works, or leads on, or tells what else there is."""
        page = self.page
        page.emulate_media(media="print")
        for path, kept in (
            ("/report/mailbox", ("Where it stands", WORDS["more"])),
            ("/report/mailbox/5", (NO_PROOF_YET,)),
        ):
            self.go(path)
            printed = page.locator("body").inner_text()
            for words in kept:
                assert self.said(words) in printed, f"{path} does not print {words}"
            for words in (
                "What happens next",
                "What else you can do",
                "Skip to main content",
                "Accessibility",
                "Leave",
            ):
                assert self.said(words) not in printed
            assert page.locator(":is(header, footer, nav, button, form, input, textarea):visible").count() == 0
        page.emulate_media(media="screen")
        self.go("/report/mailbox")

    def leaves(self) -> None:
        """By the button; the browser holds nothing any more, and going back shows nothing."""
        cookies = self.page.context.cookies()
        assert cookies, "there is nothing to leave"
        for one in cookies:
            assert one["name"].startswith("__Host-") and one["secure"] and one["httpOnly"], one
            assert one["sameSite"] == "Strict" and one["path"] == "/" and one["expires"] == -1, one
            self.secrets.append(one["value"])
        self.page.context.add_cookies([{"name": "another", "value": "x", "url": ORIGIN}])
        self.press('form[action$="/leave"] button')
        assert urlsplit(self.page.url).path == f"{self.prefix}/report/left"
        assert self.page.context.cookies() == []

    def goes_back(self, times: int) -> None:
        for _ in range(times):
            self.page.go_back(wait_until="commit")
            expect(self.page.locator("footer")).to_be_visible()
            shown = self.page.content()
            for words in (*WORDS.values(), QUESTION, *(name for name, _ in FILES.values())):
                assert words.split()[0] not in shown, f"{self.page.url} shows {words}"
            assert self.code not in shown

    def opens_the_mailbox(self) -> None:
        """At first with words that nobody was given."""
        self.go("/report/mailbox")
        self.is_refused(422, code=REFUSED["code"])
        self.say(code=self.code.upper())
        self.press()
        expect(self.page.locator("main")).to_contain_text(FILES["first"][0])

    def answers_and_writes(self) -> None:
        """An officer asked something."""
        main = self.page.locator("main")
        expect(main).to_contain_text(QUESTION)
        self.is_refused(422, 'form[action$="/message"] button', text=f"{REFUSED['message']} {self.code}")
        self.say(text=WORDS["answer"])
        self.page.locator("input[name=answers]").first.check()
        self.press('form[action$="/message"] button')
        self.say(text=WORDS["more"])
        self.press('form[action$="/message"] button')
        for words in (WORDS["answer"], WORDS["more"]):
            expect(main).to_contain_text(words)

    def sends_another_file(self) -> None:
        self.go("/report/mailbox/1")
        self.attach("second")
        self.press()
        expect(self.page.locator("main")).to_contain_text(FILES["second"][0])

    def looks_at_what_else_there_is(self) -> None:
        for number in range(2, 7):
            self.go(f"/report/mailbox/{number}")
            if number == 4:
                self.is_refused(422, text=f"{REFUSED['withdraw']} {self.code}")
        self.go("/report/mailbox")


def walk(page: Page, prefix: str, officer_asks: Callable[[str], None]) -> Reporter:
    """The whole way; `officer_asks` is called with what the report says, while its writer is away."""
    reporter = Reporter(page, prefix)
    reporter.reads()
    reporter.files_a_report()
    reporter.prints()
    reporter.leaves()
    reporter.goes_back(2)
    officer_asks(WORDS["what"])
    reporter.opens_the_mailbox()
    reporter.answers_and_writes()
    reporter.sends_another_file()
    reporter.looks_at_what_else_there_is()
    reporter.prints_the_mailbox()
    reporter.leaves()
    reporter.goes_back(3)
    return reporter
