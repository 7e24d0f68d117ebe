"""What tests of calls share: people and numbers of the company, and what subscribers were told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.calls import calls
from dialkit.sandbox.operations.groups import duty, operators
from dialkit.sandbox.seed.names import CALL_CENTER, DEPARTMENT, MARA, PORTLAND, THEO

if TYPE_CHECKING:
    from asking import Client

__all__ = ["CALL_CENTER", "DEPARTMENT", "MARA", "PORTLAND", "THEO"]
CALLER, OTHER = "+14155550123", "+14155550177"
BUSY, SILENT, VOICEMAIL = "+15645550111", "+15645550112", "+15645550113"
PARKED, TALKS = 6109283746501928, 6109283746501935  # the calls that go on at the start


def ring(client: Client, to_number: str, caller: str = CALLER, **how: Any) -> Any:
    """Somebody outside calls a number of the company."""
    return at_once(client, lambda: calls.receive_call(client.world, caller, to_number, **how))


def at_once(client: Client, what: Any) -> Any:
    """Do something in the world as a control action does it."""

    async def work() -> Any:
        with client.sandbox.engine.moment():
            return what()

    return client.sandbox.run(work())


def told(client: Client, call_id: int) -> list[str]:
    """The states of a call that subscribers were told, in order."""
    return [event["state"] for event in events(client) if event["call_id"] == call_id]


def events(client: Client, state: str | None = None) -> list[Any]:
    """What subscribers to calls were told, all or of one state."""
    found = [event["payload"] for event in client.world.events if event["kind"] == "call"]
    return [event for event in found if state in (None, event["state"])]


def line_of(client: Client, kind: str, target_id: int) -> str:
    """The primary number of a target."""
    return str(client.world.numbers.where("target", (kind, target_id))[0]["number"])


def colleague(client: Client) -> int:
    """A user beside Mara and Theo who can be called, and is not to be left undisturbed."""
    world = client.world
    found = next(
        user["id"]
        for user in world.users
        if user["id"] not in (MARA, THEO) and user["state"] == "active" and user["phone_numbers"]
    )
    assert world.devices.where("user", found)
    world.users.change(found, do_not_disturb=False)
    return int(found)


def only_on_duty(client: Client, *user_ids: int) -> None:
    """Have these operators of the call center on duty, and no others; Theo's other call ends."""

    def work() -> None:
        if client.world.calls.get(TALKS)["date_ended"] is None:
            calls.hang_up(client.world, TALKS)
        for one in operators.members(client.world, "callcenter", CALL_CENTER):
            if one["member_type"] == "user":
                duty.set_duty(client.world, one["member_id"], False)
        for user_id in user_ids:
            client.world.users.change(user_id, do_not_disturb=False, state="active")
            duty.set_duty(client.world, user_id, True)

    at_once(client, work)


def legs(client: Client, root: int) -> list[Any]:
    """All legs of a call, as they are in the world."""
    return client.world.calls.where("root", root)
