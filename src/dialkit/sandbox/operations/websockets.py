"""Websockets: where events go without a server of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.sandbox.operations import Handler

HANDLERS: dict[str, Handler] = {}
