"""The commands of publishing."""

import click

from portal.publishing.cli.figures import figures
from portal.publishing.cli.files import files_ahead, files_group
from portal.publishing.cli.log import log_group
from portal.publishing.cli.releases import release

commands: tuple[click.Command, ...] = (figures, release, files_group, files_ahead, log_group)
