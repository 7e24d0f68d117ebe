"""What our own commands say about themselves: subcommands, flags, help.

A command is named by its word, a workflow by its words: ``auth``, ``webhook sms``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from dialkit.cli.subcommands import Sub


def subcommands(name: str) -> Mapping[str, Sub]:
    """The table of a command's subcommands; empty where it has none."""
    found: Mapping[str, Sub] = getattr(_module(name), "TABLE", {})
    return found


def page(name: str) -> str:
    """The help page of a command."""
    about = getattr(_module(name), "HELP", "")
    return about if isinstance(about, str) else str(about.text(subcommands(name)))


def takes(name: str) -> str:
    """The words and flags that a command without subcommands takes."""
    return str(getattr(getattr(_module(name), "HELP", ""), "takes", ""))


def _module(name: str) -> ModuleType:
    from importlib import import_module

    from dialkit.cli.dispatch import COMMANDS
    from dialkit.cli.workflows import WORKFLOWS

    if name in COMMANDS:
        return import_module(f"dialkit.cli.commands.{COMMANDS[name][0]}")
    return import_module(f"dialkit.cli.workflows.{WORKFLOWS[tuple(name.split())][0]}")
