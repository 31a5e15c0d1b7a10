"""The invented people of the demonstration and how one signs in as them. Demo mode only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts.codes import current_code, new_secret
from portal.accounts.passwords import Stretcher
from portal.accounts.queries import actor_for, find_session, get_person, open_private_keys, roles_by_course
from portal.accounts.services import (
    connect,
    create_person,
    enrol_first,
    enter_certificate,
    establish,
    prepare_sign_in,
    sign_in,
    sign_out_everywhere,
)
from portal.accounts.values import ConnectionKind, PersonKind, PrivateKeys
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.phrases import new_phrase
from portal.foundation.storage import write_durably

INVENTED_BODY = "RBO"


@dataclass(frozen=True)
class Part:
    """Who somebody is in the demonstration."""

    key: str
    name: str
    roles: tuple[str, ...]
    what: str
    connected: ConnectionKind | None = None
    outside: bool = False


PARTS = (
    Part("registrar", "Lin Yue 林悦", ("registrar",), "brings in figures, puts releases and corrections forward"),
    Part(
        "registrar-2",
        "Hana Novak",
        ("registrar",),
        "the same, and has put nothing forward about the invented body",
    ),
    Part("publisher", "Omar Haddad", ("publisher",), "publishes what a registrar put forward"),
    Part(
        "publisher-2", "Leila Benali", ("publisher",), "the same, and has not signed the invented body's figures"
    ),
    Part("moderator", "Mei Chen 陈梅", ("moderator",), "reads comments before they can appear"),
    Part("officer", "Wang Fang 王芳", ("case-officer", "identity-keeper"), "receives reports and works on cases"),
    Part("officer-2", "Daniel Okafor", ("case-officer",), "receives reports and works on cases"),
    Part("decider", "Sofia Rossi", ("case-decider", "identity-keeper"), "gives the second signature on findings"),
    Part(
        "connected",
        "Zhao Lei 赵磊",
        ("case-officer",),
        "a case officer who is connected to the invented body: its cases do not exist for him",
        ConnectionKind.SUPERVISING,
    ),
    Part("evaluator", "Priya Nair", ("evaluation-officer",), "runs the evaluation and puts results forward"),
    Part("approver", "Chen Wei 陈伟", ("evaluation-approver",), "publishes results somebody else put forward"),
    Part("reviewer", "Noor Haddad", ("appeal-reviewer",), "decides on appeals, together with a colleague"),
    Part("reviewer-2", "Sun Jie 孙洁", ("appeal-reviewer",), "decides on appeals, together with a colleague"),
    Part("marker", "He Li 何丽", ("evaluator",), "enters the marks of higher government"),
    Part("committee", "Amara Diallo", ("evaluator",), "enters the marks of the evaluation committee"),
    Part(
        "body",
        "Guo Ming 郭明",
        ("evaluator",),
        "represents the invented body: self-evaluation",
        ConnectionKind.EMPLOYED,
    ),
    Part(
        "editor",
        "Liu Na 刘娜",
        ("body-editor",),
        "enters the figures of the invented body",
        ConnectionKind.EMPLOYED,
    ),
    Part(
        "signer",
        "Peter Lindqvist",
        ("body-signer",),
        "signs what the invented body hands in",
        ConnectionKind.EMPLOYED,
    ),
    Part(
        "clerk",
        "Wu Fang 吴芳",
        ("service-clerk",),
        "hands out rating codes of the invented body and enters its paper slips",
        ConnectionKind.EMPLOYED,
    ),
    Part(
        "clerk-2",
        "Ana Duarte",
        ("service-clerk",),
        "checks what a colleague entered from paper",
        ConnectionKind.EMPLOYED,
    ),
    Part("auditor", "Ingrid Dahl", ("auditor",), "reads the audit record and the table of roles"),
    Part("administrator", "Tomás Silva", ("administrator",), "manages people; has no path to what reports say"),
    Part("ombudsman", "City Ombudsman 监察专员", ("outside-recipient",), "the outside recipient", outside=True),
)

_FIRST_HANDLERS = ("officer", "officer-2", "decider", "connected", "ombudsman")


@dataclass(frozen=True)
class Account:
    """What one needs to sign in as somebody of the demonstration."""

    key: str
    person_id: str
    name: str
    roles: tuple[str, ...]
    what: str
    address: str
    phrase: str
    totp_secret: str


def make_people(session: Session, portal: Portal) -> Mapping[str, Account]:
    """Create everybody, with credentials, trusted keys and connections; write down how to sign in as them."""
    now, system, stretcher = portal.clock.now(), Actor.system(), Stretcher.of(portal.settings)
    accounts = {}
    for part in PARTS:
        address, phrase, secret = f"{part.key}@gongping.example", new_phrase(), new_secret()
        kind = PersonKind.OUTSIDE if part.outside else PersonKind.STAFF
        person = create_person(
            session, name=part.name, address=address, roles=part.roles, kind=kind, actor=system, now=now
        )
        establish(
            session,
            person_id=person.id,
            phrase=phrase,
            totp_secret=secret,
            keys=portal.keys,
            stretcher=stretcher,
            now=now,
        )
        for course in (course for course, roles in roles_by_course().items() if set(roles) & set(part.roles)):
            enter_certificate(
                session, person_id=person.id, course=course, issued_on=now.date(), actor=system, now=now
            )
        if part.connected is not None:
            since = now - timedelta(days=365)
            connect(session, person_id=person.id, body_code=INVENTED_BODY, kind=part.connected, now=since)
        accounts[part.key] = Account(
            part.key, person.id, part.name, part.roles, part.what, address, phrase, secret
        )
    handlers = [accounts[key].person_id for key in _FIRST_HANDLERS]
    enrol_first(session, people=handlers, var=portal.settings.var, actor=system, now=now)
    _write(portal.settings.var, accounts)
    return accounts


def acting(session: Session, account: Account) -> Actor:
    """The person behind an account, with the permissions they hold."""
    return actor_for(get_person(session, account.person_id))


def keys_of(portal: Portal, account: Account) -> PrivateKeys:
    """The account's private keys, opened by signing in and out again.

    The one-time code is that of half a minute ago: whoever signs in right after the loading is not refused for it.
    """
    now = portal.clock.now()
    with portal.database.read() as session:
        challenge = prepare_sign_in(
            session,
            address=account.address,
            client="",
            browser="",
            keys=portal.keys,
            cost=Stretcher.of(portal.settings).cost,
            now=now,
        )
    stretched = Stretcher.of(portal.settings).stretch(account.phrase, salt=challenge.salt)
    code = current_code(account.totp_secret, now - timedelta(seconds=30))
    with portal.database.write() as session:
        signed_in = sign_in(
            session, challenge=challenge, stretched=stretched, code=code, keys=portal.keys, now=now
        )
        if signed_in is None:
            raise RuntimeError(f"{account.key} could not sign in")
        opened = find_session(session, signed_in.secret, now=now, idle=timedelta(minutes=1))
        if opened is None:
            raise RuntimeError(f"{account.key} could not sign in")
        keys = open_private_keys(session, opened)
        sign_out_everywhere(session, person_id=account.person_id, actor=acting(session, account), now=now)
    return keys


def known_accounts(var: Path) -> tuple[Account, ...]:
    """The accounts written down when the demonstration was loaded; none when it was not."""
    path = _path(var)
    if not path.exists():
        return ()
    return tuple(Account(**{**row, "roles": tuple(row["roles"])}) for row in json.loads(path.read_text()))


def code_now(account: Account, portal: Portal) -> str:
    """The one-time code the account's authenticator shows at this moment."""
    return current_code(account.totp_secret, portal.clock.now())


def _write(var: Path, accounts: Mapping[str, Account]) -> None:
    rows = [vars(account) for account in accounts.values()]
    write_durably(_path(var), json.dumps(rows, ensure_ascii=False, indent=1).encode(), mode=0o600)


def _path(var: Path) -> Path:
    return var / "demo" / "accounts.json"
