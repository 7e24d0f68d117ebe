"""Subscriptions: which events go where. Seven kinds, in one table, by one mechanism."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.events import deliveries
from dialkit.sandbox.events.endpoints import check_endpoint, shown_endpoint
from dialkit.sandbox.operations.groups.targets import target
from dialkit.sandbox.resource import page
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.world import Record, World

MOST, MOST_OF_COMPANY = 100, 10  # of a kind; and of those whose target is the company
# Scopes that decide what an event tells; what counts is the key that made the subscription.
CONTENT_SCOPES = ("message_content_export", "message_content_export:all", "recordings_export")


class Kind(NamedTuple):
    """One kind: the prefix of its operations, and the only kind of target it takes, if there is one."""

    operations: str
    target_type: str = ""


KINDS = {
    "agent_status": Kind("webhook_agent_status_event_subscription"),
    "call": Kind("webhook_call_event_subscription"),
    "changelog": Kind("webhook_change_log_event_subscription"),
    "channel": Kind("webhook_channel_event_subscription", "channel"),
    "contact": Kind("webhook_contact_event_subscription"),
    "fax": Kind("webhook_fax_event_subscription"),
    "sms": Kind("webhook_sms_event_subscription"),
}


def check_target(world: World, record: Record) -> None:
    """Raises `Refusal` 404 where a record names a target that there is not."""
    if record.get("target_id") is not None:
        target(world, record["target_type"], record["target_id"])


def defaults(call: Call) -> Record:
    """What the document says a field is where it is left out: often in changes too, not only for new ones."""
    return {
        field.name: field.schema["default"]
        for field in call.operation.fields
        if field.place == "body" and field.schema.get("default") is not None
    }


def list_subscriptions(kind: str, world: World, call: Call) -> Any:
    """The subscriptions of a kind; with a target, those of it alone."""

    def wanted(record: Record) -> bool:
        return record["kind"] == kind and all(
            record.get(name) == call.query[name]
            for name in ("target_type", "target_id")
            if name in call.query
        )

    return page(world, call, "subscriptions", wanted, show=show)


def get_subscription(kind: str, world: World, call: Call) -> Record:
    """One subscription."""
    return show(world, _of_kind(kind, world, call))


def create_subscription(kind: str, world: World, call: Call) -> Record:
    """A new subscription; what its key may see of an event is settled now."""
    fresh = {
        "id": world.new_id(),
        "kind": kind,
        "enabled": True,
        "scopes": [scope for scope in CONTENT_SCOPES if call.may(scope)],
    }
    record = _settle(kind, world, call, fresh)
    _check_room(world, record)
    return show(world, world.subscriptions.put(record))


def change_subscription(kind: str, world: World, call: Call) -> Record:
    """A subscription with what was sent in place of what it had."""
    before = _of_kind(kind, world, call)
    return show(world, world.subscriptions.put(_settle(kind, world, call, before)))


def delete_subscription(kind: str, world: World, call: Call) -> Record:
    """Take a subscription away, and answer what it was."""
    shown = show(world, _of_kind(kind, world, call))
    world.subscriptions.remove(call.path["id"])
    return shown


def show(world: World, record: Record) -> Record:
    """A subscription with its webhook or websocket; neither where that is gone."""
    # A channel's must have both in its answer, whichever it is.
    empty: Record = {"webhook": {}, "websocket": {}} if record["kind"] == "channel" else {}
    return {**record, **empty, **shown_endpoint(world, record.get("endpoint_id"))}


def _of_kind(kind: str, world: World, call: Call) -> Record:
    record = world.subscriptions.get(call.path["id"])
    if record["kind"] != kind:
        raise Refusal(404, f"No {kind} subscription has the id {str(call.path['id'])[:80]}.")
    return record


def _settle(kind: str, world: World, call: Call, before: Record) -> Record:
    sent = {**defaults(call), **call.body}
    if "endpoint_id" not in sent and world.switch("webhook-id") == "accepted" and "webhook_id" in call.extra:
        sent["endpoint_id"] = _webhook_id(call.extra["webhook_id"])
    if "endpoint_id" in sent:
        check_endpoint(world, sent["endpoint_id"])
    if KINDS[kind].target_type:
        sent["target_type"] = KINDS[kind].target_type
    check_target(world, {**before, **sent})
    return {**before, **sent}


def _webhook_id(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isdecimal():
        raise Refusal(400, f"webhook_id: {str(value)[:80]!r} is not the id of a webhook.")
    return int(value)


def _check_room(world: World, record: Record) -> None:
    """Raises `Refusal` 400 where the company has as many of a kind as it may."""
    there = world.subscriptions.where("kind", record["kind"])
    whole = [other for other in there if other.get("target_id") is None]
    if record.get("target_id") is None and len(whole) >= MOST_OF_COMPANY:
        raise Refusal(
            400, f"target_id: {MOST_OF_COMPANY} {record['kind']} subscriptions for the company exist already."
        )
    if len(there) >= MOST:
        raise Refusal(400, f"The company has {MOST} {record['kind']} subscriptions, which is the most.")


WAYS: dict[str, Callable[[str, World, Call], Any]] = {
    "list": list_subscriptions,
    "get": get_subscription,
    "create": create_subscription,
    "update": change_subscription,
    "delete": delete_subscription,
}
HANDLERS: dict[str, Handler] = {
    f"{kind.operations}.{way}": partial(function, name)
    for name, kind in KINDS.items()
    for way, function in WAYS.items()
}
JOBS = deliveries.JOBS
