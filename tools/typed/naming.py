"""What resources, methods and classes are called: one rule, told in `docs/client.md`.

A group is an attribute of the client, with ``_`` for ``-``. The words of an operation after its group are its
method, and before a dot the resource within: ``callcenters operators.list`` is
``dp.callcenters.operators.list()``. Where the word before the dot is a method too, both make one name:
``call unassign.all`` is ``dp.call.unassign_all()``. Where one of dialkit's own workflows has the name, the
operation goes by the last word of its id.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.catalog import Group, Summary

# Names that a workflow of `dialkit.library` has.
TAKEN = {("contacts", "upsert")}


def attribute(group: str) -> str:
    """The attribute of a client, and the module, for a group."""
    return group.replace("-", "_")


def camel(text: str) -> str:
    """Words as the name of a class."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


def class_name(group: Group, within: str = "") -> str:
    """The class of a group's resource, or of a resource within it."""
    return camel(group.title) + camel(within)


def path_of(group: Group, operation: Summary) -> tuple[str, str]:
    """The resource within the group (``""`` for the group's own) and the method."""
    if (group.name, operation.name) in TAKEN:
        return "", operation.id.rpartition(".")[2]
    within, _, method = operation.name.rpartition(".")
    if within in {other.name for other in group.operations}:
        return "", f"{within}_{method}"
    return within, method


def call_of(group: Group, operation: Summary) -> str:
    """How an operation is called, such as ``dp.callcenters.operators.list``."""
    return ".".join(("dp", attribute(group.name), *filter(None, path_of(group, operation))))
