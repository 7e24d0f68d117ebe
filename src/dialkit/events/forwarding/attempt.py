"""One attempt: an event brought to a target once, what became of it, and when it is tried again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dialkit.client.base import jitter
from dialkit.events.forwarding.target import Job, NotDelivered, words_of
from dialkit.store.deliveries import DEAD, DONE, WAITING, Settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client.clock import Clock
    from dialkit.events.forwarding.target import Target
    from dialkit.store.database import Row

FIRST, LONGEST = 1.0, 3600.0  # seconds until the second attempt, which double; and at the most
GIVEN_UP = 86_400.0  # seconds after the first attempt; one that fails then was the last
KEPT = 500  # characters of an error


async def attempt(target: Target, row: Row, clock: Clock, held: int | None) -> Settled:
    """Bring a claimed event to its target; `held` as of `Job`. Raises `CancelledError` where all ends."""
    import asyncio

    job = Job(
        row["id"],
        row["event_id"],
        row["kind"],
        row["body"],
        json.loads(row["payload_json"]),
        row["attempts"],
        held,
    )
    try:
        async with asyncio.timeout(target.within):
            await target.deliver(job)
    except TimeoutError:
        return failed(row, f"took longer than {target.within:g} s", clock.now())
    except NotDelivered as error:
        return failed(row, str(error), clock.now(), final=error.final)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():  # all ends
            raise
        return failed(row, "CancelledError", clock.now())  # its own doing
    except Exception as error:
        return failed(row, words_of(error), clock.now())
    return Settled(row["id"], DONE)


def failed(row: Row, why: str, now: float, *, final: bool = False, pause: float | None = None) -> Settled:
    """What a failed attempt means: another in `pause` seconds, or in as many as there were attempts for."""
    # A surrogate could not be written down, and with it nothing else of the turn.
    why = "".join(each if each.isprintable() else "\ufffd" for each in " ".join(why.split())[:KEPT])
    if final or now - row["first_at"] >= GIVEN_UP:
        return Settled(row["id"], DEAD, why)
    pause = pause_after(row["attempts"]) if pause is None else pause
    return Settled(row["id"], WAITING, why, now + pause)


def pause_after(attempts: int, draw: Callable[[], float] = jitter) -> float:
    """Seconds until the next attempt, after so many: 1, 2, 4, … up to an hour, less up to half by chance."""
    return min(LONGEST, FIRST * 2.0 ** min(attempts - 1, 20)) * (0.5 + draw() / 2)
