"""A file of fault rules, in YAML: a list named ``faults``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dialkit.sandbox.faults.fields import BadRule, check
from dialkit.sandbox.worlds.marked import BadFile, read_yaml

if TYPE_CHECKING:
    import os

    from dialkit.sandbox.faults.store import Faults
    from dialkit.sandbox.world import Record


def load(faults: Faults, path: str | os.PathLike[str]) -> None:
    """Add the rules of a file. Raises `BadFile`, naming file, line and field, and then adds none."""
    for rule in read_rules(path):
        faults.add(rule, "file")


def read_rules(path: str | os.PathLike[str]) -> list[Record]:
    """The rules of a file, checked. Raises `BadFile`, naming file, line and field."""
    try:
        file = read_yaml(Path(path))
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from None
    held = file.value
    if not isinstance(held, dict):
        raise file.error((), "must hold a list named faults")
    for name in held:
        if name != "faults":
            raise file.error((name,), "is not known; there is only faults")
    listed = held.get("faults") or []
    if not isinstance(listed, list):
        raise file.error(("faults",), "must be a list of rules")
    rules = []
    for number, given in enumerate(listed):
        try:
            rules.append(check(given))
        except BadRule as error:
            at = ("faults", number, error.field) if error.field else ("faults", number)
            raise file.error(at, error.message.removeprefix(f"{error.field}: ")) from None
    return rules
