"""Loading the demonstration, act by act, through the same services as the real thing."""

from collections.abc import Callable, Mapping
from pathlib import Path

from portal.config import Mode
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.installation import mark
from portal.foundation.tables import read_table
from portal.front.demo import canada, new_york
from portal.front.demo.calendar import change_a_definition, plan_releases, reply
from portal.front.demo.collection import collect
from portal.front.demo.evaluation import evaluate
from portal.front.demo.people import Account, acting, make_people
from portal.front.demo.ratings import rate
from portal.front.demo.report import file_report, hear_the_body
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.decisions import Decisions
from portal.publishing.imports.mapping import default_mapping, load_mapping
from portal.publishing.services import (
    ReleaseFacts,
    adopt_newest,
    announce_files_key,
    append_waiting,
    approve_correction,
    plan_import,
    prepare_release,
    propose_correction,
    publish_release,
    stage_import,
)
from portal.publishing.values import Cause, FigureKey
from portal.registry.imports import import_register

DATA = Path(__file__).parent / "data"
MAPPINGS = Path(__file__).parents[2] / "publishing" / "imports" / "mappings"

RIVERSIDE = ReleaseFacts(
    slug="riverside-2025",
    names={"en": "Riverside Building Office, 2019–2025 (invented)", "zh_Hans": "河湾建筑局，2019–2025（虚构）"},
    source="Invented for this demonstration",
    licence="CC0 1.0",
)


def load_demonstration(portal: Portal, say: Callable[[str], None]) -> None:
    """Fill an empty, migrated database. Each step is a transaction of its own; the mark comes last."""
    now = portal.clock.now()
    with portal.database.write() as session:
        people = make_people(session, portal)
    say(f"{len(people)} people of an invented office.")
    _register(portal)
    plain, of_canada = default_mapping(), load_mapping(MAPPINGS / canada.MAPPING)
    for facts, path, mapping, cause in (
        (new_york.AS_FIRST_PUBLISHED, DATA / "nyc_mmr_extract.csv", load_mapping(MAPPINGS / "nyc_mmr.toml"), None),
        (RIVERSIDE, DATA / "riverside_figures.csv", plain, None),
        *((facts, path, plain, cause) for facts, path, cause in new_york.REVISIONS),
        (canada.AS_FIRST_PUBLISHED, canada.FIRST_FILE, of_canada, None),
        *((facts, path, of_canada, cause) for facts, path, cause in canada.REVISIONS),
    ):
        counts = _release(portal, people, facts, check_table(read_table(path), mapping), Decisions(cause=cause))
        done = ", ".join(f"{counts[what]} {what}" for what in ("added", "completed", "corrected") if counts[what])
        say(f"{facts.names['en']}: {done}.")
    _disclosed_error(portal, people)
    change_a_definition(portal, people)
    reply(portal, people)
    plan_releases(portal, people)
    rate(portal, _actor(portal, people["moderator"]))
    append_waiting(portal)
    evaluate(portal, people)
    file_report(portal)
    hear_the_body(portal, people)
    collect(portal, people)
    adopt_newest(portal)
    announce_files_key(portal)
    say("Two collection rounds, one of them late, and two requests for figures;")
    say("A calendar of four releases to come, a changed definition and a reply of the invented body;")
    say("Three months of ratings and an error that the invented body disclosed itself;")
    say("two evaluations of it, and a report on which it was heard and that waits for a finding.")
    with portal.database.write() as session:
        mark(session, Mode.DEMO, now=now)


def _register(portal: Portal) -> None:
    for name in ("nyc_bodies", "canada_bodies", "riverside_bodies", "riverside_services", "riverside_indicators"):
        table = read_table(DATA / f"{name}.csv")
        with portal.database.write() as session:
            import_register(session, table, actor=Actor.system(), now=portal.clock.now())


def _release(
    portal: Portal,
    people: Mapping[str, Account],
    facts: ReleaseFacts,
    checked: Checked,
    decisions: Decisions,
) -> Mapping[str, int]:
    now = portal.clock.now()
    with portal.database.write() as session:
        registrar = acting(session, people["registrar"])
        planned = plan_import(session, checked, facts, decisions)
        stage_import(session, planned, actor=registrar, now=now)
        prepare_release(session, slug=facts.slug, actor=registrar, now=now)
    with portal.database.write() as session:
        publish_release(session, slug=facts.slug, actor=acting(session, people["publisher"]), now=now)
    append_waiting(portal)
    return planned.counts


def _disclosed_error(portal: Portal, people: Mapping[str, Account]) -> None:
    """The invented body told of its own error: publicly corrected, without deduction."""
    now = portal.clock.now()
    with portal.database.write() as session:
        proposal = propose_correction(
            session,
            figure=FigureKey("RBO", "RBO-UNSAFE", "2023"),
            cause=Cause.SELF_DISCLOSED,
            new_actual="91.9",
            reason="Two buildings were counted twice.",
            note="Two buildings had been counted twice; the office found it itself. "
            "两栋建筑被重复计算，由该局自查发现。",
            actor=acting(session, people["registrar"]),
            now=now,
        )
    with portal.database.write() as session:
        approve_correction(session, proposal_id=proposal.id, actor=acting(session, people["publisher"]), now=now)
    append_waiting(portal)


def _actor(portal: Portal, account: Account) -> Actor:
    with portal.database.read() as session:
        return acting(session, account)
