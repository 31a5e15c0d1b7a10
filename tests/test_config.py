"""Settings are read from the environment, and a process that is started with them reads the same."""

from pathlib import Path

import pytest

from portal.config import Mode, Settings, UnsafeSettings, load_settings, unknown_settings


@pytest.mark.parametrize(
    "settings",
    [
        Settings(mode=Mode.TEST, var=Path("/srv/portal")),
        Settings(
            mode=Mode.TEST,
            var=Path("/srv/portal"),
            extra_holidays="2027-02-08,2027-02-09",
            page_cache_mb=8,
        ),
    ],
)
def test_a_process_started_with_the_settings_reads_them_all(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


@pytest.mark.parametrize(
    "written",
    [
        "https://figures.example.org",
        "https://figures.example.org/",
        "https://Figures.Example.ORG",
        "HTTPS://figures.example.org:443/",
    ],
)
def test_the_address_of_the_site_is_kept_as_browsers_say_it(written: str) -> None:
    """Spelt otherwise, every form would be refused as sent from elsewhere: reports, ratings, signing in."""
    assert load_settings(origin=written).origin == "https://figures.example.org"


def test_a_port_of_its_own_and_letters_beyond_ascii_are_kept() -> None:
    assert load_settings(origin="https://localhost:8443/").origin == "https://localhost:8443"
    assert load_settings(origin="https://公评.example").origin == "https://xn--55q553l.example"
    assert load_settings(origin="https://[::1]:8443").origin == "https://[::1]:8443"


@pytest.mark.parametrize(
    "written",
    [
        "https://x.example/portal",
        "https://x.example?a",
        "https://me@x.example",
        "x.example",
        "https://x.example:none",
    ],
)
def test_what_is_not_the_address_of_a_site_alone_stops_the_start(written: str) -> None:
    with pytest.raises(UnsafeSettings, match="PORTAL_ORIGIN is not usable: write the address of the site alone"):
        load_settings(origin=written)


def test_a_redis_that_nobody_could_reach_stops_the_start() -> None:
    with pytest.raises(UnsafeSettings, match="PORTAL_REDIS_URL is not usable: write redis://"):
        load_settings(origin="https://x.example", redis_url="localhost:6379")


def test_a_mistyped_setting_is_named_and_others_names_are_not() -> None:
    environment = [*Settings(mode=Mode.TEST).environment(), "PORTAL_RATNG_THRESHOLD", "PATH", "PORTALS"]
    assert unknown_settings(environment) == ("PORTAL_RATNG_THRESHOLD",)
