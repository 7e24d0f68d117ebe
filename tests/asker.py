"""Asking a misbehaving server through one kind of client, and what may never be in an error."""

from __future__ import annotations

import asyncio
import time
import traceback
from typing import TYPE_CHECKING, Any

from dialkit import AsyncDialpad, Dialpad
from dialkit.catalog import Catalog
from dialkit.client import Policy, Retry
from dialkit.client.clock import Clock
from dialkit.client.response import Response
from dialkit.errors import DialkitError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "dk_3f9a1c7e5b2d4608"
READ = ("users.get", {"id": "1"})
WRITE = ("sms.send", {"to_numbers": ["+14155550123"], "text": "hello", "user_id": 5})
REQUESTS = {"read": READ, "write": WRITE}
PATIENT = 30.0  # a read timeout that never comes, in seconds
HASTY = 0.3  # one that always comes, and not before the request has arrived
BOUND = PATIENT  # seconds in which everything must be over: who waits for a timeout is not
CATALOG = Catalog()
DEFAULT = Policy()
Outcome = Response | DialkitError


class FakeClock(Clock):
    """Time that passes only while somebody sleeps. `slept` holds seconds and reasons."""

    def __init__(self) -> None:
        self.time = 1_790_000_000.0
        self.slept: list[tuple[float, str]] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float, why: str = "") -> None:
        self.slept.append((seconds, why))
        self.time += seconds

    async def sleep_async(self, seconds: float, why: str = "") -> None:
        self.sleep(seconds, why)


class Asker:
    """Asks through one kind of client with a fake clock, and turns what is raised into what is returned."""

    def __init__(self, kind: str, home: Path) -> None:
        self.kind = kind
        self.clock = FakeClock()
        self.retries: list[Retry] = []
        self._options = {"environ": {"DIALKIT_HOME": str(home)}, "catalog": CATALOG}

    def put(self, client: Any, operation: str, params: Any) -> Any:
        """One question to the client; with asyncio, what is to be awaited."""
        return client.request(operation, params)

    def _client(self, make: Any, url: str, policy: Policy, read: float, more: dict[str, Any]) -> Any:
        policy = policy._replace(on_retry=self.retries.append)
        options = {"connect": PATIENT, "limits": False, "clock": self.clock, **self._options, **more}
        return make(KEY, base_url=url, policy=policy, read=read, **options)

    def ask(
        self, url: str, *requests: Any, policy: Policy = DEFAULT, read: float = PATIENT, **more: Any
    ) -> list[Outcome]:
        """One client, all `requests` in turn; the response or the error of each. Keeps to `BOUND`."""
        begin = time.monotonic()
        if self.kind == "async":
            outcomes = asyncio.run(self._ask_async(url, requests, policy, read, more))
        else:
            more["interruptible"] = self.kind == "interruptible"
            outcomes = []
            with self._client(Dialpad, url, policy, read, more) as client:
                for operation, params in requests:
                    try:
                        outcomes.append(self.put(client, operation, params))
                    except DialkitError as error:
                        outcomes.append(error)
        assert time.monotonic() - begin < BOUND
        for outcome in outcomes:
            assert_no_key(outcome)
        return outcomes

    async def _ask_async(
        self, url: str, requests: Any, policy: Policy, read: float, more: dict[str, Any]
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        async with self._client(AsyncDialpad, url, policy, read, more) as client:
            for operation, params in requests:
                try:
                    outcomes.append(await self.put(client, operation, params))
                except DialkitError as error:
                    outcomes.append(error)
        return outcomes

    def items(
        self, url: str, operation: str, params: Any, **more: Any
    ) -> tuple[list[Any], DialkitError | None]:
        """The items of a list up to its end or to the error."""
        found: list[Any] = []

        async def collect() -> None:
            async with self._client(AsyncDialpad, url, DEFAULT, PATIENT, more) as client:
                async for page in client.pages(operation, params):
                    found.extend(page)

        try:
            if self.kind == "async":
                asyncio.run(collect())
            else:
                with self._client(Dialpad, url, DEFAULT, PATIENT, more) as client:
                    found.extend(client.items(operation, params))
        except DialkitError as error:
            assert_no_key(error)
            return found, error
        return found, None


def assert_no_key(outcome: Outcome) -> None:
    """The key stands in nothing that may be shown or logged."""
    assert KEY not in repr(outcome)
    if isinstance(outcome, DialkitError):
        shown = [str(outcome), outcome.hint, outcome.as_dict(), vars(outcome)]
        assert KEY not in repr(shown)
        assert KEY not in "".join(traceback.format_exception(outcome))


def holds(error: Outcome, kind: type[DialkitError], words: str) -> DialkitError:
    """`error`, if it is exactly of that class, says these words, and says what to do."""
    assert type(error) is kind
    assert words in error.message
    assert "\n" not in error.message
    assert error.hint
    return error
