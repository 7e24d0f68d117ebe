"""Devices that ring: apps of users, desk phones of users and rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler

HANDLERS: dict[str, Handler] = {}
