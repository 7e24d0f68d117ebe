"""One half of the client benchmark: 2,000 calls of one kind; prints CPU and wall microseconds per call.

The limiter is left out here, since 2,000 calls would wait 100 s for it; its own cost is printed by
``bench/limiter.py``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CALLS = 2_000
WARM = 100
IN_FLIGHT = 32
USER = 5391827364501928


def bare() -> Callable[[], Any]:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().build()
    url = os.environ["DIALPAD_BASE_URL"] + "/api/v2/users/me"
    headers = {"authorization": "Bearer " + os.environ["DIALPAD_API_KEY"], "accept": "application/json"}
    return lambda: json.loads(bytes(client.get(url).headers(headers).build().send().bytes()))


def plain() -> Callable[[], Any]:
    from dialkit import Dialpad

    client = Dialpad(limiter=None)
    return lambda: client.request("users.get", {"id": "me"}).json()


def typed() -> Callable[[], Any]:
    from dialkit import Dialpad

    client = Dialpad(limiter=None)
    return lambda: client.users.get(id=USER).display_name


def official() -> Callable[[], Any]:
    from dialpad import DialpadClient

    client = DialpadClient(os.environ["DIALPAD_API_KEY"], base_url=os.environ["DIALPAD_BASE_URL"])
    return lambda: client.users.get(USER)["display_name"]


def typed_async() -> Callable[[], Awaitable[Any]]:
    from dialkit import AsyncDialpad

    client = AsyncDialpad(limiter=None)
    return lambda: client.users.get(id=USER)


def official_async() -> Callable[[], Awaitable[Any]]:
    from dialpad import AsyncDialpadClient

    client = AsyncDialpadClient(os.environ["DIALPAD_API_KEY"], base_url=os.environ["DIALPAD_BASE_URL"])
    return lambda: client.users.get(USER)


KINDS = {"pyreqwest": bare, "dialkit": plain, "typed": typed, "official": official}
ASYNC = {"typed-async": typed_async, "official-async": official_async}


def one_by_one(call: Callable[[], Any], calls: int) -> None:
    for _ in range(calls):
        call()


def in_flight(call: Callable[[], Awaitable[Any]], calls: int) -> Awaitable[Any]:
    """So many workers, each with its share of the calls."""

    async def worker() -> None:
        for _ in range(calls // IN_FLIGHT):
            await call()

    return asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


def shown(calls: int, started: tuple[float, float]) -> None:
    cpu, wall = time.process_time() - started[0], time.perf_counter() - started[1]
    print(f"{cpu / calls * 1e6:.1f} {wall / calls * 1e6:.1f}")


def main() -> None:
    name = sys.argv[1]
    if name in KINDS:
        call = KINDS[name]()
        one_by_one(call, WARM)
        started = time.process_time(), time.perf_counter()
        one_by_one(call, CALLS)
        shown(CALLS, started)
        return

    async def run() -> None:
        call = ASYNC[name]()
        await in_flight(call, 2 * IN_FLIGHT)
        started = time.process_time(), time.perf_counter()
        await in_flight(call, CALLS)
        shown(CALLS // IN_FLIGHT * IN_FLIGHT, started)

    asyncio.run(run())


if __name__ == "__main__":
    main()
