"""Whatever was acknowledged is in the store, once, though the receiver is killed again and again."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from serving import PATH, Serving, posted

from dialkit.store import Database
from signing import TEXT, token

if TYPE_CHECKING:
    from pathlib import Path

SOAK = bool(os.environ.get("DIALKIT_SOAK"))
EVENTS = 20_000 if SOAK else 4_000
CONNECTIONS, KILLS = 32, 10
pytestmark = pytest.mark.timeout(0 if SOAK else 300)


class Sender:
    """Posts each event until it is acknowledged, to whichever receiver is there, as the service does.

    `again` has those that were sent more than once: without an answer nobody knows whether they arrived.
    """

    def __init__(self, receivers: list[Serving]) -> None:
        self.receivers = receivers
        self.waiting = list(range(EVENTS))
        self.acknowledged: set[int] = set()
        self.again: set[int] = set()
        self.statuses: set[int] = set()

    async def send(self, place: int) -> None:
        while self.waiting:
            receiver = self.receivers[place % len(self.receivers)]
            place += 1
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
            except OSError:
                await asyncio.sleep(0)  # it is dead, or not yet there again
                continue
            number = None
            try:
                while self.waiting:
                    number = self.waiting.pop()
                    body = token({**TEXT, "id": 6_000_000_000_000_000 + number, "text": f"text {number}"})
                    writer.write(posted(body))
                    head = await reader.readuntil(b"\r\n\r\n")
                    status = int(head.split()[1])
                    self.statuses.add(status)
                    if status != 204:
                        raise ConnectionError
                    self.acknowledged.add(number)
                    number = None
            except (OSError, asyncio.IncompleteReadError):
                if number is not None:
                    self.again.add(number)
                    self.waiting.insert(0, number)
            finally:
                writer.close()

    async def run(self) -> None:
        senders = asyncio.gather(*(self.send(place) for place in range(CONNECTIONS)))
        for kill in range(KILLS):
            while len(self.acknowledged) < EVENTS * (kill + 1) // (KILLS + 2):
                await asyncio.sleep(0.001)
            victim = self.receivers[kill % len(self.receivers)]
            await asyncio.to_thread(victim.kill_and_start)
        await senders


# Several receivers of one file in the soak only.
CASES = [("sqlite", 1), ("postgresql", 1), ("postgresql", 2), *((("sqlite", 2),) if SOAK else ())]


@pytest.mark.parametrize(("store", "receivers"), CASES, indirect=["store"])
def test_acknowledged_is_stored_once(
    store: str, receivers: int, environ: dict[str, str], signed: dict[str, str], tmp_path: Path
) -> None:
    signed |= {name: environ[name] for name in ("DIALKIT_DATABASE_URL",) if name in environ}
    with ExitStack() as stack:
        running = [stack.enter_context(Serving(signed, tmp_path)) for _ in range(receivers)]
        sender = Sender(running)
        asyncio.run(sender.run())
    with Database.of(environ) as database:
        events: list[Any] = database.all("SELECT identity, duplicates FROM event")
        texts = database.all("SELECT id FROM message")
    assert len(sender.acknowledged) == EVENTS
    assert sender.again  # it was killed while it was busy
    assert len(events) == len({row["identity"] for row in events}) == EVENTS
    assert sorted(int(row["id"]) - 6_000_000_000_000_000 for row in texts) == list(range(EVENTS))
    assert sum(row["duplicates"] for row in events) <= len(sender.again) * 3
    assert sender.statuses <= {204, 503}  # a busy machine may not have it on the disk in time
    assert PATH in running[0].told["paths"]
