"""Whoever posts whatever: an answer that is no 500, no crash, little memory, nothing stored unverified."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from serving import PATH, Serving, everything, posted, reply_of, statuses

from beside import until
from dialkit.events import receiver
from dialkit.events.keeping.keeper import Here
from dialkit.events.receiver.server import SMALL, Server
from dialkit.store import Database
from dialkit.webhooks.unwrapping import MOST
from signing import CLAIMS, GOOD, HEAD, HEADER, SECRET, SIGNATURE, TEXT, encoded, token

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_MEMORY = 120 << 20
FUZZED = settings(
    max_examples=500 if os.environ.get("DIALKIT_SOAK") else 50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
OTHER = encoded(json.dumps({**TEXT, "text": "Forged"}).encode())

FORGED = {
    "alg none": encoded(b'{"alg":"none"}') + b"." + CLAIMS + b".",
    "alg none, signed": token(TEXT, {"alg": "none"}),
    "RS256, signed with the secret as if it were the key": token(TEXT, {"alg": "RS256", "typ": "JWT"}),
    "HS512": token(TEXT, {"alg": "HS512"}),
    "another secret": token(TEXT, secret="guessed"),
    "an empty secret": token(TEXT, secret=""),
    "the header of another body": HEAD + b"." + OTHER + b"." + SIGNATURE,
    "truncated": GOOD[:-1],
    "truncated in the middle": GOOD[: len(GOOD) // 2],
    "two parts": HEAD + b"." + CLAIMS,
    "four parts": GOOD + b"." + SIGNATURE,
    "plain JSON": json.dumps(TEXT).encode(),
    "two tokens": GOOD + GOOD,
    "crit": token(TEXT, {**HEADER, "crit": ["exp"]}),
    "expired": token({**TEXT, "exp": 1}),
    "not yet": token({**TEXT, "nbf": 1 << 40}),
    "spaces within": GOOD.replace(b".", b" ."),
    "bytes": bytes(range(256)),
    "a NUL": GOOD + b"\x00",
}
NO_EVENTS = {
    "empty": b"",
    "an array": token([TEXT]),
    "a text": token("event"),
    "a number": token(7),
    "null": token(None),
    "no JSON": token(b"{"),
    "deeply nested": token(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "nested arrays": token(b'{"a":' + b"[" * 300_000 + b"]" * 300_000 + b"}"),
    "no text": token(b"\xff\xfe"),
}
ODD = {
    "null contact": {**TEXT, "id": 1, "contact": None},
    "to_number as text": {**TEXT, "id": 2, "to_number": "+15035550142"},
    "wrong types": {**TEXT, "id": 3, "from_number": 7, "text": ["x"], "target": "me", "mms": "maybe"},
    "control characters": {**TEXT, "id": 4, "text": "\x1b[2J\x07\r\n\x9b", "contact": {"name": "\x1b]0;x"}},
    "NULs": {**TEXT, "id": 5, "text": "a\x00b", "from_number": "\x00", "contact": {"name": "\x00"}},
    "a huge id": {**TEXT, "id": 10**40},
    "a negative id": {**TEXT, "id": -1},
    "id as text": {**TEXT, "id": "6"},
    "no id": {name: value for name, value in TEXT.items() if name != "id"},
    "times of no time": {**TEXT, "id": 8, "event_timestamp": 1e308, "created_date": "x"},
    "a negative time": {**TEXT, "id": 9, "event_timestamp": -(10**18)},
    "half an emoji": {**TEXT, "id": 10, "text": "\ud83d"},
    "a call without anything": {"call_id": None, "state": None},
    "a call of odd types": {"call_id": {"x": 1}, "state": ["hangup"], "duration": "long"},
    "unknown": {"hello": {"there": [1, 2, {"three": None}]}},
    "empty": {},
    "long words": {**TEXT, "id": 11, "text": "w" * 100_000, "from_number": "9" * 5000},
    "many numbers": {**TEXT, "id": 12, "to_number": ["+15035550142"] * 5000},
    "loops of ids": {"call_id": 5, "state": "hangup", "master_call_id": 5, "entry_point_call_id": 5},
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED)
def test_forged_is_401_and_not_stored(serving: Serving, body: bytes, stored: Callable[[], list[Any]]) -> None:
    assert serving.post(body).status == 401
    assert not stored()


@pytest.mark.parametrize("body", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_no_event_is_400(serving: Serving, body: bytes, stored: Callable[[], list[Any]]) -> None:
    assert serving.post(body).status == 400
    assert not stored()


def test_odd_events_are_kept_whole(
    store: str,
    environ: dict[str, str],
    signed: dict[str, str],
    stored: Callable[[], list[Any]],
    tmp_path: Any,
) -> None:
    with Serving({**environ, **signed, **database_of(environ)}, tmp_path) as serving:
        for name, payload in ODD.items():
            assert serving.post(token(payload)).status == 204, (name, serving.log)
            assert serving.post(token(payload)).status == 204, (name, serving.log)
        assert serving.count("dialkit_events_duplicates_total") == len(ODD)
        assert "Traceback" not in serving.log
    bodies = {row["body"] for row in stored()}
    assert bodies == {token(payload).decode() for payload in ODD.values()}


def test_of_a_name_that_stands_twice_the_later_counts(
    serving: Serving, stored: Callable[[], list[Any]]
) -> None:
    assert serving.post(token(b'{"id": 1, "message_status": "pending", "id": 2}')).status == 204
    assert json.loads(stored()[0]["payload_json"])["id"] == 2


values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = [*TEXT, "call_id", "state", "contact", "target", "master_call_id", "duration", "fax_status", "event"]


def test_whatever_is_signed_is_stored_or_no_object(
    store: str, environ: dict[str, str], signed: dict[str, str], tmp_path: Any
) -> None:
    with Serving({**signed, **database_of(environ)}, tmp_path) as serving:

        @FUZZED
        @given(some.dictionaries(some.sampled_from(NAMES), values, max_size=8), values)
        def check(payload: dict[str, Any], other: Any) -> None:
            assert serving.post(token({**TEXT, **payload})).status == 204, serving.log
            assert serving.post(token(payload)).status == 204, serving.log
            expected = 204 if isinstance(other, dict) else 400
            assert serving.post(token(other)).status == expected

        check()
        assert "Traceback" not in serving.log
        assert serving.stop() == 0


def test_changed_tokens_are_never_stored(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    @FUZZED
    @given(some.integers(0, len(GOOD) - 1), some.integers(0, 255))
    def check(place: int, byte: int) -> None:
        changed = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
        if changed.strip() != GOOD:
            assert serving.post(changed).status in (400, 401)

    check()
    assert not stored()


def test_any_bytes_on_the_wire(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    pieces = some.sampled_from(
        [
            b"POST ", b"GET ", PATH.encode(), b" HTTP/1.1\r\n", b"host: x\r\n", b"content-length: 5\r\n",
            b"transfer-encoding: chunked\r\n", b"\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"\x00",
            b"upgrade: h2c\r\n", b"connection: upgrade\r\n", b"expect: 100-continue\r\n",
            b"content-length: -1\r\n", b":", b"\xff" * 9,
        ]
    )  # fmt: skip

    @FUZZED
    @given(some.lists(pieces | some.binary(max_size=30), max_size=12).map(b"".join))
    def check(data: bytes) -> None:
        assert all(status < 500 for status in statuses(serving.raw(data))), data

    check()
    assert serving.post(GOOD).status == 204
    assert len(stored()) == 1
    assert "Traceback" not in serving.log


def test_broken_http(serving: Serving) -> None:
    for data, status in (
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # TLS
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n", 400),
        (posted(GOOD, "transfer-encoding: chunked"), 400),  # which of the two lengths?
        (b"POST " + b"/x" * 20_000 + b" HTTP/1.1\r\n\r\n", 431),
        (posted(b"", "x: " + "y" * 20_000), 431),
        (posted(b"", *(f"x{number}: y" for number in range(5000))), 431),
        (b"GET " + PATH.encode() + b" HTTP/1.1\r\nhost: x\r\n\r\n", 405),
        (b"GET /elsewhere HTTP/1.1\r\nhost: x\r\n\r\n", 404),
        (posted(GOOD, path="/hooks/other"), 404),
        (posted(GOOD, "content-encoding: br"), 415),
        (f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999\r\n\r\n".encode(), 413),
        (f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n".encode(), 400),
    ):
        assert statuses(serving.raw(data, end=False)) == [status], data[:80]


def test_pipelined(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    bodies = [token({**TEXT, "id": number}) for number in range(200)]
    with serving.connect() as connection:
        connection.sendall(b"".join(map(posted, bodies)) + posted(b"{}") + posted(GOOD, "connection: close"))
        assert statuses(everything(connection)) == [204] * 200 + [401, 204]
    assert len(stored()) == 201


def test_chunked_and_continued(serving: Serving) -> None:
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n".encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\ntrailer: x\r\n\r\n"
    data = head + b"transfer-encoding: chunked\r\n\r\n" + chunks
    assert reply_of(serving.raw(data, end=False)).status == 204
    with serving.connect() as connection:
        length = f"expect: 100-continue\r\ncontent-length: {len(GOOD)}\r\n\r\n".encode()
        connection.sendall(head + length)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(GOOD)
        assert reply_of(everything(connection)).status == 204


def test_a_wish_for_another_protocol_is_not_heard(serving: Serving) -> None:
    wish = ("upgrade: h2c", "connection: upgrade, http2-settings", "http2-settings: AAMAAABkAAQ")
    assert (
        statuses(serving.raw(posted(GOOD, *wish) + posted(GOOD, "connection: close"), end=False)) == [204] * 2
    )


def test_half_a_connection_is_answered(serving: Serving) -> None:
    assert statuses(serving.raw(posted(GOOD))) == [204]
    assert statuses(serving.raw(posted(GOOD)[:-1])) == []


def test_huge_bodies(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    """100 MB, announced and in chunks, and a bomb of gzip; and many of nearly a megabyte at once."""
    head = f"POST {PATH} HTTP/1.1\r\nhost: x\r\n".encode()
    size = 100 << 20
    assert reply_of(flood(serving, head + b"content-length: %d\r\n\r\n" % size, size)).status == 413
    chunked = head + b"transfer-encoding: chunked\r\n\r\n%x\r\n" % size
    assert reply_of(flood(serving, chunked, size)).status == 413
    bomb = gzip.compress(bytes(50 << 20))
    assert serving.post(bomb, content_encoding="gzip").status == 415
    with ExitStack() as held:
        for _ in range(40):
            connection = held.enter_context(serving.connect())
            with suppress(OSError):  # it may have been refused by now
                connection.sendall(head + b"content-length: 1000000\r\n\r\n" + b"x" * 999_999)
        until(lambda: serving.count('dialkit_events_refused_total{reason="busy"}'))
        assert serving.post(GOOD).status == 204  # it is small
    assert len(stored()) == 1
    assert serving.memory() < MOST_MEMORY, serving.memory() >> 20


def test_a_small_body_always_has_a_place(environ: dict[str, str]) -> None:
    async def work() -> None:
        server = Server(receiver.make(SECRET, {PATH: None}, Here(lambda: Database.of(environ))))
        while server.hold(0, MOST):
            pass
        assert server.hold(0, SMALL)
        assert not server.hold(SMALL, MOST)
        server.hold(MOST, 0)
        assert server.hold(SMALL, MOST)

    asyncio.run(work())


def flood(serving: Serving, head: bytes, size: int) -> bytes:
    """Send a head and so many bytes, or as many as are taken; what came back."""
    with serving.connect() as connection:
        piece, sent = b"x" * 65536, 0
        try:
            connection.sendall(head)
            while sent < size:
                sent += connection.send(piece)
        except OSError:
            pass
        return everything(connection)


def test_slow_loris(serving: Serving, stored: Callable[[], list[Any]]) -> None:
    """Many who begin and do not end are sent away; meanwhile others are served."""
    began = time.monotonic()
    slow: list[socket.socket] = []
    for number in range(100):
        connection = serving.connect()
        slow.append(connection)
        connection.sendall((posted(GOOD)[: -1 - number], b"POST / HT", b"\r\n", b"")[number % 4])
    assert serving.post(GOOD).status == 204
    ends = [statuses(everything(connection)) for connection in slow]
    assert time.monotonic() - began < 30  # the last within seconds of the first; 75 is what idle ones have
    assert ends[:2] == [[503], [503]]
    assert all(end in ([503], []) for end in ends)
    for connection in slow:
        connection.close()
    assert len(stored()) == 1


def test_more_connections_than_there_may_be(signed: dict[str, str], tmp_path: Any) -> None:
    """The oldest that waits for nothing has to go, so that whoever has something to say is heard."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    held = []
    try:
        with Serving(signed, tmp_path) as serving:
            for _ in range(1100):
                held.append(serving.connect())
                held[-1].sendall(b"P")
            assert serving.post(GOOD).status == 204
            assert serving.count("dialkit_connections") <= 1000
            assert serving.memory() < MOST_MEMORY
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_nobody_who_does_not_read_is_answered_on_and_on(serving: Serving) -> None:
    with serving.connect(1) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            for _ in range(200):
                connection.sendall(posted(b"{}") * 500)
        except OSError:
            pass
        assert serving.post(GOOD).status == 204
    assert serving.memory() < MOST_MEMORY


def database_of(environ: dict[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in ("DIALKIT_DATABASE_URL",) if name in environ}


def test_the_secret_is_nowhere(serving: Serving) -> None:
    for body in (*FORGED.values(), GOOD):
        assert SECRET.encode() not in serving.post(body).body
    assert SECRET not in serving.log
    assert SECRET not in serving.ask("GET", "/metrics").body.decode()
