"""Webhooks: where events go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.sandbox.events.endpoints import signed
from dialkit.sandbox.events.post import parts_of
from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World


def settle_webhook(_world: World, webhook: Record, _before: Record | None) -> Record:
    """Complete a webhook: its signature holds the secret."""
    url = webhook["hook_url"]
    try:
        parts_of(url)
    except ValueError:
        url = ""
    if not re.fullmatch(r"\S+", url):
        raise Refusal(400, f"hook_url: {webhook['hook_url'][:80]!r} is not a web address.")
    return signed(webhook)


# Subscriptions stay when their webhook goes, and send nothing: integrators report it.
WEBHOOKS = Resource(
    "webhooks",
    lists=("webhooks.list",),
    gets="webhooks.get",
    makes="webhooks.create",
    changes=("webhook.update",),
    deletes="webhooks.delete",
    settle=settle_webhook,
)
HANDLERS = WEBHOOKS.handlers()
