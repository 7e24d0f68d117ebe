"""The line to a websocket, by a clock of the test's: renewed ahead, so that nothing is missed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

import pytest
from websockets.asyncio.server import ServerConnection, serve

from beside import PATIENCE
from dialkit.errors import InvalidArgument, NetworkError, PermissionDenied
from dialkit.events.listening.line import HOUR, Line, connected, lifetime
from dialkit.webhooks import token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hearing import StandingClock


class Side:
    """The other side: a server of websockets on this machine."""

    def __init__(self) -> None:
        self.opened: list[ServerConnection] = []
        self.refuses = 0
        self.server: Any = None

    async def __aenter__(self) -> Self:
        self.server = await serve(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/websocket/{TOKEN}"

    async def _serve(self, connection: ServerConnection) -> None:
        if self.refuses:
            self.refuses -= 1
            await connection.send("The websocket's token is wrong.")
            await connection.close(1008)
            return
        self.opened.append(connection)
        await connection.wait_closed()


TOKEN = token.sign(b'{"sub":"1","iat":1000,"exp":4600}', b"theirs").decode()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.01)


class Heard:
    """What a line told."""

    def __init__(self, clock: StandingClock, renew: Callable[[], Awaitable[str]]) -> None:
        self.messages: list[str | bytes] = []
        self.gaps: list[tuple[float, float]] = []
        self.told: list[str] = []
        self.joined = 0
        self.stop = asyncio.Event()
        self.line = Line(
            renew, self._take, gap=lambda *both: self.gaps.append(both), tell=self.told.append, clock=clock
        )

    async def _take(self, message: str | bytes) -> None:
        self.messages.append(message)

    def begin(self, url: str) -> asyncio.Task[None]:
        def joined() -> None:
            self.joined += 1

        return asyncio.ensure_future(self.line.hear(url, self.stop, joined))


def test_it_is_renewed_before_its_hour_ends_and_nothing_is_missed(clock: StandingClock) -> None:
    async def work() -> None:
        async with Side() as side:
            renewals = []

            async def renew() -> str:
                renewals.append(clock.at)
                return side.url

            heard = Heard(clock, renew)
            task = heard.begin(side.url)
            for number in range(1, 4):
                await until(lambda number=number: len(side.opened) == number)  # type: ignore[misc]
                await side.opened[-1].send(f"hour {number}")
                await until(lambda number=number: len(heard.messages) == number)  # type: ignore[misc]
                begun = clock.at
                clock.at = begun + 3299
                await asyncio.sleep(0)
                assert len(renewals) == number - 1
                clock.at = begun + 3451  # a few minutes early, which of them is chance
            await until(lambda: len(side.opened) == 4)
            await until(lambda: side.opened[2].close_code)
            heard.stop.set()
            await task
            assert heard.messages == ["hour 1", "hour 2", "hour 3"]
            assert (heard.gaps, heard.told, heard.joined, len(renewals)) == ([], [], 1, 3)
            assert side.opened[-1].close_code == 1000

    asyncio.run(work())


def test_a_gap_is_from_the_last_sign_of_life_to_the_next_opening(clock: StandingClock) -> None:
    async def work() -> None:
        async with Side() as side:
            answers: list[Exception] = [NetworkError("no route"), NetworkError("no route")]

            async def renew() -> str:
                if answers:
                    clock.at += 50
                    raise answers.pop()
                return side.url

            heard = Heard(clock, renew)
            task = heard.begin(side.url)
            await until(lambda: side.opened)
            began = clock.at
            await side.opened[0].send("one")
            await until(lambda: heard.messages)
            clock.at += 7  # nothing was heard since: it may have been away as long
            side.opened[0].transport.abort()
            await until(lambda: heard.gaps)
            assert heard.gaps == [(began, began + 107)]
            assert heard.told == ["warning: no connection: no route; trying on"]
            heard.stop.set()
            await task

    asyncio.run(work())


def test_what_a_server_says_as_it_refuses_is_told(clock: StandingClock) -> None:
    async def work() -> None:
        async with Side() as side:
            side.refuses = 2

            async def renew() -> str:
                return side.url

            heard = Heard(clock, renew)
            task = heard.begin(side.url)
            await until(lambda: side.opened)
            assert "warning: no connection: The websocket's token is wrong.; trying on" in heard.told
            assert TOKEN not in "".join(heard.told)
            heard.stop.set()
            await task

    asyncio.run(work())


def test_a_key_that_may_no_longer_ends_it(clock: StandingClock) -> None:
    async def work() -> None:
        async with Side() as side:

            async def renew() -> str:
                raise PermissionDenied("no", status=403)

            heard = Heard(clock, renew)
            task = heard.begin(side.url)
            await until(lambda: side.opened)
            await side.opened[0].close()
            with pytest.raises(PermissionDenied):
                await task

    asyncio.run(work())


def test_it_ends_at_once_while_nobody_is_there(clock: StandingClock) -> None:
    async def work() -> None:
        async def renew() -> str:
            raise NetworkError("no route")

        heard = Heard(clock, renew)
        task = heard.begin("ws://127.0.0.1:1/websocket/x")
        await until(lambda: heard.told)
        heard.stop.set()
        async with asyncio.timeout(PATIENCE):
            await task

    asyncio.run(work())


def test_a_gap_at_the_end_is_told_as_well(clock: StandingClock) -> None:
    async def work() -> None:
        async with Side() as side:

            async def renew() -> str:
                raise NetworkError("no route")

            heard = Heard(clock, renew)
            task = heard.begin(side.url)
            await until(lambda: side.opened)
            began = clock.at
            await side.opened[0].send("one")
            await until(lambda: heard.messages)
            clock.at += 7
            side.opened[0].transport.abort()
            await until(lambda: heard.told)
            heard.stop.set()
            await task
            assert heard.gaps == [(began, began + 7)]

    asyncio.run(work())


def test_what_is_not_encrypted_is_not_opened() -> None:
    for url in ("ws://example.com/websocket/x", "http://127.0.0.1/x", "file:///etc/passwd"):
        with pytest.raises(InvalidArgument, match="not encrypted"):
            asyncio.run(connected(url))


@pytest.mark.parametrize("proxy", ["socks5://me:geheim@127.0.0.1:1", "strange://me:geheim@127.0.0.1:1"])
def test_a_proxy_that_will_not_do(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(InvalidArgument, match="proxy") as error:
        asyncio.run(connected("wss://example.invalid/websocket/x"))
    assert "geheim" not in str(error.value) + str(error.value.hint)


@pytest.mark.parametrize(
    ("url", "seconds"),
    [
        (f"wss://x/{TOKEN}", 3600),
        ("wss://x/" + token.sign(b'{"iat":0,"exp":60}', b"x").decode(), 60),
        ("wss://x/" + token.sign(b'{"iat":0,"exp":-60}', b"x").decode(), 10),
        ("wss://x/" + token.sign(b'{"iat":0,"exp":1e99}', b"x").decode(), HOUR),
        ("wss://x/" + token.sign(b'{"iat":null,"exp":"x"}', b"x").decode(), HOUR),
        ("wss://x/" + token.sign(b"[]", b"x").decode(), HOUR),
        ("wss://x/a.b.c", HOUR),
        ("wss://x/", HOUR),
    ],
)
def test_how_long_a_url_is_good_for(url: str, seconds: float) -> None:
    assert lifetime(url) == seconds
