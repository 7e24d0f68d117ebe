"""Telling subscribers that something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.deliveries import deliver, drop_beyond
from dialkit.sandbox.events.endpoints import find_endpoint
from dialkit.sandbox.operations.groups.targets import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.sandbox.world import Record, World

KEPT = 5_000  # events; the oldest go
CONTENT = ("text", "text_content")
# What tells of recordings, and is there only for who may have them.
RECORDINGS = (
    "voicemail_link",
    "voicemail_recording_id",
    "call_recording_ids",
    "call_recording_share_links",
    "recording_details",
    "recording_url",
    "admin_recording_urls",
    "admin_call_recording_share_links",
)


def emit(
    world: World, kind: str, payload: Record, targets: Iterable[tuple[str, int]] = (), **facets: Any
) -> None:
    """Something happened: keep the event, and have it delivered to every subscription that wants it.

    `kind`: ``sms``, ``call``, ``contact``, ``agent_status``, ``changelog``, ``channel`` or ``fax``. `payload`
    is the event as it is sent, in the spelling of events. `targets` are those it concerns, such as
    ``("user", 5391…)``; their offices are added. `facets` are what subscriptions choose by: ``direction``,
    ``internal`` and ``status`` (news of delivery) of texts and faxes, ``state`` and ``group`` of calls,
    ``contact_type``, ``agent_type``.
    """
    direct = list(targets)
    event = keep_event(world, kind, payload, targets=[list(target) for target in direct], facets=facets)
    concerned: set[tuple[str, int]] | None = None
    for subscription in world.subscriptions.where("kind", kind):
        if not _wants(subscription, facets):
            continue
        if subscription.get("target_id") is not None:
            concerned = _with_offices(world, direct) if concerned is None else concerned
            if (subscription["target_type"], subscription["target_id"]) not in concerned:
                continue
        if find_endpoint(world, subscription.get("endpoint_id")) is not None:
            deliver(
                world,
                event,
                subscription["endpoint_id"],
                _allowed(subscription, payload),
                subscription["id"],
            )


def keep_event(world: World, kind: str, payload: Record, **about: Any) -> Record:
    """A record of something that happened."""
    number = world.count("events")
    drop_beyond(world.events, number - KEPT)
    return world.events.put(
        {"id": number, "kind": kind, "at": world.milliseconds(), "payload": payload, **about}
    )


def _wants(subscription: Record, facets: dict[str, Any]) -> bool:
    """Whether a subscription chose what happened; a facet that the event does not have is not asked for."""
    if not subscription.get("enabled", True):
        return False
    direction, state = facets.get("direction"), facets.get("state")
    states = subscription.get("call_states")
    return (
        (direction is None or subscription.get("direction", "all") in ("all", direction))
        and bool(not facets.get("status") or subscription.get("status"))
        and bool(not facets.get("internal") or subscription.get("include_internal"))
        # A subscription without states gets all of them; the document leaves it open.
        and (state is None or not states or state in states or "all" in states)
        and bool(facets.get("group") or not subscription.get("group_calls_only"))
        and all(facets.get(name) in (None, subscription.get(name)) for name in ("contact_type", "agent_type"))
    )


def _with_offices(world: World, targets: list[tuple[str, int]]) -> set[tuple[str, int]]:
    found = set(targets)
    for kind, target_id in targets:
        owner = world.table(TABLES[kind]).find(target_id) if kind in TABLES else None
        if owner and owner.get("office_id") is not None:
            found.add(("office", int(owner["office_id"])))
    return found


def _allowed(subscription: Record, payload: Record) -> Record:
    """The event without what the key that made the subscription may not have."""
    hidden: tuple[str, ...] = ()
    scopes = subscription.get("scopes", ())
    if subscription["kind"] == "sms":
        whole = subscription.get("target_id") is None
        hidden = () if f"message_content_export{':all' if whole else ''}" in scopes else CONTENT
    elif subscription["kind"] == "call":
        hidden = () if "recordings_export" in scopes else RECORDINGS
    gone: Record = {
        name: [] if isinstance(payload[name], list) else None for name in hidden if name in payload
    }
    return {**payload, **gone} if gone else payload
