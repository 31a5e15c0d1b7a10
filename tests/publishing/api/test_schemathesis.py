"""Schemathesis asks all that the description allows, and much that it does not, and finds nothing wrong.

SCHEMATHESIS_EXAMPLES=200 asks longer, each time anew; by itself the test is short and always asks the same.
"""

import os

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from portal.foundation.context import Portal
from tests.conftest import new_client
from tests.publishing.api.filled import fill

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "5"))
SEED = None if EXAMPLES > 5 else 1


def test_whatever_is_asked_is_answered_as_described(portal: Portal) -> None:
    fill(portal)
    app = new_client(portal).application
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=SchemathesisConfig(seed=SEED))
    schema.config.generation.update(max_examples=EXAMPLES)
    schema.config.headers = {"Accept-Encoding": "identity"}  # its client does not unpack
    asked, wrong = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}")
        if not isinstance(event, ScenarioFinished):
            continue
        asked += len(event.recorder.interactions)
        for checks in event.recorder.checks.values():
            wrong += [
                f"{event.label}, {one.name}: {one.failure_info}" for one in checks if one.status is Status.FAILURE
            ]
    assert not wrong, "\n".join(wrong[:20])
    assert asked > 250
