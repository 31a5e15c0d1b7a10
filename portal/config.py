"""Settings, read once from the environment (PORTAL_…). A bad value stops the start with one clear sentence."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class UnsafeSettings(Exception):
    """The settings cannot be used; the message is one sentence that says which and why."""


_USUAL_PORTS = {"http": 80, "https": 443}
_AN_ORIGIN = "write the address of the site alone, as https://figures.example.org, with nothing behind it"
_CONTACT = re.compile(r"[^\s@<>]+@[^\s@<>]+|https://[^\s<>]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAIL_ADDRESS = re.compile(
    rf"(?!=\?)(?=[^@]{{1,64}}@)(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*"
)
"""An address without quotes or comments (RFC 5321, dot-string), and nothing that mail would decode."""
MAIL_SCHEMES = ("smtp", "starttls", "smtps")
LANGUAGES = ("en", "zh_Hans")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """Every setting of the portal; docs/operating.md lists the same names for operators."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore")

    mode: Mode = Mode.PRODUCTION
    var: Path = Path("var")
    database_url: str = ""  # empty: SQLite in `var`
    redis_url: str = ""  # empty: limits live in the memory of each process
    origin: str = ""  # public address, for absolute links and the Origin check
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    workers: int = Field(2, ge=1, le=64)
    threads: int = Field(4, ge=1, le=64)  # per web worker
    metrics_port: int = Field(0, ge=0, le=65535)  # 0: no metrics
    page_cache_mb: int = Field(64, ge=1)
    page_files_mb: int = Field(256, ge=0)  # 0: no files, each process draws its own pages
    time_zone: str = "UTC"  # IANA name, such as Asia/Shanghai: in which the office speaks of times
    log_origin: str = "gongping.example/log"  # the name of the transparency log (C2SP origin line)
    publisher: str = "Gongping 公评"  # who publishes: in catalogues and descriptions of the data
    contact: str = ""  # an address for questions about the data: mail or https

    chart_font: str = ""  # file of a font with Chinese characters, for charts as PNG; empty: one that is known
    chart_font_family: str = "Noto Sans CJK SC"  # the family meant in that file

    argon2_memory_kib: int = Field(65536, ge=8)
    argon2_time: int = Field(4, ge=1)
    argon2_parallelism: int = Field(2, ge=1)
    sign_in_concurrency: int = Field(2, ge=1)  # Argon2 runs at the same time, per process
    desk_idle_minutes: int = Field(30, ge=1)
    mailbox_idle_minutes: int = Field(15, ge=1)
    draft_hours: int = Field(24, ge=1)
    connection_years_after: int = Field(3, ge=0)  # a connection lasts this long after it ends

    rating_threshold: int = Field(10, ge=1)  # fewer marks than this are never shown
    rating_answer_working_days: int = Field(5, ge=1)  # working days of a body to answer a low rating
    rating_settle_working_days: int = Field(15, ge=1)  # … and from its first answer, or a refusal, to the last
    rating_confirm_days: int = Field(14, ge=1)  # days of the rater to refuse "fixed" before it counts as such
    fold_hour: int = Field(3, ge=0, le=23)  # hour of the daily fold of ratings, by the office's clock
    filing_hour: int = Field(
        22, ge=0, le=23
    )  # hour (as above) at which the log commits to reports of the days before
    acknowledge_days: int = Field(7, ge=1)  # calendar days to acknowledge a report
    message_working_days: int = Field(3, ge=1)  # working days from acknowledging to a first message in person
    substitute_working_days: int = Field(3, ge=1)  # working days until one person is named who takes over
    signature_working_days: int = Field(
        5, ge=1
    )  # working days to sign or decline what a colleague proposed in a case
    mark_after_days: int = Field(7, ge=0)  # days from a report until a figure may be marked because of it
    correct_after_days: int = Field(3, ge=0)  # days from that decision until the correction may be proposed
    feedback_months: int = Field(3, ge=1)  # months to give feedback on a report
    feedback_extension_months: int = Field(3, ge=1)  # by which two people may extend that once
    report_threshold: int = Field(10, ge=1)  # numbers about fewer reports than this are never published
    report_reread_percent: int = Field(20, ge=1, le=100)  # of dismissed reports how many are read again, by lot
    report_reread_working_days: int = Field(20, ge=1)  # working days to read them
    keep_upheld_months: int = Field(60, ge=1)  # months that a closed case is kept, by what was found
    keep_not_upheld_months: int = Field(24, ge=1)
    keep_not_admissible_months: int = Field(12, ge=1)
    keep_referred_months: int = Field(36, ge=1)
    keep_last_keys_days: int = Field(14, ge=1)  # days that keys of people who left are kept when they are the last
    retention_notice_days: int = Field(60, ge=1)  # days from the notice until a case goes by itself
    body_answer_working_days: int = Field(10, ge=1)  # working days of a body to answer before a finding
    appeal_working_days: int = Field(15, ge=1)  # working days to appeal, from the day the deduction was published
    report_lane_daily: int = Field(200, ge=1)  # more reports a day than this are set aside, never refused
    report_lane_body: int = Field(40, ge=1)  # the same for reports about one body
    report_lane_subject: int = Field(20, ge=1)  # the same for those about one figure, or one body as a whole
    assign_by_rule: bool = False  # acknowledging a report also assigns it, by load and competence
    upload_limit_mb: int = Field(20, ge=1)

    request_working_days: int = Field(15, ge=1)  # to answer a request for a figure that is not published
    jump_percent: int = Field(50, ge=1)  # a value that moved more than this since the last is explained
    evidence_limit_mb: int = Field(10, ge=1)  # one file beside a value handed in
    holidays_country: str = "CN"  # public holidays that are no working days; empty: weekends only
    extra_holidays: str = ""  # days with commas between them, such as 2027-02-08,2027-02-09
    extra_workdays: str = ""

    smtp_url: str = Field("", repr=False)  # smtp, starttls or smtps://user:password@host:port; empty: no mail
    smtp_password_file: str = ""  # a file with the password, in place of one in the address
    mail_from: str = ""  # the address that mail to staff comes from
    mail_hours: str = "9,15"  # full hours in the time zone of the office at which mail may be sent
    mail_language: str = "en"  # for people who chose none

    @field_validator("contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and not _CONTACT.fullmatch(value):
            raise ValueError("give a mail address or an https:// address")
        return value

    @field_validator("extra_holidays", "extra_workdays")
    @classmethod
    def _days(cls, value: str) -> str:
        listed_days(value)
        return value

    @field_validator("origin")
    @classmethod
    def _as_browsers_say_it(cls, value: str) -> str:
        """Forms are taken from this site alone, by the `Origin` of a browser: spelt otherwise, none would be."""
        return _origin_of(value) if value else value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("redis", "rediss"):
            raise ValueError("write redis://host:port/0, or rediss://… for an encrypted line")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if value:
            _require_mail_server(value)
        return value

    @field_validator("mail_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        listed_hours(value)
        return value

    @field_validator("mail_language")
    @classmethod
    def _spoken(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"the languages are {', '.join(LANGUAGES)}")
        return value

    @field_validator("holidays_country")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and not (len(value) == 2 and value.isascii() and value.isupper()):
            raise ValueError("it must be a country code of two capital letters, such as CN, or empty")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.var.resolve() / 'portal.sqlite3'}")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise UnsafeSettings(
                "PORTAL_TIME_ZONE must be the IANA name of a time zone, such as Asia/Shanghai"
                f" (it is {self.time_zone})."
            ) from None
        if self.smtp_url and not MAIL_ADDRESS.fullmatch(self.mail_from):
            raise UnsafeSettings(
                "PORTAL_MAIL_FROM must be the address that mail comes from when there is a server."
            )
        if not self.origin:
            object.__setattr__(self, "origin", f"http://{self.host}:{self.port}")
        return self

    @property
    def https(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        """The office's clock: in it its days and months begin."""
        return ZoneInfo(self.time_zone)

    def environment(self) -> dict[str, str]:
        """The same settings as environment variables, for a process that is started with them."""
        return {f"PORTAL_{name.upper()}": str(value) for name, value in self}


def listed_days(text: str) -> frozenset[date]:
    """The days in a setting, with commas between them. Raises ValueError saying how one is written."""
    try:
        return frozenset(date.fromisoformat(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("write days as 2027-02-08, with commas between them") from None


def listed_hours(text: str) -> tuple[int, ...]:
    """The full hours in a setting, in order. Raises ValueError saying how they are written."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and int(part) <= 23 for part in parts):
        raise ValueError("write full hours from 0 to 23 as 9,15, with commas between them")
    return tuple(sorted({int(part) for part in parts}))


def _origin_of(value: str) -> str:
    """The address of a site as browsers name it (RFC 6454, 6.1): no path, lower case, no usual port, ASCII."""
    try:
        url = urlsplit(value)
        port = "" if url.port in (None, _USUAL_PORTS.get(url.scheme)) else f":{url.port}"
        host = (url.hostname or "").encode("idna" if "." in (url.hostname or "") else "ascii").decode()
    except ValueError:
        raise ValueError(_AN_ORIGIN) from None
    if url.path.strip("/") or url.query or url.fragment or "@" in url.netloc or not host:
        raise ValueError(_AN_ORIGIN)
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def unknown_settings(environment: Iterable[str]) -> tuple[str, ...]:
    """The names that look like settings of ours and are none: mistyped, and so without effect."""
    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    return tuple(sorted(name for name in environment if name.startswith("PORTAL_") and name not in known))


def _require_mail_server(value: str) -> None:
    """The complaint never quotes the address: it may hold a password."""
    try:
        url = urlsplit(value)
        plain = url.scheme in MAIL_SCHEMES and url.hostname and not url.path.strip("/") and not url.query
        _ = url.port
    except ValueError:
        plain = False
    if not plain:
        raise ValueError("write smtps://user:password@host:465, starttls://… or smtp://…, and nothing behind")
    if url.scheme == "smtp" and url.username and url.hostname not in LOOPBACK:
        raise ValueError("smtp:// would send the password in clear: use starttls:// or smtps://")


def load_settings(**overrides: object) -> Settings:
    """Read and check the settings.

    Raises UnsafeSettings with one sentence when a value is unusable or unsafe for the mode.
    """
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "PORTAL_" + "_".join(str(part) for part in first["loc"]).upper()
        said = first["msg"].removeprefix("Value error, ")
        raise UnsafeSettings(f"{name} is not usable: {said}.") from None
    require_safe(settings)
    return settings


def require_safe(settings: Settings) -> None:
    """Refuse settings that would break a promise in the mode they are used in."""
    origin = urlsplit(settings.origin)
    if settings.mode is Mode.DEMO and settings.host not in LOOPBACK:
        raise UnsafeSettings(f"PORTAL_HOST is {settings.host}, but demo mode binds loopback only.")
    if settings.mode is not Mode.PRODUCTION:
        return
    if origin.scheme != "https" or not origin.hostname:
        raise UnsafeSettings(
            "PORTAL_ORIGIN must be the public https:// address of this portal in production"
            f" (it is {settings.origin})."
        )
    if settings.argon2_memory_kib < 65536 or settings.argon2_time < 4 or settings.argon2_parallelism < 2:
        raise UnsafeSettings(
            "PORTAL_ARGON2_MEMORY_KIB, _TIME and _PARALLELISM must be at least 65536, 4 and 2 in production."
        )
