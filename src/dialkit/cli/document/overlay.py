"""The overlay folder: shards of operations beside the built-in ones, read by every run.

It takes the place of an older one in whole: a run sees the one or the other, never a mixture.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dialkit.catalog import Catalog
from dialkit.catalog.storage import read, write
from dialkit.cli.options import BY_FLAG
from dialkit.config.paths import make_private, overlay_dir
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dialkit.catalog import Operation, Summary

# The shard that says where the others come from; the catalog does not read it.
ABOUT = "about"
# No names for groups: those of other shards, and what Windows keeps for devices, whatever the ending.
RESERVED = ("index", ABOUT, "con", "prn", "aux", "nul")


def put(shards: dict[str, dict[str, Any]], about: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Make these shards the overlay, once every operation in them has proved to work as a command.

    Raises `InvalidArgument` where one does not, and where the folder cannot be written.
    """
    import shutil
    import tempfile

    folder = overlay_dir(environ)
    for name in RESERVED:
        if name in shards["index"]["groups"]:
            raise InvalidArgument(f"no group can be called {name!r}", hint="give it another tag")
    make_private(os.path.dirname(folder))
    place = tempfile.mkdtemp(prefix="spec.", dir=os.path.dirname(folder))
    new = os.path.join(place, "new")
    try:
        write({**shards, ABOUT: about}, new)
        _try(Catalog(overlay=new))
        _swap(new, folder, os.path.join(place, "old"))
    except OSError as error:
        raise InvalidArgument(f"cannot write {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)


def remove(environ: Mapping[str, str]) -> bool:
    """Take the overlay away. False where there was none."""
    import shutil
    import tempfile

    folder = overlay_dir(environ)
    if not os.path.isdir(folder):
        return False
    place = tempfile.mkdtemp(prefix="spec.", dir=os.path.dirname(folder))
    try:
        # In one step, so that no run sees half of it.
        os.rename(folder, os.path.join(place, "old"))
    except OSError as error:
        raise InvalidArgument(f"cannot remove {folder}: {error.strerror}") from None
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return True


def about(environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Where the overlay comes from, as `put` was told; None where there is none."""
    folder = overlay_dir(environ)
    try:
        return read(folder, ABOUT)
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise InvalidArgument(f"{folder} cannot be read", hint="dialpad spec use --none") from None


def _swap(new: str, folder: str, old: str) -> None:
    had = os.path.isdir(folder)
    if had:
        os.rename(folder, old)
    try:
        os.rename(new, folder)
    except OSError:
        if had:
            os.rename(old, folder)
        raise


def _try(catalog: Catalog) -> None:
    """Use every added operation as the command line will. Raises `InvalidArgument` where that fails."""
    from dialkit.cli.help import of_operation

    for clash in _clashes(catalog):
        raise InvalidArgument(clash, hint="rename one of the two in the document")
    for row in catalog.ids.values():
        if not row.added:
            continue
        try:
            operation = catalog.operation(row.id)
            of_operation(operation)
            wrong = next(_flag_clashes(operation), None)
        except Exception as error:
            # Whatever it is: found now, it stops one command; found later, every one that reads this.
            raise InvalidArgument(
                f"{row.id} cannot become a command ({type(error).__name__}: {error})"
            ) from None
        if wrong is not None:
            raise InvalidArgument(wrong, hint="rename it in the document, or use: dialpad api")


def _clashes(catalog: Catalog) -> Iterator[str]:
    """Words of the command line that would mean two things, one of them added."""
    from dialkit.cli.dispatch import COMMANDS

    for group in catalog.groups.values():
        typed: dict[str, Summary] = {}
        added = any(row.added for row in group.operations)
        if added and group.name in COMMANDS:
            yield f"the group {group.name!r} has the name of a command"
        for row in group.operations:
            if row.id in COMMANDS or row.id in catalog.groups:
                what = "command" if row.id in COMMANDS else "group"
                yield f"the operation {row.id!r} has the name of a {what}"
            for name in (row.name, row.id, row.id.removeprefix(row.group + ".")):
                other = typed.setdefault(name.replace("_", "-"), row)
                if other.id != row.id and (other.added or row.added):
                    yield f"{group.name}: {other.id} and {row.id} would both be called {name!r}"


def _flag_clashes(operation: Operation) -> Iterator[str]:
    """Fields that cannot be flags, or not beside the other flags."""
    import re

    from dialkit.catalog.model import kind, resolve
    from dialkit.cli.document.check import FIELD

    taken = dict.fromkeys(BY_FLAG, "an option of every command")
    for field in operation.fields:
        if not re.search(FIELD["pattern"], field.name):
            yield f"{operation.id}: its field {field.name[:80]!r} cannot be a flag"
        flags = [field.flag]
        if kind(resolve(field.schema, operation.schemas)) == "boolean":
            flags.append("--no-" + field.flag[2:])
        for flag in flags:
            if flag in taken:
                yield f"{operation.id}: its field {field.name} would be {flag}, which is {taken[flag]}"
            taken[flag] = f"its field {field.name}"
