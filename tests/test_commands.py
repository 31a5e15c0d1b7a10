"""`python -m portal` finds each command in its room, and loads no other room's for it."""

import importlib
import importlib.util
import os
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from portal.app import COMMANDS, ROOMS, command_named, commands
from portal.commands import main


def test_every_command_of_a_room_is_named_with_its_room() -> None:
    found = {
        command.name: room
        for room in ROOMS
        if importlib.util.find_spec(f"portal.{room}.cli")
        for command in importlib.import_module(f"portal.{room}.cli").commands
    }
    assert found == COMMANDS


def test_help_lists_the_commands_of_the_house_of_its_rooms_and_of_backups() -> None:
    listed = main.list_commands(click.Context(main))
    assert {"serve", "db", "log", "ratings", "demo", "backup", "restore"} <= set(listed)
    assert len(listed) == len(set(listed)) == len(main.commands) + len(commands()) + 2


def test_what_nobody_has_is_no_command() -> None:
    context = click.Context(main)
    assert command_named("nothing") is None
    assert main.get_command(context, "nothing") is None
    assert main.get_command(context, "restore") is not None


@pytest.mark.parametrize("command", [("staff", "rotate-key", "lookup"), ("db", "upgrade"), ("serve",)])
def test_root_writes_nothing_into_the_folder_of_the_services_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A key that root has rotated is one that the portal cannot read from its next start on."""
    var = tmp_path / "var"
    var.mkdir()
    if os.geteuid():
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    else:
        os.chown(var, 65534, -1)
    environment = {"PORTAL_MODE": "test", "PORTAL_VAR": str(var)}
    ran = CliRunner().invoke(main, command, env=environment)
    assert ran.exit_code == 1
    assert f"{var} belongs to " in ran.output and "run this as that user" in ran.output
    assert list(var.iterdir()) == []


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path: Path) -> None:
    away = "postgresql+psycopg://somebody:geheim@127.0.0.1:1/nothing"
    environment = {"PORTAL_MODE": "test", "PORTAL_VAR": str(tmp_path), "PORTAL_DATABASE_URL": away}
    ran = CliRunner().invoke(main, ["staff", "list"], env=environment)
    assert ran.exit_code == 1
    assert ran.output.startswith("Error: The database cannot be opened: ") and "Connection refused" in ran.output
    assert "geheim" not in ran.output and len(ran.output.splitlines()) == 1
