"""Operators: who takes the calls of call centers, departments and offices; skills and duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler

HANDLERS: dict[str, Handler] = {}
