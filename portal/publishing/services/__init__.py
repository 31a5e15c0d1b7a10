"""The acts of publishing, one function each."""

from portal.publishing.services.acts import discard_act, propose_act, release_act, stage_act
from portal.publishing.services.appender import append_waiting
from portal.publishing.services.texts import salt_text

__all__ = ["append_waiting", "discard_act", "propose_act", "release_act", "salt_text", "stage_act"]
