"""The acts of publishing, one function each."""

from portal.publishing.services.acts import discard_act, propose_act, release_act, stage_act
from portal.publishing.services.appender import append_waiting
from portal.publishing.services.corrections import PROPOSAL as CORRECTION
from portal.publishing.services.corrections import (
    approve_correction,
    decline_correction,
    pending_correction,
    propose_correction,
)
from portal.publishing.services.filings import missed_filings, publish_filings, takes_filings
from portal.publishing.services.imports import ReleaseFacts, plan_import, stage_big_import, stage_import
from portal.publishing.services.keys import announce_files_key
from portal.publishing.services.layouts import adopt_newest
from portal.publishing.services.notices import place_notice
from portal.publishing.services.releases import (
    discard_release,
    prepare_release,
    publish_release,
    return_release,
    stop_release,
)
from portal.publishing.services.texts import salt_text

__all__ = [
    "CORRECTION",
    "ReleaseFacts",
    "adopt_newest",
    "announce_files_key",
    "append_waiting",
    "approve_correction",
    "decline_correction",
    "discard_act",
    "discard_release",
    "missed_filings",
    "pending_correction",
    "place_notice",
    "plan_import",
    "prepare_release",
    "propose_act",
    "propose_correction",
    "publish_filings",
    "publish_release",
    "release_act",
    "return_release",
    "salt_text",
    "stage_act",
    "stage_big_import",
    "stage_import",
    "stop_release",
    "takes_filings",
]
