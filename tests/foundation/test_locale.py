"""The language is part of the address; a switch of language keeps the page, and leads nowhere else."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from portal.web.locale import LOCALE_KEY, LocaleMiddleware, localised, split_locale


@Request.application
def echo(request: Request) -> Response:
    return Response(f"{request.environ[LOCALE_KEY]} {request.script_root} {request.path}")


@pytest.fixture
def reader() -> Client:
    return Client(LocaleMiddleware(echo))


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("/", "en  /"),
        ("/bodies/x", "en  /bodies/x"),
        ("/zh-Hans", "zh_Hans /zh-Hans /"),
        ("/zh-Hans/", "zh_Hans /zh-Hans /"),
        ("/zh-Hans/bodies/x", "zh_Hans /zh-Hans /bodies/x"),
        ("/zh-Hansel", "en  /zh-Hansel"),
        ("/bodies/zh-Hans", "en  /bodies/zh-Hans"),
        ("/zh-Hans/zh-Hans/x", "zh_Hans /zh-Hans /zh-Hans/x"),
    ],
)
def test_the_prefix_names_the_language_and_leaves_the_address(reader: Client, address: str, seen: str) -> None:
    assert reader.get(address).text == seen


@pytest.mark.parametrize("spelling", ["zh", "zh-CN", "zh_CN", "zh-hans", "ZH-HANS", "zh-Hans-CN", "zh_TW"])
def test_other_spellings_of_chinese_lead_to_the_one_address(reader: Client, spelling: str) -> None:
    answer = reader.get(f"/{spelling}/bodies/x?page=2")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/zh-Hans/bodies/x?page=2"


@pytest.mark.parametrize(
    "address", ["/zh//evil.example", "/zh/\\evil.example", "/zh/%2F%2Fevil.example", "/zh/%0D%0ASet-Cookie:%20a=b"]
)
def test_the_redirect_never_leaves_the_site_nor_writes_a_header(reader: Client, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("/zh-Hans/")
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Location"]


def test_letters_outside_ascii_survive_the_redirect(reader: Client) -> None:
    answer = reader.get("/zh/bodies/公安局")
    assert answer.headers["Location"] == "/zh-Hans/bodies/%E5%85%AC%E5%AE%89%E5%B1%80"


@pytest.mark.parametrize("path", ["/", "/bodies/x", "/rate"])
@pytest.mark.parametrize("locale", ["en", "zh_Hans"])
def test_an_address_in_a_language_is_read_back_as_itself(path: str, locale: str) -> None:
    assert split_locale(localised(path, locale)) == (locale, path)
