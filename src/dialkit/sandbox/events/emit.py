"""Telling subscribers that something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.sandbox.world import Record, World


def emit(
    world: World, kind: str, payload: Record, targets: Iterable[tuple[str, int]] = (), **facets: Any
) -> None:
    """Something happened: keep the event, and have it delivered to every subscription that wants it.

    `kind`: ``sms``, ``call``, ``contact``, ``agent_status``, ``changelog``, ``channel`` or ``fax``. `payload` is
    the event as it is sent, in the spelling of events. `targets` are all whom it concerns, such as
    ``("user", 5391…)`` and their office. `facets` are what subscriptions choose by: see `subscriptions`.
    """
    del targets, facets
    world.events.put({"id": world.count("events"), "kind": kind, "payload": payload})
