"""Webhooks: where events go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dialkit.sandbox.resource import Resource
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, World


def settle_webhook(_world: World, webhook: Record, _before: Record | None) -> Record:
    """Complete a webhook: its signature holds the secret."""
    if not re.fullmatch(r"https?://[^\s/]\S*", webhook["hook_url"]):
        raise Refusal(400, f"hook_url: {webhook['hook_url'][:80]!r} is not a web address.")
    if webhook.get("secret"):
        return {**webhook, "signature": {"algo": "HS256", "secret": webhook["secret"], "type": "jwt"}}
    return webhook


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
