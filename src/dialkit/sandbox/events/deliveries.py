"""Deliveries: one for each event and each endpoint that gets it, with every attempt that was made.

`state` is ``sending`` (to be attempted now), ``waiting`` (for its next attempt, on the sandbox's clock), or
how it ended: ``delivered``, ``failed``, ``lost`` (nobody was connected, or a fault lost it), ``unreachable``
(not on this machine).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.sandbox.events.endpoints import find_endpoint

if TYPE_CHECKING:
    from dialkit.sandbox.world import Record, Table, World

KEPT = 5_000  # deliveries that ended; the oldest go
# Seconds until the attempts after a 5xx, by kind of event, as documented; of the last two it is inferred.
BRIEF = (0.1, 0.2, 0.4, 0.8)
RETRIES: dict[str, tuple[float, ...]] = {
    "call": (2, 4, 8),
    "sms": (30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600),
    "contact": BRIEF,
    "fax": BRIEF,
    "agent_status": BRIEF,
    "changelog": BRIEF,
    "channel": BRIEF,
    "report": BRIEF,
}
# After a timeout, or where nobody listened: documented as up to two quick ones, without saying how quick.
QUICK: tuple[float, ...] = (1, 2)
HELD = 5  # seconds a delivery that is to be overtaken waits for another one at the most


class Outcome(NamedTuple):
    """What became of one attempt: a status where one came, else what went wrong, in a sentence."""

    status: int | None = None
    error: str | None = None
    state: str = ""  # where the attempt ends the delivery whatever the status says


def deliver(
    world: World, event: Record, endpoint_id: int, payload: Record, subscription_id: int | None = None
) -> Record:
    """Have an event sent to an endpoint, as soon as the request or job that it comes from is done."""
    kind, endpoint = find_endpoint(world, endpoint_id) or ("webhook", {})
    delivery = world.deliveries.put(
        {
            "id": world.count("deliveries"),
            "event_id": event["id"],
            "subscription_id": subscription_id,
            "endpoint_id": endpoint_id,
            "endpoint_type": kind,
            "url": endpoint.get("hook_url"),
            "kind": event["kind"],
            "at": world.milliseconds(),
            "state": "sending",
            "attempts": [],
            "next_at": None,
            "payload": payload,
        }
    )
    world.outbox.append(delivery["id"])
    return delivery


def attempt(world: World, delivery_id: int) -> None:
    """The job: a delivery's next attempt is due."""
    if world.deliveries.get(delivery_id)["state"] == "waiting":
        world.deliveries.change(delivery_id, state="sending", next_at=None, job=None)
        world.outbox.append(delivery_id)


def wait(world: World, delivery: Record, seconds: float, **more: object) -> Record:
    """Have a delivery attempted later."""
    job = world.later(seconds, "deliveries.attempt", delivery_id=delivery["id"])
    at = world.milliseconds(world.now + seconds)
    return world.deliveries.put({**delivery, "state": "waiting", "next_at": at, "job": job, **more})


def hurry(world: World, delivery_id: int) -> None:
    """Attempt now a delivery that waits."""
    delivery = world.deliveries.find(delivery_id)
    if delivery and delivery["state"] == "waiting":
        world.cancel(delivery["job"])
        attempt(world, delivery_id)


def copy(world: World, delivery: Record) -> Record:
    """Have a delivery made once more, as a service that sends twice would."""
    twin = {**delivery, "id": world.count("deliveries"), "copy_of": delivery["id"], "bent": True}
    world.outbox.append(twin["id"])
    return world.deliveries.put(twin)


def settle(world: World, delivery_id: int, outcome: Outcome, began: float) -> Record:
    """Write down an attempt that began at a moment and ended now, and decide how it goes on.

    Any 2xx is a success; 5xx is tried again by kind, no answer twice, anything else never. Durations are
    those of the sandbox's clock: none while it stands still.
    """
    delivery = world.deliveries.get(delivery_id)
    made = {
        "at": world.milliseconds(began),
        "status": outcome.status,
        "error": outcome.error,
        "ms": world.milliseconds(world.now - began),
    }
    _, endpoint = find_endpoint(world, delivery["endpoint_id"]) or ("", {})
    url = endpoint.get("hook_url", delivery["url"])
    delivery = {**delivery, "url": url, "attempts": [*delivery["attempts"], made]}
    if outcome.state:
        return end(world, delivery, outcome.state)
    if outcome.status is not None and 200 <= outcome.status < 300:
        return end(world, delivery, "delivered")
    pause = _pause(delivery, outcome)
    return end(world, delivery, "failed") if pause is None else wait(world, delivery, pause)


def end(world: World, delivery: Record, state: str) -> Record:
    """A delivery is over."""
    number = world.count("deliveries that ended")
    for old in world.deliveries.where("finished", number - KEPT):
        world.deliveries.remove(old["id"])
    return world.deliveries.put({**delivery, "state": state, "finished_no": number, "next_at": None})


def drop_beyond(table: Table, key: int) -> None:
    """Take out the record that is too old, if it is there."""
    if key in table:
        table.remove(key)


def _pause(delivery: Record, outcome: Outcome) -> float | None:
    """Seconds until the next attempt, None where there is none."""
    statuses = [made["status"] for made in delivery["attempts"]]
    if outcome.status is None:
        pauses, failures = QUICK, statuses.count(None)
    elif outcome.status >= 500:
        pauses = RETRIES[delivery["kind"]]
        failures = sum(1 for status in statuses if status is not None)
    else:
        return None
    return pauses[failures - 1] if failures <= len(pauses) else None


JOBS = {"deliveries.attempt": attempt}
