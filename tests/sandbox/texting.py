"""What tests of messages share: the seeded people and lines, and what arrived and was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.messages import texts

if TYPE_CHECKING:
    from asking import Client

MARA, THEO, INES, PORTLAND = 5391827364501928, 5402938475610293, 5413049586721304, 5219384756201938
CENTER, DEPARTMENT, CHANNEL = 5610293847561029, 5728391046572839, 5950192837465012
MINE, THEIRS, MAIN, QUEUE = "+15035550142", "+15035550143", "+15035550100", "+15035550110"
OUTSIDE, STRANGER = "+14155550123", "+19075550199"
TEXT = {"to_numbers": [OUTSIDE], "text": "Hello"}
GROUP = {"sender_group_id": CENTER, "sender_group_type": "callcenter"}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def acting(client: Client, work: Any) -> Any:
    """Do something in the sandbox's own thread, at one moment, as the control API does."""

    async def run() -> Any:
        with client.sandbox.engine.moment():
            return work()

    return client.sandbox.run(run())


def receive(client: Client, from_number: str, to_number: str, text: str, media: str | None = None) -> Any:
    return acting(client, lambda: texts.receive(client.world, from_number, to_number, text, media))


def inbox(client: Client, number: str) -> list[Any]:
    return texts.inbox(client.world, number)


def events(client: Client, kind: str = "sms") -> list[Any]:
    """What was told since the start, without what the seed may have told."""
    return [event["payload"] for event in client.world.events if event["kind"] == kind]


def sent(client: Client, answer: Any) -> list[Any]:
    return client.world.texts.where("sent", int(answer["id"]))
