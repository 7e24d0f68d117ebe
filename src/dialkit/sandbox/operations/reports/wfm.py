"""Metrics for workforce management: how agents' time went by, one by one and by activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.moments import moment_of
from dialkit.sandbox.reports.workforce import agents, of_activity, of_agent, work_of
from dialkit.sandbox.resource import page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call, Values
    from dialkit.sandbox.operations import Handler
    from dialkit.sandbox.reports.workforce import Work
    from dialkit.sandbox.world import Record, World


def by_agent(world: World, call: Call) -> Values:
    """An entry for each agent, of the whole span."""
    work = _asked(world, call)
    users = _users(world, call)
    span = {"interval": _interval(world, work)}
    return page_of(world, call, "agents", users, lambda _world, user: {**of_agent(user, work), **span})


def by_activity(world: World, call: Call) -> Values:
    """An entry for each activity, of all agents that are asked for together and of the whole span."""
    work = _asked(world, call)
    rows = list(of_activity(world, _users(world, call), work))
    span = {"interval": _interval(world, work)}
    return page_of(world, call, "activities", rows, lambda _world, row: {**row, **span})


def _asked(world: World, call: Call) -> Work:
    moments = []
    for name in ("start", "end"):
        try:
            moments.append(int(moment_of(call.query[name]) * 1000))
        except ValueError as wrong:
            raise Refusal(400, f"{name}: {wrong}.") from None
    start, end = moments
    if end <= start:
        raise Refusal(400, "end: must be later than start.")
    return work_of(world, start, end)


def _users(world: World, call: Call) -> list[Record]:
    """The users who are asked for by id or address; all agents where nobody is named. Raises `Refusal`."""
    if "ids" not in call.query and "emails" not in call.query:
        return list(agents(world))
    found: dict[int, Record] = {}
    for text in _parts(call, "ids"):
        if not text.isdecimal():
            raise Refusal(400, f"ids: {text[:80]!r} is no id of a user.")
        user = world.users.find(text)
        if user is None:
            raise Refusal(404, f"ids: no user has the id {text[:80]}.")
        found[user["id"]] = user
    for text in _parts(call, "emails"):
        users = world.users.where("email", text.lower())
        if not users:
            raise Refusal(404, f"emails: no user has the address {text[:80]!r}.")
        found[users[0]["id"]] = users[0]
    return list(found.values())


def _parts(call: Call, name: str) -> list[str]:
    return [part.strip() for part in call.query.get(name, "").split(",") if part.strip()]


def _interval(world: World, work: Work) -> Record:
    return {"start": world.stamp(work.start / 1000) + "Z", "end": world.stamp(work.end / 1000) + "Z"}


HANDLERS: dict[str, Handler] = {
    "wfm-metrics-activity.get": by_activity,
    "wfm-metrics-agent.get": by_agent,
}
