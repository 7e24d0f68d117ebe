"""Actions on the world as a whole: its clock, copies of it, how it behaves, what it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.sandbox import switches
from dialkit.sandbox.engine import NOW, START
from dialkit.sandbox.moments import moment_of, seconds_of
from dialkit.sandbox.shapes import read
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.control.asked import Asked
    from dialkit.sandbox.control.service import Control
    from dialkit.sandbox.world import World

OURS = {START: "is how the world was at the start; reset goes back to it", NOW: "is the world as it is"}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


async def health(control: Control, _asked: Asked) -> Any:
    """Who answers; nothing is asked of whoever wants to know."""
    from dialkit import __version__

    world = control.world
    return {"status": "ok", "service": "dialkit-sandbox", "version": __version__, "seed": world.seed}


async def world_counts(control: Control, _asked: Asked) -> Any:
    """How many records each table has."""
    with control.engine.moment():
        return {"tables": {name: len(table) for name, table in control.world.tables.items()}}


async def clock(control: Control, _asked: Asked) -> Any:
    """What the clock shows, and what is due next."""
    return _clock(control.world)


def _clock(world: World) -> dict[str, Any]:
    now, due = world.clock_time(), world.next_due()
    return {
        "now": world.stamp(now) + "Z",
        "epoch": round(now, 3),
        "frozen": world.frozen,
        "due": len(world.jobs),
        "next_due": None if due is None else world.stamp(due) + "Z",
    }


async def set_clock(control: Control, asked: Asked) -> Any:
    """Stop the clock or let it run, then set it on; all that is due until then happens, in order."""
    body, world = asked.body, control.world
    if not body or {"at", "advance"} <= body.keys() or (body.get("freeze") and body.get("run")):
        raise Refusal(400, "clock: give at or advance, or freeze or run, or one of each pair.")
    async with control.alone():
        was = world.frozen
        frozen = bool(body.get("freeze") or (was and not body.get("run")))
        world.set_clock(frozen=True)  # so that it does not pass what it is to be set to
        try:
            moment = now = world.clock_time()
            if "at" in body:
                moment = read(moment_of, "at", body["at"])
            if "advance" in body:
                moment += read(seconds_of, "advance", body["advance"])
            if moment < now:
                shown = world.stamp(now)
                raise Refusal(400, f"at: the clock shows {shown} and is not set back; reset does that.")
            await control.engine.advance(moment)
        except Refusal:
            frozen = was
            raise
        finally:
            world.set_clock(frozen=frozen)
            control.engine.commit()
    return _clock(world)


async def snapshots(control: Control, _asked: Asked) -> Any:
    """The names of all copies that are kept."""
    return {"items": [{"name": name} for name in control.engine.snapshots]}


async def snapshot(control: Control, asked: Asked) -> Any:
    """Keep the world as it is under a name; an older copy of that name goes."""
    name = asked.body["name"]
    if not NAME.fullmatch(name):
        raise Refusal(400, f"name: {name[:80]!r} must be letters, digits, '.', '-' and '_', at most 64.")
    _refuse_ours(name)
    async with control.alone():
        control.engine.run_due()
        control.engine.snapshot(name)
    return {"name": name}


async def restore(control: Control, asked: Asked) -> Any:
    """Be again as at a snapshot."""
    async with control.alone():
        control.engine.restore(asked.path["name"])
    return {"name": asked.path["name"]}


async def forget_snapshot(control: Control, asked: Asked) -> Any:
    """Let a copy go."""
    name = asked.path["name"]
    _refuse_ours(name)
    if name not in control.engine.snapshots:
        known = ", ".join(control.engine.snapshots)
        raise Refusal(404, f"No snapshot is named {name[:80]!r}; there are: {known}.")
    control.engine.drop(name)
    return {"name": name}


def _refuse_ours(name: str) -> None:
    if name in OURS:
        raise Refusal(409, f"name: {name!r} {OURS[name]}.")


BOOKKEEPING = ("jobs", "events", "deliveries", "counters")  # what follows from the rest, in a diff


async def diff(control: Control, asked: Asked) -> Any:
    """What differs between two copies, or one and ``now``: a row for each record; bookkeeping comes last."""
    control.engine.run_due()
    found = control.engine.diff(asked.query["before"], asked.query.get("after", NOW))
    rows = [
        {"table": table, "key": key, **sides}
        for table, records in found.items()
        for key, sides in records.items()
    ]
    rows.sort(key=lambda row: BOOKKEEPING.index(row["table"]) if row["table"] in BOOKKEEPING else -1)
    return {"items": rows}


async def reset(control: Control, _asked: Asked) -> Any:
    """Be as at the start, and forget what was asked and which faults were added."""
    async with control.alone():
        control.reset()
    return {"status": "ok"}


async def list_switches(control: Control, _asked: Asked) -> Any:
    """Behaviours that can be chosen, and how they are."""
    rows = [
        {
            "name": name,
            "chosen": control.world.switch(name),
            "choices": list(switch.choices),
            "about": switch.about,
        }
        for name, switch in switches.SWITCHES.items()
    ]
    return {"items": rows}


async def set_switches(control: Control, asked: Asked) -> Any:
    """Choose behaviours, by name; a wrong one changes nothing."""
    with control.engine.moment():
        switches.choose(control.world, asked.body)
    return await list_switches(control, asked)


async def keys(control: Control, _asked: Asked) -> Any:
    """The API keys there are; they protect nothing."""
    shown = ("name", "token", "user_id", "admin", "scopes", "expires_at")
    rows = [{name: key[name] for name in shown} for key in control.world.keys]
    scopes = {key["token"]: None if key["admin_scopes"] else key["scopes"] for key in control.world.keys}
    return {"items": [{**row, "scopes": scopes[row["token"]]} for row in rows]}


async def list_faults(control: Control, _asked: Asked) -> Any:
    """The rules by which requests and deliveries fail."""
    return {"items": control.faults.list()}


async def add_fault(control: Control, asked: Asked) -> Any:
    """Add a rule."""
    return control.faults.add(asked.body)


async def remove_fault(control: Control, asked: Asked) -> Any:
    """Take a rule away."""
    return control.faults.remove(asked.path["id"])


async def clear_faults(control: Control, _asked: Asked) -> Any:
    """Take all rules away."""
    control.faults.clear()
    return {"items": control.faults.list()}


async def coverage(control: Control, _asked: Asked) -> Any:
    """Which tables each operation reads and writes, tried out in a world of its own."""
    import asyncio

    from dialkit.sandbox.coverage import coverage as watch

    rows = await asyncio.to_thread(watch, control.world.seed)
    return {"items": [row._asdict() for row in rows]}
