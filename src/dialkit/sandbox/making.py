"""Making what a sandbox consists of, by what it was told: a world, and all that runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox import seed as seeds
from dialkit.sandbox import switches
from dialkit.sandbox.engine import START, Engine
from dialkit.sandbox.moments import moment_of
from dialkit.sandbox.wire import Refusal
from dialkit.sandbox.world import World

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from dialkit.sandbox.worlds import Marked

    Path_ = str | os.PathLike[str]

# Who there is in a world that is called empty: somebody must own the key.
EMPTY: dict[str, Any] = {
    "company": {"name": "Empty"},
    "offices": [{"name": "Main"}],
    "users": [{"email": "admin@empty.example", "first_name": "Admin"}],
}


class Options(NamedTuple):
    """What a sandbox was told; see `Sandbox`."""

    token: str
    seed: int = 1
    limits: bool = True
    tier: int = 0
    at: float | str | None = None
    frozen: bool = False
    sizes: Mapping[str, int] | None = None
    switches: Mapping[str, str] | None = None
    world: Path_ | None = None
    empty: bool = False
    state: Path_ | None = None
    faults: Path_ | None = None


def make(told: Options) -> Engine:
    """The engine of a new sandbox. Raises `ValueError` for what cannot be: a file, a moment, a switch."""
    world = World(told.seed)
    engine = Engine(world, limits=told.limits, tier=told.tier)
    if told.faults is not None:
        from dialkit.sandbox.faults.file import load

        load(engine.faults, told.faults)
    try:
        if told.state is not None:
            from dialkit.sandbox.world.state import State

            engine.state = State(told.state, told.seed)
        if engine.state is not None and not engine.state.fresh:
            engine.snapshots.update(engine.state.load(world))
            if told.token not in world.keys:
                seeds.add_keys(world, told.token)
        else:
            _fill(engine, told)
        try:
            switches.choose(world, told.switches or {})
        except Refusal as no:
            raise ValueError(no.message) from None
        if START not in engine.snapshots:
            engine.snapshot(START)
        engine.commit()
    except BaseException:
        if engine.state is not None:
            engine.state.close()
        raise
    return engine


def _fill(engine: Engine, told: Options) -> None:
    world, state = engine.world, engine.state
    engine.state = None  # it is written when all is there
    if told.at is not None or told.frozen:
        world.set_clock(None if told.at is None else moment_of(told.at), frozen=told.frozen)
    with engine.moment():
        if told.world is not None or told.empty:
            from dialkit.sandbox.worlds import build

            build(engine, _file(told.world))
        else:
            seeds.fill(world, engine.catalog, dict(told.sizes or {}))
        seeds.add_keys(world, told.token)
    engine.state = state
    if state is not None:
        state.begin(world)


def _file(path: Path_ | None) -> Marked:
    from dialkit.sandbox.worlds import Marked, read_yaml

    return Marked("the empty world", EMPTY, {(): 1}) if path is None else read_yaml(path)
