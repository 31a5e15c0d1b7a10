"""Settings are read from the environment, and a process that is started with them reads the same."""

from pathlib import Path

import pytest

from portal.config import Mode, Settings, load_settings


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
