"""No longer having texts told to a URL: the subscription ends, and its webhook where nobody needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import Conflict, DialkitError, PartialSuccess
from dialkit.events.hooks import endpoints
from dialkit.events.hooks.texts import shown

if TYPE_CHECKING:
    from dialkit.client import Dialpad, Request

    Row = dict[str, Any]

DELETE = "webhook_sms_event_subscription.delete"


def delete(client: Dialpad, subscription_id: int, *, with_webhook: bool = False) -> Row:
    """Delete a subscription, and its webhook as well where that is asked for; what was deleted.

    Raises `Conflict`, with nothing deleted, where others use the webhook; `PartialSuccess` where the
    subscription is gone and deleting the webhook failed.
    """
    hook_id = webhook_to_delete(client, subscription_id) if with_webhook else None
    row = client.request(DELETE, {"id": subscription_id}).json() or {}
    told = {**shown({"id": subscription_id, **row}), "deleted": ["subscription"]}
    if hook_id is None:
        return told
    try:
        client.request("webhooks.delete", {"id": hook_id})
    except DialkitError as error:
        raise PartialSuccess(
            f"the subscription {subscription_id} is deleted; its webhook {hook_id} is not: {error.message}",
            done=told,
            operation="webhooks.delete",
            hint=f"dialpad webhooks delete {hook_id}",
        ) from error
    return {**told, "deleted": ["subscription", "webhook"]}


def requests(client: Dialpad, subscription_id: int, *, with_webhook: bool = False) -> list[Request]:
    """What `delete` would send. It only reads. Raises as `webhook_to_delete`."""
    wanted = [client.prepare(DELETE, {"id": subscription_id})]
    if with_webhook and (hook_id := webhook_to_delete(client, subscription_id)):
        wanted.append(client.prepare("webhooks.delete", {"id": hook_id}))
    return wanted


def webhook_to_delete(client: Dialpad, subscription_id: int) -> int | None:
    """The webhook of a subscription, which nobody else uses; None where there is none.

    Raises `NotFound` for an unknown subscription, `Conflict` where others use the webhook.
    """
    row = client.request("webhook_sms_event_subscription.get", {"id": subscription_id}).json() or {}
    hook = row.get("webhook") or {}
    if not hook.get("id"):
        return None
    own = ("sms", str(subscription_id))
    others = [pair for pair in endpoints.used_by(client, int(hook["id"])) if pair != own]
    if others:
        told = ", ".join(f"{kind} {one}" for kind, one in others)
        raise Conflict(
            f"others use the webhook {hook['id']}: {told}; nothing was deleted",
            status=None,
            hint=f"leave out --with-webhook: dialpad webhook sms delete {subscription_id}",
        )
    return int(hook["id"])
