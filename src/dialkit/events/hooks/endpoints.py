"""Webhooks as Dialpad keeps them: found by address, made, taken back; and who else uses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument, NotFound, PermissionDenied
from dialkit.events.hooks.addresses import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.client import Dialpad

    Row = dict[str, Any]

# Lists that name a webhook, by what a person calls their entries.
USERS = {
    "sms": "webhook_sms_event_subscription.list",
    "call": "webhook_call_event_subscription.list",
    "contact": "webhook_contact_event_subscription.list",
    "agent_status": "webhook_agent_status_event_subscription.list",
    "change_log": "webhook_change_log_event_subscription.list",
    "channel": "webhook_channel_event_subscription.list",
    "fax": "webhook_fax_event_subscription.list",
}
# Kind of target -> what reads one of that kind. Dialpad has no operation for the other kinds.
TARGETS = {
    "callcenter": "callcenters.get",
    "callrouter": "callrouters.get",
    "channel": "channels.get",
    "coachingteam": "coaching_team.get",
    "department": "departments.get",
    "office": "offices.get",
    "room": "rooms.get",
    "user": "users.get",
}
SECRET_BYTES = 32


def secret() -> str:
    """A new secret for signing, in the characters of URLs."""
    from secrets import token_urlsafe

    return token_urlsafe(SECRET_BYTES)


def check_secret(text: str) -> str:
    """A secret that can sign. Raises `InvalidArgument`, without repeating it."""
    if not text or not text.isprintable():
        raise InvalidArgument(
            "the secret is empty, or not one line of text", hint="--generate-secret makes one"
        )
    return text


def check_target(client: Dialpad, kind: str, target_id: int, flag: str = "--target-id") -> Row:
    """What a subscription is about, read; ``{}`` for a kind that cannot be read. Raises `NotFound`."""
    operation = TARGETS.get(kind)
    if operation is None:
        return {}
    known = client.operation(operation)
    field = next(field.name for field in known.fields if field.place == "path")
    try:
        return dict(client.request(operation, {field: target_id}).json() or {})
    except NotFound as error:
        raise NotFound(
            f"{flag}: there is no {kind} {target_id}; nothing was made",
            status=error.status,
            operation=operation,
            hint=f"dialpad {known.group} list shows those there are",
        ) from None


def with_url(client: Dialpad, url: str) -> list[Row]:
    """The webhooks with that address."""
    return [hook for hook in client.items("webhooks.list") if same(str(hook.get("hook_url")), url)]


def signing(hook: Row) -> str | None:
    """The secret that a webhook signs with, None where it does not sign."""
    return (hook.get("signature") or {}).get("secret") or None


def named(subscription: Row) -> int | None:
    """The id of a subscription's webhook or websocket; None where that is gone."""
    for kind in ("webhook", "websocket"):
        found = (subscription.get(kind) or {}).get("id")
        if found:
            return int(found)
    return None


def used_by(client: Dialpad, endpoint_id: int) -> Iterator[tuple[str, str]]:
    """Which subscriptions send to a webhook: ``(kind, id)``. Kinds that the key may not list are left out."""
    for kind, operation in USERS.items():
        try:
            for row in client.items(operation):
                if named(row) == endpoint_id:
                    yield kind, str(row.get("id"))
        except PermissionDenied:
            continue
    try:
        for report in client.items("schedule_reports.list"):
            if str(report.get("endpoint_id")) == str(endpoint_id):
                yield "scheduled report", str(report.get("id"))
    except PermissionDenied:
        return
