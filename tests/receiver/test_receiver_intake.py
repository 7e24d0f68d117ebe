"""What no sender should be able to bring about, and a bug of ours may: nothing else suffers by it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, NoReturn

from dialkit.events.keeping.keeper import Here
from dialkit.events.receiver.judging import Judge
from dialkit.events.receiver.reception import WITHIN, Reception
from dialkit.store import Database
from refusing import refuse
from signing import SECRET, TEXT, At, token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.client.clock import Clock

PATH = "/hooks"


class Broken(At):
    """A clock that does not work."""

    def now(self) -> NoReturn:
        raise ZeroDivisionError


def answers(
    environ: dict[str, str],
    bodies: Sequence[bytes],
    *,
    clock: Clock | None = None,
    within: float = WITHIN,
) -> tuple[list[int], list[str]]:
    """The statuses that bodies come to, all posted at one time, and what was said."""
    told: list[str] = []

    async def work() -> list[int]:
        reception = Reception(
            Judge({PATH: None}, (SECRET.encode(),), clock=clock),
            Here(lambda: Database.of(environ)),
            told.append,
        )
        reception.start()
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in bodies]
        for body, future in zip(bodies, futures, strict=True):
            reception.take(PATH, body, future.set_result, loop.time() + within)
        found = [(await future).status for future in futures]
        await reception.stop()
        return found

    return asyncio.run(work()), told


def bodies(count: int) -> list[bytes]:
    return [token({**TEXT, "id": number}) for number in range(count)]


def test_an_event_that_cannot_be_kept_costs_no_other(
    environ: dict[str, str], store: str, stored: Callable[[], list[Any]]
) -> None:
    with Database.of(environ) as database:
        refuse(database, '"id":3,')
    statuses, told = answers(environ, bodies(8))
    assert statuses == [204, 204, 204, 503, 204, 204, 204, 204]
    assert len(told) == 1
    assert {json.loads(row["payload_json"])["id"] for row in stored()} == {0, 1, 2, 4, 5, 6, 7}


def test_a_bug_is_no_4xx(environ: dict[str, str], stored: Callable[[], list[Any]]) -> None:
    statuses, told = answers(environ, bodies(1), clock=Broken(0))
    assert statuses == [503]
    assert told == ["warning: an event was not understood (ZeroDivisionError)"]
    assert not stored()


def test_more_than_may_wait(environ: dict[str, str], stored: Callable[[], list[Any]]) -> None:
    statuses, _ = answers(environ, bodies(5000), within=60)
    assert set(statuses) == {204, 503}
    assert statuses.count(204) == len(stored()) >= 4096


def test_a_folder_that_cannot_be_written(environ: dict[str, str], tmp_path: Any) -> None:
    (tmp_path / "file").write_text("x")
    statuses, told = answers({**environ, "DIALKIT_HOME": str(tmp_path / "file")}, bodies(3))
    assert statuses == [503] * 3
    assert "cannot be stored" in told[0]
