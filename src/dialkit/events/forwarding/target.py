"""A target of events: what brings one there, and how it says that it was not taken."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol


class Job(NamedTuple):
    """One event that is to be brought to one target. `body` is what was posted, byte for byte.

    `held` is an open file, or None: as long as a program that is started with it (``pass_fds``) runs, the
    event counts as under way, even if the process that started it is killed.
    """

    id: int
    event_id: int
    kind: str
    body: str
    payload: dict[str, Any]
    attempt: int  # 1 for the first
    held: int | None = None


class NotDelivered(Exception):
    """The target did not take the event; why, in words that go into the store and on the terminal.

    `final`: trying again cannot help.
    """

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


def words_of(error: BaseException) -> str:
    """Its type and what it says, be that nothing."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # whose own words fail
        return type(error).__name__


class Target(Protocol):
    """Where events are brought.

    `name` identifies it in the store: ``url:http://…``, ``exec:/path``, ``handler:name``. `at_once`: how many
    may be under way. `within`: seconds that one may take.
    """

    name: str
    at_once: int
    within: float

    async def deliver(self, job: Job) -> None:
        """Bring one event. Raises `NotDelivered`; any other exception counts as that."""

    async def close(self) -> None:
        """Let go of what it holds."""
