"""The commands of publishing."""

from portal.publishing.cli.log import log_group

commands = (log_group,)
